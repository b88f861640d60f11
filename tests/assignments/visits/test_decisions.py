"""What the office of the confirming committee decides, and who may do what."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from accounts.choices import Role
from accounts.models import JournalEntry
from accounts.recording import recording
from assignments.models import Visit
from assignments.services.visits import (
    dispute_visit,
    refuse_visit,
    reopen_visit,
)
from branches.models import (
    Meeting,
    MeetingPlan,
    Organization,
    Placement,
)
from branches.periods import period
from tests import builders as make

from .world import DAY, NOW, TODAY, VisitCase


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
