"""One's own record: it says what a roll-up of the day would, and objections to it are answered."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.models import JournalEntry
from accounts.recording import recording
from assignments.choices import VisitsPeriod
from branches.models import Organization
from evaluations import objecting
from evaluations.explaining.standing import explain_standing
from evaluations.models import Objection, Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from workbook.services import import_workbook

AT = datetime(2026, 6, 26, 1, tzinfo=UTC)
TODAY = date(2026, 6, 26)
NOT_IN_A_STANDING = {"id", "roll_up", "branch", "unit", "person_class", "disciplines"}


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2025, 7, 9)])
def test_the_standing_is_what_a_roll_up_of_the_day_gives(settings, day):
    import_workbook(settings.BASE_DIR / "tests" / "cases" / "edges-1-2025", effective=TODAY)
    for root in Organization.objects.roots(on=day):
        roll_up_inline(root, year=2025, as_of=day, at=AT)
    ratings = Rating.objects.select_related("member", "roll_up")
    assert ratings.count() > 20
    columns = [
        each.name for each in Rating._meta.concrete_fields if each.name not in NOT_IN_A_STANDING
    ]
    after_the_cap = {"suggested_level", "capped", "needs_decision"}
    for rating in ratings:
        standing = explain_standing(rating.member, year=2025, on=day).rating
        compared = [name for name in columns if not (rating.capped and name in after_the_cap)]
        assert {name: getattr(standing, name) for name in compared} == {
            name: getattr(rating, name) for name in compared
        }


class World(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.far, (cls.target,) = make.make_ward("F")
        cls.member = make.make_member(cls.branch, full_name="Trần Văn Cán")
        cls.user = make.make_user("member", member=cls.member)
        cls.secretary, cls.office = make.make_user("secretary"), make.make_user("office")
        cls.far_office = make.make_user("far_office")
        make.grant(cls.secretary, "secretary", cls.branch)
        make.grant(cls.office, "office", cls.ward)
        make.grant(cls.far_office, "office", cls.far)
        cls.meeting = make.make_meeting(cls.branch, date(2026, 3, 3))
        make.attend(cls.meeting, cls.member, "unexcused")
        cls.assignment = make.make_assignment(
            cls.member, cls.target, visits_period=VisitsPeriod.MONTH
        )
        cls.registered = make.make_task(
            cls.member, cls.target, 2026, assignment=cls.assignment, outcome="late"
        )
        cls.given = make.make_task(cls.member, cls.branch, 2026)
        cls.review = make.make_review(cls.assignment, 2026)
        cls.deduction = make.make_deduction(cls.member, date(2026, 2, 2), 5)

    def raise_one(self, criterion="attendance", line=None, **more):
        values = {"year": 2026, "text": "Tôi có mặt", "by": self.user, "on": TODAY, "at": AT}
        return objecting.object_to(line or self.meeting, criterion=criterion, **(values | more))

    def answer(self, objection, by, words="Đã sửa điểm danh"):
        with recording(user=by):
            objecting.answer(objection, outcome="accepted", words=words, by=by, on=TODAY, at=AT)


class ObjectionTests(World):
    def test_each_line_has_somebody_who_answers(self):
        lines = {
            ("attendance", self.meeting): self.branch,
            ("duty", self.assignment): self.far,
            ("tasks", self.registered): self.far,
            ("tasks", self.given): self.branch,
            ("review", self.review): self.far,
            ("conduct", self.deduction): self.ward,
        }
        for (criterion, line), body in lines.items():
            assert objecting.find_line(self.member, criterion, line.pk, year=2026) == line
            assert self.raise_one(criterion, line).body == body
        assert Objection.objects.count() == 6

    def test_only_lines_of_ones_own_record(self):
        other = make.make_member(self.target)
        for criterion, line in {
            "attendance": make.make_meeting(self.target, date(2026, 3, 3)),
            "duty": make.make_assignment(other, self.branch),
            "tasks": make.make_task(other, self.target, 2026),
            "conduct": make.make_deduction(other, date(2026, 2, 2), 5),
        }.items():
            assert objecting.find_line(self.member, criterion, line.pk, year=2026) is None
        assert objecting.find_line(self.member, "tasks", self.given.pk, year=2025) is None
        assert objecting.find_line(self.member, "nonsense", self.given.pk, year=2026) is None

    def test_once_until_it_is_answered(self):
        first = self.raise_one()
        with pytest.raises(ValidationError):
            self.raise_one()
        first.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            first.save()
        self.answer(Objection.objects.get(), self.secretary)
        assert self.raise_one().is_open

    def test_who_answers_for_the_body_answers(self):
        objection = self.raise_one()
        for stranger in (self.far_office, self.user):
            with pytest.raises(PermissionDenied):
                self.answer(objection, stranger)
        self.answer(objection, self.office)  # the ward answers for its branches
        entry = JournalEntry.objects.about(Objection, objection.pk).latest("pk")
        assert (entry.user, entry.operation) == (self.office, "update")
        for again in (
            self.answer,
            lambda objection, by: objecting.withdraw(objection, by=by, at=AT),
        ):
            with pytest.raises((ValidationError, PermissionDenied)):
                again(objection, self.secretary)

    def test_nobody_answers_their_own(self):
        make.grant(self.user, "secretary", self.branch)
        objection = self.raise_one()
        with pytest.raises(PermissionDenied):
            self.answer(objection, self.user)
        with (
            pytest.raises(IntegrityError, match="own record"),
            transaction.atomic(),
            recording(user=self.user),
        ):
            Objection.objects.update(
                outcome="accepted", answer="Có", answered_at=AT, answered_by=self.user
            )

    def test_withdrawn_by_oneself_alone(self):
        objection = self.raise_one()
        with pytest.raises(PermissionDenied):
            objecting.withdraw(objection, by=self.office, at=AT)
        objecting.withdraw(objection, by=self.user, at=AT)
        with pytest.raises(ValidationError):
            self.answer(objection, self.secretary)
        assert self.raise_one().is_open

    def test_words_are_needed(self):
        with pytest.raises(ValidationError):
            self.raise_one(text="  ")
        with pytest.raises(ValidationError):
            self.answer(self.raise_one(), self.secretary, words=" ")


class PageTests(World):
    def test_from_the_record_to_the_answer(self):
        year = timezone.localdate().year
        meeting = make.make_meeting(self.branch, date(year, 1, 3))
        make.attend(meeting, self.member, "unexcused")
        self.client.force_login(self.user)
        record = reverse("evaluations:own_record")
        way = reverse("evaluations:objection_raise", args=["attendance", meeting.pk])
        assert f"{way}?year={year}" in self.client.get(record, {"year": year}).content.decode()
        answer = self.client.post(f"{way}?year={year}", {"text": "Tôi có mặt"})
        objection = Objection.objects.get()
        assert answer.url.startswith(objection.get_absolute_url())
        self.client.force_login(self.secretary)
        assert "Tôi có mặt" in self.client.get(reverse("evaluations:objections")).content.decode()
        shown = self.client.get(objection.get_absolute_url())
        seen = shown.context["form"]["seen"].value()
        self.client.post(
            objection.get_absolute_url(),
            {"outcome": "accepted", "answer": "Đã sửa", "seen": seen},
        )
        self.client.force_login(self.user)
        assert "Đã sửa" in self.client.get(objection.get_absolute_url()).content.decode()

    def test_somebody_elses_line_is_not_there(self):
        self.client.force_login(self.user)
        other = make.make_task(make.make_member(self.target), self.target, 2026)
        for criterion, line in [
            ("tasks", other.pk),
            ("nonsense", self.given.pk),
            ("tasks", 10**12),
        ]:
            address = reverse("evaluations:objection_raise", args=[criterion, line])
            assert self.client.get(address, {"year": 2026}).status_code == 404

    def test_others_do_not_see_it(self):
        objection = self.raise_one()
        self.client.force_login(self.far_office)
        assert self.client.get(objection.get_absolute_url()).status_code == 404
