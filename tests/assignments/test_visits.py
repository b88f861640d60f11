"""Visits: what the cadre claims, what the roster states, what the office decides, what counts."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import TestCase, override_settings

from accounts.choices import Role
from accounts.models import JournalChange, JournalEntry
from accounts.recording import recording
from assignments.models import Visit
from assignments.services.visits import (
    confirm_visits,
    correct_visit,
    dispute_visit,
    log_visit,
    refuse_visit,
    reopen_visit,
    state_visits,
    withdraw_visit,
)
from branches.models import (
    Attendance,
    Meeting,
    MeetingPlan,
    Member,
    Organization,
    Placement,
    StoredFile,
)
from branches.periods import period
from branches.services.meetings import hold_meeting
from evaluations.anonymisation import NOBODY, anonymise_member
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from workbook.quality.merging import merge_members
from workbook.services import import_workbook

DAY, TODAY = date(2026, 3, 5), date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 3, tzinfo=UTC)
AFTER_YEAR = datetime(2027, 1, 5, 3, tzinfo=UTC)


class VisitCase(TestCase):
    """A ward with two branches; a cadre of the second is assigned to the first."""

    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district")
        cls.ward, (cls.branch, cls.home) = make.make_ward(parent=cls.district, branches=2)
        cls.cadre = make.make_member(cls.home, full_name="Trần Văn Cán")
        cls.assignment = make.make_assignment(cls.cadre, cls.branch)
        cls.user = make.make_user("cadre", member=cls.cadre)
        cls.secretary = cls.user_with(Role.SECRETARY, cls.branch)
        cls.office = cls.user_with(Role.OFFICE, cls.ward)

    @classmethod
    def user_with(cls, role, organization, **fields):
        user = make.make_user(**fields)
        make.grant(user, role, organization)
        return user

    def log(self, **values):
        defaults = {"member": self.cadre, "branch": self.branch, "held_on": DAY}
        return log_visit(**(defaults | {"by": self.user, "at": NOW} | values))

    def state(self, meeting, status="present", reason="", *, member=None, by=None):
        statements = {(member or self.cadre).pk: (status, reason)}
        state_visits(meeting, statements, by=by or self.secretary, at=NOW)
        return Visit.objects.get(member=member or self.cadre, meeting=meeting)

    def confirm(self, *visits, by=None, **values):
        return confirm_visits(visits, by=by or self.office, at=NOW, **values)

    def attendance(self):
        rows = Attendance.objects.filter(capacity="assigned")
        return list(rows.order_by("pk").values_list("member", "status", "confirmed"))

    def refused(self, call, *args, error=ValidationError, **values):
        """The call is refused, and changes nothing."""
        before = list(Visit.objects.order_by("pk").values()), self.attendance()
        with pytest.raises(error):
            call(*args, **values)
        assert (list(Visit.objects.order_by("pk").values()), self.attendance()) == before


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


class StatementTests(VisitCase):
    def setUp(self):
        self.meeting = make.make_meeting(self.branch, DAY)

    def test_present_waits_like_a_claim(self):
        visit = self.state(self.meeting)
        assert (visit.state, visit.stated_by, visit.claimed_at) == ("logged", self.secretary, None)
        assert (visit.assignment, visit.confirmer) == (self.assignment, self.ward)
        assert self.confirm(visit)[0].state == "confirmed"

    def test_absent_is_what_the_roster_says(self):
        visit = self.state(self.meeting, "excused", " Họp quận ")
        assert (visit.state, visit.stated_reason) == ("excused", "Họp quận")
        row = Attendance.objects.get(capacity="assigned")
        assert (row.status, row.confirmed, row.reason) == ("excused", False, "Họp quận")

    def test_absent_against_a_claim_is_disputed_whoever_was_first(self):
        self.log()
        assert self.state(self.meeting, "unexcused").state == "disputed"
        other = make.make_meeting(self.branch, date(2026, 3, 7))
        self.state(other, "unexcused")
        assert self.log(held_on=other.held_on).state == "disputed"
        assert self.attendance() == [(self.cadre.pk, "present", False)] * 2

    def test_is_taken_back(self):
        self.state(self.meeting, "excused")
        assert self.state(self.meeting, "").state == ""
        assert self.attendance() == []
        self.log()
        self.state(self.meeting, "excused")
        assert self.state(self.meeting, "").state == "logged"

    def test_takes_visits_without_a_meeting_along(self):
        visit = make.make_visit(self.assignment, self.branch, DAY)
        self.state(self.meeting)
        visit.refresh_from_db()
        assert (visit.meeting, visit.stated, visit.state) == (self.meeting, "present", "logged")
        assert Visit.objects.count() == 1

    def test_not_of_somebody_who_is_not_assigned(self):
        stranger = make.make_member(self.home)
        self.refused(self.state, self.meeting, member=stranger)

    def test_not_of_a_member_on_the_same_roster(self):
        make.attend(self.meeting, self.cadre)
        self.refused(self.state, self.meeting)

    def test_not_against_what_the_office_decided(self):
        self.confirm(self.log())
        self.refused(self.state, self.meeting, "unexcused")

    def test_a_workbook_that_confirmed_is_left(self):
        make.attend(self.meeting, self.cadre, capacity="assigned")
        state_visits(self.meeting, {self.cadre.pk: ("present", "")}, by=self.secretary, at=NOW)
        assert not Visit.objects.exists()
        self.refused(self.state, self.meeting, "excused")

    def test_only_by_who_keeps_the_meetings(self):
        elsewhere = self.user_with(Role.SECRETARY, self.home)
        for user in (self.user, self.office, elsewhere):
            self.refused(self.state, self.meeting, by=user, error=PermissionDenied)

    def test_of_many_takes_the_same_number_of_queries(self):
        guests = [make.make_member(self.home) for _ in range(12)]
        for guest in guests:
            make.make_assignment(guest, self.branch)
        said = {guest.pk: ("present", "") for guest in guests}
        one = {guests[0].pk: ("excused", "")}
        with self.assertNumQueries(12):
            state_visits(self.meeting, one, by=self.secretary, at=NOW)
        with self.assertNumQueries(12):
            state_visits(self.meeting, said, by=self.secretary, at=NOW)
        assert Visit.objects.filter(stated="present").count() == 12


class DecisionTests(VisitCase):
    def test_confirmed_counts(self):
        make.make_meeting(self.branch, DAY)
        [visit] = self.confirm(self.log())
        assert (visit.state, visit.decided_by, visit.decided_at) == ("confirmed", self.office, NOW)
        assert self.attendance() == [(self.cadre.pk, "present", True)]

    def test_confirming_records_the_meeting(self):
        plan = MeetingPlan.objects.create(branch=self.branch, planned_on=DAY)
        [visit] = self.confirm(self.log())
        plan.refresh_from_db()
        assert visit.meeting == plan.meeting == Meeting.objects.get()
        assert (visit.meeting.held_on, visit.meeting.kind) == (DAY, "regular")
        assert self.attendance() == [(self.cadre.pk, "present", True)]

    def test_several_cadres_at_one_unrecorded_meeting(self):
        other = make.make_assignment(make.make_member(self.home), self.branch)
        visits = [self.log(), make.make_visit(other, self.branch, DAY)]
        visits.append(make.make_visit(other, self.branch, date(2026, 3, 6)))
        confirmed = self.confirm(*visits)
        assert {visit.state for visit in confirmed} == {"confirmed"}
        assert Meeting.objects.count() == 2
        assert len(self.attendance()) == 3

    def test_what_is_disputed_needs_a_reason(self):
        self.log()
        visit = self.state(make.make_meeting(self.branch, DAY), "unexcused")
        self.refused(self.confirm, visit)
        [visit] = self.confirm(visit, reason="Có ảnh")
        assert (visit.state, visit.decision_reason) == ("confirmed", "Có ảnh")
        assert self.attendance() == [(self.cadre.pk, "present", True)]

    def test_refused_is_an_absence(self):
        make.make_meeting(self.branch, DAY)
        visit = self.log()
        self.refused(refuse_visit, visit, reason=" ", by=self.office, at=NOW)
        visit = refuse_visit(visit, reason="Không dự", by=self.office, at=NOW)
        assert (visit.state, visit.decision_reason) == ("unexcused", "Không dự")
        assert self.attendance() == [(self.cadre.pk, "unexcused", False)]
        self.refused(self.log)

    def test_refused_is_what_the_roster_says(self):
        self.log()
        visit = self.state(make.make_meeting(self.branch, DAY), "excused", "Ốm")
        visit = refuse_visit(visit, reason="Không dự", by=self.office, at=NOW)
        assert visit.state == "excused"
        assert self.attendance() == [(self.cadre.pk, "excused", False)]

    def test_disputed_by_the_office_goes_on_waiting(self):
        visit = self.log()
        self.refused(dispute_visit, visit, reason="", by=self.office, at=NOW)
        visit = dispute_visit(visit, reason="Ảnh không rõ", by=self.office, at=NOW)
        assert (visit.state, visit.disputed_by) == ("disputed", self.office)
        self.refused(dispute_visit, visit, reason="Lại", by=self.office, at=NOW)
        assert visit in Visit.objects.waiting()

    def test_is_taken_back(self):
        make.make_meeting(self.branch, DAY)
        visit = self.log()
        self.refused(reopen_visit, visit, reason="Nhầm", by=self.office, at=NOW)
        self.confirm(visit)
        self.refused(reopen_visit, visit, reason="", by=self.office, at=NOW)
        visit = reopen_visit(visit, reason="Nhầm", by=self.office, at=NOW)
        assert (visit.state, visit.decided_by) == ("logged", None)
        assert self.attendance() == [(self.cadre.pk, "present", False)]

    def test_not_what_nobody_claims(self):
        visit = self.state(make.make_meeting(self.branch, DAY), "excused")
        self.refused(self.confirm, visit)
        self.refused(refuse_visit, visit, reason="Vì", by=self.office, at=NOW)
        self.refused(dispute_visit, visit, reason="Vì", by=self.office, at=NOW)

    def test_all_or_none(self):
        one, other = self.log(), self.log(held_on=date(2026, 3, 6))
        self.confirm(one)
        self.refused(self.confirm, one, other)
        self.refused(self.confirm, error=PermissionDenied)

    def test_of_many_takes_the_same_number_of_queries(self):
        one, *many = [
            make.make_visit(self.assignment, self.branch, DAY - timedelta(days=number))
            for number in range(30)
        ]
        with self.assertNumQueries(14):
            self.confirm(one)
        with self.assertNumQueries(14):
            self.confirm(*many)
        assert len(self.attendance()) == 30

    def test_leaves_an_entry_of_who_and_why(self):
        visit = self.confirm(self.log())[0]
        reopen_visit(visit, reason="Nhầm người", by=self.office, at=NOW)
        entry = JournalEntry.objects.filter(table_name="assignments_visit").latest("pk")
        assert (entry.user, entry.reason) == (self.office, "Nhầm người")


class WhoTests(VisitCase):
    def test_only_the_office_of_the_very_committee(self):
        visit = self.log()
        others = [
            self.user_with(Role.OFFICE, self.district),
            self.user_with(Role.OFFICE, self.branch),
            self.user_with(Role.BOARD, self.ward),
            self.secretary,
            self.user,
        ]
        for user in others:
            self.refused(self.confirm, visit, by=user, error=PermissionDenied)
            for decide in (refuse_visit, dispute_visit, reopen_visit):
                self.refused(decide, visit, reason="Vì", by=user, at=NOW, error=PermissionDenied)

    def test_never_ones_own(self):
        make.grant(self.user, Role.OFFICE, self.ward)
        visit = self.log()
        self.refused(self.confirm, visit, by=self.user, error=PermissionDenied)
        assert visit not in Visit.objects.confirmable_by(self.user, on=TODAY)

    def test_the_database_refuses_ones_own_too(self):
        visit = self.log()
        make.make_meeting(self.branch, DAY)
        decided = {"decision": "confirmed", "decided_at": NOW, "decided_by": self.user}
        with pytest.raises(IntegrityError, match="own record"), recording(self.user):
            Visit.objects.filter(pk=visit.pk).update(**decided)

    def test_on_the_days_of_the_grant(self):
        visit = self.log()
        past = make.make_user()
        make.grant(past, Role.OFFICE, self.ward, until=date(2026, 3, 9))
        self.refused(self.confirm, visit, by=past, error=PermissionDenied)

    def test_who_stands_in_the_place_of_a_committee_that_has_ended(self):
        visit = self.log()
        heir, _other = self.replace_ward(kind="merge")
        office = self.user_with(Role.OFFICE, heir)
        self.refused(self.confirm, visit, error=PermissionDenied)
        assert self.confirm(visit, by=office)[0].state == "confirmed"

    def test_after_a_split_who_has_the_branch(self):
        visit = self.log()
        heir, other = self.replace_ward(kind="split")
        self.refused(
            self.confirm, visit, by=self.user_with(Role.OFFICE, other), error=PermissionDenied
        )
        assert self.confirm(visit, by=self.user_with(Role.OFFICE, heir))

    def replace_ward(self, *, kind):
        """The ward ends, and its branches go to a new one; of two heirs the branch to the first."""
        heir, other = (
            make.make_organization("grassroots_committee", parent=self.district) for _ in range(2)
        )
        last, since = date(2026, 3, 8), date(2026, 3, 9)
        Placement.objects.filter(parent=self.ward).update(validity=period(None, last))
        make.place(self.branch, heir, since=since)
        make.place(self.home, other if kind == "split" else heir, since=since)
        Organization.objects.filter(pk=self.ward.pk).update(validity=period(None, last))
        self.ward.successions.create(successor=heir, on=since, kind=kind)
        if kind == "split":
            self.ward.successions.create(successor=other, on=since, kind=kind)
        return heir, other


class DatabaseTests(VisitCase):
    def refuses(self, name, **values):
        with pytest.raises(IntegrityError) as caught:
            self.make_checked(**values)
        assert caught.value.__cause__.diag.constraint_name == name

    def make_checked(self, *, of=None, **values):
        with transaction.atomic():
            visit = make.make_visit(self.assignment, self.branch, DAY, **values)
            Visit.objects.filter(pk=visit.pk).update(member=of or self.cadre)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_a_claim_is_of_an_assigned_branch(self):
        with pytest.raises(IntegrityError, match="is not assigned to"):
            make.make_visit(self.assignment, self.home, DAY)

    def test_a_claim_is_not_of_ones_own_branch(self):
        wide = make.make_assignment(self.cadre, self.ward)
        with pytest.raises(IntegrityError, match="that is no visit"):
            make.make_visit(wide, self.home, DAY)

    def test_the_assignment_is_the_cadres_own(self):
        self.refuses("visit_of_the_assigned_member", of=make.make_member(self.home))

    def test_a_meeting_is_of_the_branch_and_day(self):
        elsewhere = make.make_meeting(self.branch, date(2026, 3, 6))
        self.refuses("visit_at_a_meeting_of_the_day", meeting=elsewhere)

    def test_one_visit_of_a_meeting(self):
        meeting = make.make_meeting(self.branch, DAY)
        make.make_visit(self.assignment, self.branch, DAY, meeting=meeting)
        self.refuses("visit_once_a_meeting", meeting=meeting)

    def test_one_visit_of_a_day_without_a_meeting(self):
        make.make_visit(self.assignment, self.branch, DAY)
        self.refuses("visit_once_a_day")

    def test_a_decision_is_whole(self):
        decided = {"decision": "confirmed", "decided_at": NOW, "decided_by": self.office}
        refused = decided | {"decision": "refused"}
        self.refuses("visit_confirmed_at_a_meeting", **decided)
        self.refuses("visit_refused_with_a_reason", **refused)
        unknown = refused | {"decision_reason": "Vì", "decided_by": None}
        self.refuses("visit_decided_by_somebody", **unknown)
        self.refuses("visit_disputed_with_a_reason", disputed_at=NOW, disputed_by=self.office)

    def test_nobody_confirms_who_was_not_there(self):
        self.refuses(
            "visit_confirmed_of_somebody_who_was_there",
            meeting=make.make_meeting(self.branch, DAY),
            claimed_at=None,
            stated="excused",
            stated_at=NOW,
            decision="confirmed",
            decided_at=NOW,
            decided_by=self.office,
        )

    def test_not_of_a_member_who_was_merged(self):
        kept = make.make_member(self.home)
        self.cadre.merged_into, self.cadre.merged_on = kept, DAY
        self.cadre.save()
        self.refuses("member_not_merged")


class RollUpTests(VisitCase):
    """The result of the three facts is what the rating counts."""

    def setUp(self):
        self.meeting = make.make_meeting(self.branch, DAY)
        make.make_meeting(self.branch, date(2026, 4, 5))

    def credited(self):
        roll_up = roll_up_inline(self.ward, year=2026, at=AFTER_YEAR)
        rating = Rating.objects.get(roll_up=roll_up, member=self.cadre)
        return rating.duty_required, rating.duty_credited

    def test_confirmed_counts_one(self):
        self.log()
        self.confirm(self.state(self.meeting))
        assert self.credited() == (2, 1)

    def test_unconfirmed_counts_none(self):
        self.log()
        assert self.credited() == (2, 0)

    def test_disputed_counts_none(self):
        self.log()
        self.state(self.meeting, "unexcused")
        assert self.credited() == (2, 0)

    def test_stated_absent_counts_none(self):
        self.state(self.meeting, "excused")
        assert self.credited() == (2, 0)

    def test_once_the_year_is_rated_what_was_decided_stays(self):
        visit = self.confirm(self.log())[0]
        waiting = self.log(held_on=date(2026, 3, 6))
        self.credited()
        at = AFTER_YEAR
        self.refused(reopen_visit, visit, reason="Nhầm", by=self.office, at=at)
        self.refused(correct_visit, visit, note="Mới", reason="Nhầm", by=self.user, at=at)
        self.refused(withdraw_visit, visit, reason="Nhầm", by=self.user, at=at)
        assert self.confirm(waiting)[0].state == "confirmed"


class AdoptionTests(VisitCase):
    def adopt(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT adopt_unconfirmed()")
            return cursor.fetchone()[0]

    def test_what_a_workbook_left_unconfirmed_waits(self):
        meeting = make.make_meeting(self.branch, DAY)
        make.attend(meeting, self.cadre, capacity="assigned", confirmed=False)
        stranger = make.make_member(self.home)
        make.attend(meeting, stranger, "excused", capacity="assigned", confirmed=False)
        before = self.attendance()
        assert self.adopt() == 2
        visit = Visit.objects.get(member=self.cadre)
        assert (visit.state, visit.stated, visit.stated_by) == ("logged", "present", None)
        assert (visit.assignment, visit.confirmer) == (self.assignment, self.ward)
        other = Visit.objects.get(member=stranger)
        assert (other.state, other.assignment, other.confirmer) == ("excused", None, self.ward)
        assert self.attendance() == before
        assert self.adopt() == 0
        assert self.confirm(visit)[0].state == "confirmed"

    def test_what_is_confirmed_is_left(self):
        make.attend(make.make_meeting(self.branch, DAY), self.cadre, capacity="assigned")
        assert self.adopt() == 0

    def test_a_workbook_does_not_overrule_the_office(self):
        meeting = make.make_meeting(self.branch, DAY)
        self.log()
        Attendance.objects.filter(meeting=meeting).update(confirmed=True)
        assert self.adopt() == 0
        assert self.attendance() == [(self.cadre.pk, "present", False)]


class MergingTests(VisitCase):
    """The visits of one person who was entered twice."""

    def merge(self, gone):
        by = self.user_with(Role.BOARD, self.district)
        values = {"values": {}, "branch_of": self.cadre, "on": TODAY, "reason": "trùng"}
        return merge_members(self.cadre, gone, by=by, **values)

    def test_go_along_and_the_confirmed_one_of_two_stays(self):
        gone = make.make_member(self.home)
        other = make.make_assignment(gone, self.branch)
        meeting = make.make_meeting(self.branch, DAY)
        self.log(note="chưa xác nhận")
        self.confirm(make.make_visit(other, self.branch, DAY, meeting=meeting))
        alone = make.make_visit(other, self.branch, date(2026, 3, 6))
        self.merge(gone)
        visits = Visit.objects.filter(member=self.cadre, assignment=self.assignment)
        states = visits.order_by("held_on").values_list("held_on", "state")
        assert list(states) == [(DAY, "confirmed"), (alone.held_on, "logged")]
        assert Visit.objects.count() == 2
        assert self.attendance() == [(self.cadre.pk, "present", True)]


class WorkbookTests(VisitCase):
    """Attendance that a workbook brings unconfirmed waits, and goes with the import's undo."""

    def test_becomes_a_visit(self):
        heading = "meeting_code,member_code,status,capacity,confirmed"
        attendance = f"{heading}\nH9,{self.cadre.code},present,assigned,0\n"
        meetings = f"code,branch_code,held_on,kind\nH9,{self.branch.code},2026-03-05,regular\n"
        file = BytesIO()
        file.name = "so.zip"
        with ZipFile(file, "w") as archive:
            archive.writestr("meetings.csv", meetings)
            archive.writestr("attendance.csv", attendance)
        file.seek(0)
        import_workbook(file, effective=TODAY)
        visit = Visit.objects.get()
        assert (visit.state, visit.stated, visit.confirmer) == ("logged", "present", self.ward)
        assert visit.meeting.code == "H9"


