"""What the cadre claims, and puts right."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.test import override_settings

from assignments.models import Visit
from assignments.services.visits import (
    correct_visit,
    refuse_visit,
    withdraw_visit,
)
from branches.models import (
    Meeting,
)
from branches.periods import period
from branches.services.meetings import hold_meeting
from tests import builders as make

from .world import DAY, NOW, VisitCase


class LogTests(VisitCase):
    def test_waits_for_the_nearest_committee_and_counts_nothing(self):
        meeting = make.make_meeting(self.branch, DAY)
        visit = self.log(note="Ủng hộ", remarks="Đúng giờ")
        assert (visit.state, visit.meeting, visit.kind) == ("logged", meeting, "regular")
        assert (visit.assignment, visit.confirmer) == (self.assignment, self.ward)
        assert (visit.claimed_at, visit.note, visit.remarks) == (
            NOW,
            "Ủng hộ",
            "Đúng giờ",
        )
        assert self.attendance() == [(self.cadre.pk, "present", False)]

    def test_without_a_meeting_there_is_no_attendance(self):
        visit = self.log(kind="thematic")
        assert (visit.state, visit.meeting, visit.kind) == ("logged", None, "thematic")
        assert self.attendance() == []

    def test_a_second_log_is_the_same_visit(self):
        first = self.log(note="Lần một")
        again = self.log(note="Lần hai", at=NOW + timedelta(minutes=1))
        assert (again.pk, again.note, again.claimed_at) == (first.pk, "Lần một", NOW)

    def test_joins_the_meeting_of_its_kind_of_several(self):
        make.make_meeting(self.branch, DAY)
        thematic = make.make_meeting(self.branch, DAY, kind="thematic")
        assert self.log(kind="thematic").meeting == thematic
        assert self.log(kind="extraordinary").meeting is None
        assert Visit.objects.count() == 2

    def test_joins_the_only_meeting_of_the_day_whatever_its_kind(self):
        thematic = make.make_meeting(self.branch, DAY, kind="thematic")
        visit = self.log()
        assert (visit.meeting, visit.kind) == (thematic, "thematic")
        assert self.log(meeting=thematic).pk == visit.pk

    def test_joins_the_meeting_that_is_held_later(self):
        visit = self.log()
        meeting = hold_meeting(self.branch, held_on=DAY, kind="thematic", by=self.secretary)
        visit.refresh_from_db()
        assert (visit.meeting, visit.kind) == (meeting, "thematic")
        assert self.attendance() == [(self.cadre.pk, "present", False)]
        assert self.log(meeting=meeting).pk == visit.pk

    def test_follows_a_meeting_whose_day_is_put_right(self):
        meeting = make.make_meeting(self.branch, DAY)
        visit = self.log()
        Meeting.objects.filter(pk=meeting.pk).update(held_on=date(2026, 3, 6))
        visit.refresh_from_db()
        assert visit.held_on == date(2026, 3, 6)

    def test_under_the_deepest_target_and_its_own_confirmer(self):
        other = make.make_organization("grassroots_committee", parent=self.district)
        self.assignment.delete()
        make.make_assignment(self.cadre, self.district)
        deepest = make.make_assignment(self.cadre, self.ward, confirmer=other)
        visit = self.log()
        assert (visit.assignment, visit.confirmer) == (deepest, other)

    def test_only_of_oneself(self):
        for user in (self.office, self.secretary, make.make_user()):
            self.refused(self.log, by=user, error=PermissionDenied)

    def test_not_without_an_assignment_on_the_day(self):
        self.refused(self.log, branch=self.make_branch())
        self.assignment.validity = period(make.LONG_AGO, date(2026, 3, 4))
        self.assignment.save()
        self.refused(self.log)

    def make_branch(self):
        return make.make_organization(parent=self.ward)

    def test_not_at_the_own_branch_of_the_day(self):
        make.make_assignment(self.cadre, self.ward)
        self.refused(self.log, branch=self.home)
        make.move(self.cadre, self.make_branch(), on=DAY)
        assert self.log(branch=self.home).state == "logged"

    def test_not_at_what_is_no_branch(self):
        make.make_assignment(self.cadre, self.ward)
        self.refused(self.log, branch=self.ward)

    def test_not_before_the_day_nor_long_after(self):
        self.refused(self.log, held_on=date(2026, 3, 11))
        with override_settings(VISIT_LOG_DAYS=5):
            assert self.log().state == "logged"
        with override_settings(VISIT_LOG_DAYS=4):
            self.refused(self.log)

    def test_not_as_a_member_on_the_roster(self):
        make.attend(make.make_meeting(self.branch, DAY), self.cadre, capacity="member")
        self.refused(self.log)

    def test_what_a_workbook_confirmed_needs_no_log(self):
        make.attend(make.make_meeting(self.branch, DAY), self.cadre, capacity="assigned")
        self.refused(self.log)

    def test_what_a_workbook_has_as_absent_is_disputed(self):
        meeting = make.make_meeting(self.branch, DAY)
        make.attend(meeting, self.cadre, "excused", capacity="assigned", reason="Họp quận")
        visit = self.log()
        assert (visit.state, visit.stated, visit.stated_reason) == (
            "disputed",
            "excused",
            "Họp quận",
        )
        assert self.attendance() == [(self.cadre.pk, "present", False)]


class CorrectionTests(VisitCase):
    def setUp(self):
        self.meeting = make.make_meeting(self.branch, DAY)
        self.visit = self.log(note="Cũ")

    def correct(self, **values):
        return correct_visit(self.visit, **({"by": self.user, "at": NOW} | values))

    def withdraw(self, **values):
        return withdraw_visit(self.visit, **({"by": self.user, "at": NOW} | values))

    def test_is_free_until_confirmed(self):
        visit = self.correct(note="Mới", remarks="Sôi nổi")
        assert (visit.note, visit.remarks, visit.state) == ("Mới", "Sôi nổi", "logged")

    def test_needs_a_reason_afterwards_and_waits_again(self):
        self.confirm(self.visit)
        self.refused(self.correct, note="Mới")
        visit = self.correct(note="Mới", reason="Ghi nhầm")
        assert (visit.state, visit.decision, visit.decided_by) == ("logged", "", None)
        assert self.attendance() == [(self.cadre.pk, "present", False)]

    def test_that_changes_nothing_leaves_the_decision(self):
        self.confirm(self.visit)
        assert self.correct(note="Cũ").state == "confirmed"

    def test_withdrawn_there_is_nothing_left(self):
        assert self.withdraw().state == ""
        assert self.attendance() == []
        assert not Visit.objects.standing().exists()
        self.refused(self.withdraw)
        self.refused(self.correct, note="Mới")

    def test_withdrawn_what_the_roster_states_stays(self):
        self.state(self.meeting, "unexcused")
        assert self.withdraw().state == "unexcused"
        assert self.attendance() == [(self.cadre.pk, "unexcused", False)]

    def test_withdrawn_after_confirmation_for_a_reason(self):
        self.confirm(self.visit)
        self.refused(self.withdraw)
        visit = self.withdraw(reason="Nhầm buổi")
        assert (visit.state, visit.withdrawal_reason) == ("", "Nhầm buổi")
        assert self.attendance() == []

    def test_logged_again_after_withdrawal(self):
        self.withdraw()
        visit = self.log(note="Đúng là có dự")
        assert (visit.pk, visit.state, visit.withdrawn_at) == (self.visit.pk, "logged", None)

    def test_what_was_refused_is_not_touched(self):
        refuse_visit(self.visit, reason="Không dự", by=self.office, at=NOW)
        self.refused(self.correct, note="Mới", reason="Vì")
        self.refused(self.withdraw, reason="Vì")

    def test_belongs_to_the_cadre_alone(self):
        for user in (self.office, self.secretary):
            self.refused(self.correct, note="Mới", by=user, error=PermissionDenied)
            self.refused(self.withdraw, by=user, error=PermissionDenied)
