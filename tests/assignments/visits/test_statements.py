"""What the roster of the branch states."""

from datetime import date

from django.core.exceptions import PermissionDenied

from accounts.choices import Role
from assignments.models import Visit
from assignments.services.visits import (
    state_visits,
)
from branches.models import (
    Attendance,
)
from tests import builders as make

from .world import DAY, NOW, VisitCase


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