class AnonymisationTests(VisitCase):
    """What was said of somebody's visits goes with the person; that they were made stays."""

    def test_words_and_photo_go(self):
        file = {"media_type": "image/jpeg", "by": self.user, "at": NOW}
        photo = StoredFile.store("anh.jpg", b"Nguyen Van An", **file)
        self.log(note="Gặp ông Sáu", photo=photo)
        visit = self.state(make.make_meeting(self.branch, DAY), "excused", "Ốm nặng")
        refuse_visit(visit, reason="Không dự", by=self.office, at=NOW)
        Member.objects.filter(pk=self.cadre.pk).update(
            left_on=date(2026, 4, 1), left_reason="transferred_out"
        )
        self.cadre.refresh_from_db()
        at = datetime(2040, 1, 1, tzinfo=UTC)
        anonymise_member(self.cadre, by=None, on=at.date(), at=at, reason="Hết hạn")
        visit.refresh_from_db()
        assert (visit.state, visit.decision, visit.held_on) == ("excused", "refused", DAY)
        assert (visit.note, visit.remarks, visit.photo) == (NOBODY, "", None)
        assert (visit.stated_reason, visit.decision_reason) == (NOBODY, NOBODY)
        assert not StoredFile.objects.exists()
        told = str(list(JournalChange.objects.values("before", "after")))
        assert "Gặp ông Sáu" not in told
        assert "Ốm nặng" not in told
