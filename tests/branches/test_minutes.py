"""The minutes of a meeting: what its roster comes to, and what the secretary writes."""

from datetime import date, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.test import TestCase

from branches.minutes import figures_of
from branches.models import Minutes
from branches.services.minutes import VALUES, draft_minutes, save_minutes
from tests import builders as make

DAY = date(2026, 3, 4)
EMPTY = dict.fromkeys(VALUES, "") | dict.fromkeys(
    ("opened_at", "closed_at", "chair", "recorder", "votes_for", "votes_against", "votes_abstained")
)


class MinutesCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward = make.make_organization("grassroots_committee")
        cls.branch = make.make_organization(parent=cls.ward)
        cls.meeting = make.make_meeting(cls.branch, DAY)
        cls.secretary = make.make_user("secretary")
        make.grant(cls.secretary, "secretary", cls.branch)

    def member(self, name, **fields):
        since = fields.get("admitted_on")
        return make.make_member(self.branch, full_name=name, since=since or make.LONG_AGO, **fields)


class FigureTests(MinutesCase):
    def test_the_split_that_minutes_need(self):
        official = [self.member(f"Chính {n}", official_on=date(2010, 1, 1)) for n in range(4)]
        probationary = self.member("Dự Bị", official_on=None, admitted_on=date(2025, 6, 1))
        self.member("Mới", official_on=date(2026, 3, 5))
        exempt, away = (
            self.member(name, official_on=None, admitted_on=date(1990, 1, 1))
            for name in ("Miễn", "Xa")
        )
        make.make_status(exempt, "exempt")
        make.make_status(away, "away")
        elsewhere = make.make_organization(parent=self.ward)
        guest = make.make_member(elsewhere, full_name="Tạm Thời")
        for member in (official[0], official[1], probationary, guest):
            make.attend(self.meeting, member)
        make.attend(self.meeting, official[2], "excused", reason="Ốm")
        make.attend(self.meeting, official[3], "unexcused")
        cadre = make.make_member(elsewhere)
        make.attend(self.meeting, cadre, capacity="assigned")

        figures = figures_of(self.meeting)
        assert figures.all == 9
        assert figures.total == {"official": 6, "probationary": 2, "temporary": 1}
        assert figures.present == {"official": 2, "probationary": 1, "temporary": 1}
        assert (figures.excepted["exempt"], figures.excepted["away"]) == (1, 1)
        assert figures.excused == [("Chính 2", "Ốm")]
        assert figures.unexcused == ["Chính 3"]
        assert figures.unrecorded == ["Mới"]
        # Of 9 one is exempt and one away; 4 of 7 came.
        assert (figures.came, figures.due) == (4, 7)
        assert round(float(figures.rate), 1) == 57.1

    def test_who_is_exempt_and_comes_counts_on_both_sides(self):
        exempt, other = self.member("Miễn"), self.member("Khác")
        make.make_status(exempt, "exempt")
        make.attend(self.meeting, exempt)
        make.attend(self.meeting, other, "excused")
        figures = figures_of(self.meeting)
        assert (figures.came, figures.due, figures.rate) == (1, 2, 50)

    def test_nobody_had_to_come(self):
        assert figures_of(self.meeting).rate is None

    def test_three_queries(self):
        make.attend(self.meeting, self.member("An"))
        with self.assertNumQueries(3):
            figures_of(self.meeting)


class SavingTests(MinutesCase):
    def save(self, **values):
        who = {"by": self.secretary, "on": DAY} | {
            name: values.pop(name) for name in ("by",) if name in values
        }
        return save_minutes(self.meeting, **(EMPTY | values), **who)

    def test_what_is_written_and_the_number_of_the_resolution(self):
        chair, recorder = self.member("Chủ Tọa"), self.member("Thư Ký")
        self.save(
            chair=chair,
            recorder=recorder,
            opened_at=time(7, 30),
            closed_at=time(9, 0),
            conclusions="Thống nhất",
            resolution="Làm đường",
            resolution_number="03-NQ/CB",
            votes_for=12,
        )
        self.meeting.refresh_from_db()
        assert self.meeting.resolution_number == "03-NQ/CB"
        minutes = Minutes.objects.get()
        assert (minutes.chair, minutes.recorder, minutes.votes_for) == (chair, recorder, 12)
        self.save(conclusions="Sửa lại")
        assert Minutes.objects.get().conclusions == "Sửa lại"

    def test_what_does_not_fit_together(self):
        one = self.member("Một")
        for field, values in (
            ("closed_at", {"opened_at": time(9), "closed_at": time(8)}),
            ("recorder", {"chair": one, "recorder": one}),
            ("resolution", {"votes_for": 3}),
        ):
            with pytest.raises(ValidationError) as refused:
                self.save(**values)
            assert field in refused.value.message_dict

    def test_the_database_refuses_it_too(self):
        one = self.member("Một")
        with pytest.raises(IntegrityError):
            make.make_minutes(self.meeting, chair=one, recorder=one)

    def test_only_who_keeps_the_meetings(self):
        office = make.make_user("office")
        make.grant(office, "office", self.ward)
        with pytest.raises(PermissionDenied):
            self.save(by=office)

    def test_a_draft_begins_with_the_plan(self):
        assert draft_minutes(self.meeting).agenda == ""
