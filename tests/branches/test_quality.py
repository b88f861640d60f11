"""The quality of meetings: forms, points, and the decision of the committee above."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import SimpleTestCase, TestCase

from branches.minutes import Figures
from branches.models import CriterionScore, QualityForm
from branches.quality import band_of, form_for, in_use, suggest_attendance
from branches.services import quality as services
from tests import builders as make

NOW = datetime(2026, 3, 6, 5, tzinfo=UTC)
DAY = date(2026, 3, 4)


def figures(came, due, **more):
    return Figures(present={"official": came}, due=due, **more)


class RuleTests(SimpleTestCase):
    def test_bands(self):
        form = QualityForm(good_from=90, fair_from=70, average_from=50)
        found = [band_of(points, form) for points in (100, 90, 89.99, 70, 50, 49.99, 0, None)]
        assert found == ["good", "good", "fair", "fair", "average", "poor", "poor", None]

    def test_the_roster_suggests(self):
        given = [
            suggest_attendance(figures(came, 20), Decimal(5)) for came in (20, 18, 17, 15, 14, 12)
        ]
        assert given == [
            Decimal(5),
            Decimal(5),
            Decimal("3.75"),
            Decimal("3.75"),
            Decimal("2.5"),
            Decimal("1.25"),
        ]

    def test_least_where_somebody_is_absent_without_reason(self):
        assert suggest_attendance(figures(19, 20, unexcused=["An"]), Decimal(20)) == Decimal(5)

    def test_nothing_of_a_roster_that_is_not_whole(self):
        assert suggest_attendance(figures(19, 20, unrecorded=["An"]), Decimal(5)) is None
        assert suggest_attendance(figures(0, 0), Decimal(5)) is None


class QualityCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward = make.make_organization("grassroots_committee", parent=cls.district)
        cls.branch = make.make_organization(parent=cls.ward)
        cls.meeting = make.make_meeting(cls.branch, DAY)
        cls.users = {}
        for role, organization in (
            ("secretary", cls.branch),
            ("office", cls.ward),
            ("board", cls.district),
        ):
            cls.users[role] = make.make_user(role)
            make.grant(cls.users[role], role, organization)

    def form(self):
        return form_for(self.branch, held_on=DAY, on=DAY)

    def scored(self, less=0, **more):
        points = {each.pk: each.points for each in self.form().criteria.all()}
        points[max(points)] -= less
        said = {"note": "Biên bản chậm" if less else "", "by": self.users["secretary"], "at": NOW}
        return services.score_meeting(self.meeting, points=points, **(said | more))


class FormTests(QualityCase):
    def test_the_forms_that_come_with_the_application(self):
        now, before = in_use(self.branch, on=DAY)
        assert now.name.startswith("HD 42-HD/BTCTW")
        assert [each.points for each in now.criteria.all()] == [5, 5, 10, 30, 10, 5, 30, 5]
        assert (now.good_from, now.fair_from, now.average_from) == (90, 70, 50)
        assert "chưa đối chiếu" in now.note
        assert [each.points for each in before.criteria.all()] == [15, 20, 45, 20]

    def test_by_the_day_of_the_meeting(self):
        for day, name in (
            (date(2025, 10, 27), "HD 12"),
            (date(2025, 10, 28), "HD 42"),
            (date(2017, 1, 1), None),
        ):
            form = form_for(self.branch, held_on=day, on=DAY)
            assert (form and form.name[:5]) == name

    def save(self, organization, *criteria, by="board"):
        return services.save_form(
            organization,
            name="Của huyện",
            since=date(2025, 10, 28),
            until=None,
            note="",
            bands=[90, 70, 50],
            criteria=criteria or [("Một", Decimal(60), False), ("Hai", Decimal(40), True)],
            by=self.users[by],
            at=NOW,
        )

    def test_the_nearest_above_and_its_latest_version(self):
        first = self.save(self.district)
        assert self.form() == first
        assert self.save(self.district).version == 2
        own = self.save(self.ward)
        assert self.form() == own
        assert form_for(self.district, held_on=DAY, on=DAY).organization == self.district

    def test_a_hundred_points(self):
        with pytest.raises(ValidationError) as refused:
            self.save(self.district, ("Một", Decimal(60), False), ("Hai", Decimal(30), False))
        assert "criteria" in refused.value.message_dict

    def test_only_who_may_edit_templates(self):
        with pytest.raises(PermissionDenied):
            self.save(self.ward, by="office")

    def test_the_database_holds_forms_to_100_points_and_their_lines(self):
        form = self.save(self.district)
        with pytest.raises(IntegrityError), transaction.atomic():
            form.criteria.update(points=10)
        make.make_quality_form(self.ward, criteria=(40, 50))
        with connection.cursor() as cursor, pytest.raises(IntegrityError, match="not 100"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.set_rollback(True)


class ScoreTests(QualityCase):
    def test_the_branch_scores_and_the_committee_decides(self):
        score = self.scored(less=2)
        assert services.total_of(score) == 98
        self.meeting.refresh_from_db()
        assert self.meeting.quality is None
        services.decide_quality(score, decided=Decimal(98), by=self.users["office"], at=NOW)
        self.meeting.refresh_from_db()
        assert self.meeting.quality == 98

    def test_other_points_than_the_branch_gave_need_a_note(self):
        score = self.scored()
        with pytest.raises(ValidationError):
            services.decide_quality(score, decided=Decimal(80), by=self.users["office"], at=NOW)
        services.decide_quality(
            score, decided=Decimal(80), note="Thiếu chuyên đề", by=self.users["board"], at=NOW
        )
        self.meeting.refresh_from_db()
        assert self.meeting.quality == 80

    def test_after_the_decision_the_branch_changes_nothing(self):
        self.scored()
        score = self.scored(less=1)  # it may until then
        services.decide_quality(score, decided=Decimal(99), by=self.users["office"], at=NOW)
        with pytest.raises(ValidationError):
            self.scored()

    def test_who_may(self):
        for who in ("office", "board"):
            with pytest.raises(PermissionDenied):
                self.scored(by=self.users[who])
        score = self.scored()
        own = make.make_user()
        make.grant(own, "office", self.branch)
        for by in (own, self.users["secretary"]):
            with pytest.raises(PermissionDenied):
                services.decide_quality(score, decided=Decimal(100), by=by, at=NOW)

    def test_nobody_decides_on_points_that_they_gave(self):
        make.grant(self.users["secretary"], "office", self.ward)
        score = self.scored()
        with pytest.raises(ValidationError):
            services.decide_quality(score, decided=Decimal(100), by=self.users["secretary"], at=NOW)
        with pytest.raises(IntegrityError):
            type(score).objects.filter(pk=score.pk).update(
                decided=100, decided_by=score.scored_by, decided_at=NOW
            )

    def test_points_within_their_criterion_and_a_note_for_what_is_taken_off(self):
        points = {each.pk: each.points for each in self.form().criteria.all()}
        first = min(points)
        given = {"by": self.users["secretary"], "at": NOW, "note": "x"}
        for wrong in ({first: Decimal(6)}, {first: Decimal(-1)}):
            with pytest.raises(ValidationError) as refused:
                services.score_meeting(self.meeting, points=points | wrong, **given)
            assert f"points_{first}" in refused.value.message_dict
        with pytest.raises(ValidationError):
            self.scored(less=1, note=" ")
        with pytest.raises(ValidationError):
            services.score_meeting(self.meeting, points={first: Decimal(5)}, **given)

    def test_the_database_refuses_points_beyond_the_criterion(self):
        line = self.scored().lines.first()
        with pytest.raises(IntegrityError, match="more points"):
            CriterionScore.objects.filter(pk=line.pk).update(points=99)
