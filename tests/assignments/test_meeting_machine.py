"""Whatever people do to a planned meeting, its roster and its check-ins, in whatever order: what is
not theirs or not its turn is refused and changes nothing; what works stands in the trail."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.choices import Role
from accounts.models import JournalEntry
from accounts.recording import recording
from assignments.meetings.occasions import Occasion
from assignments.services.check_in import check_in
from branches.models import Attendance, CheckIn, Meeting, MeetingPlan
from branches.services import meetings, rosters
from tests import builders as make

DAY = date(2026, 3, 5)
NOW = datetime(2026, 3, 5, 3, tzinfo=UTC)
PERSONS = ("secretary", "secretary elsewhere", "member", "member elsewhere", "office")
ACTIONS = (
    "plan",
    "call off",
    "restore",
    "take roster",
    "take roster again",
    "close",
    "reopen",
    "check in",
)


@dataclass(frozen=True)
class Model:
    """A plan (none, planned, held, not held), its meeting's roster and who has checked in."""

    plan: str = ""
    status: str = ""
    closed: bool = False
    checked_in: bool = False

    def after(self, person, action, reason):
        if action == "check in":
            return self._checked_in(person)
        if person != "secretary":
            return PermissionDenied
        if action == "plan":
            return ValidationError if self.plan else replace(self, plan="planned")
        if action == "call off":
            fits = self.plan == "planned" and reason
            return replace(self, plan="not_held", checked_in=False) if fits else ValidationError
        if action == "restore":
            return replace(self, plan="planned") if self.plan == "not_held" else ValidationError
        return self._kept(action)

    def _kept(self, action):
        if action.startswith("take roster"):
            if self.plan == "not_held" or self.closed:
                return ValidationError
            status = "present" if action == "take roster" else "excused"
            return replace(self, plan="held", status=status)
        if self.plan != "held" or self.closed == (action == "close"):
            return ValidationError
        return replace(self, closed=not self.closed)

    def _checked_in(self, person):
        if person != "member" or self.plan == "not_held" or self.closed:
            return ValidationError
        return replace(self, checked_in=True)


class MeetingMachineTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.elsewhere) = make.make_ward(branches=2)
        cls.member = make.make_member(cls.branch)
        cls.users = {person: make.make_user() for person in PERSONS}
        for person, member in (
            ("member", cls.member),
            ("member elsewhere", make.make_member(cls.elsewhere)),
        ):
            cls.users[person].member = member
            cls.users[person].save()
        make.grant(cls.users["secretary"], Role.SECRETARY, cls.branch)
        make.grant(cls.users["secretary elsewhere"], Role.SECRETARY, cls.elsewhere)
        make.grant(cls.users["office"], Role.OFFICE, cls.ward)

    @hypothesis_settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["secretary", *PERSONS]),  # who may do most comes twice as often
                st.sampled_from(ACTIONS),
                st.sampled_from(["", "Bão"]),
            ),
            max_size=25,
        )
    )
    def test_any_order(self, steps):
        model = Model()
        for person, action, reason in steps:
            if not model.plan and action != "plan":
                continue  # there is nothing yet that it could be done to
            model = self.step(model, person, action, reason)

    def step(self, model, person, action, reason):
        user, due = self.users[person], model.after(person, action, reason)
        before, seen = self.rows(), self.last_entry()
        if isinstance(due, type):
            with pytest.raises(due), recording(user=user):
                self.act(user, action, reason)
            assert (self.rows(), self.last_entry()) == (before, seen)
            return model
        with recording(user=user):
            self.act(user, action, reason)
        assert self.rows() == (due.plan, due.status, due.closed, due.checked_in)
        entries = JournalEntry.objects.filter(pk__gt=seen)
        assert bool(entries) == (due != model)
        assert {entry.user for entry in entries} <= {user}
        return due

    def act(self, user, action, reason):
        who = {"by": user, "on": DAY}
        if action == "plan":
            values = {"planned_on": DAY, "starts_at": None, "place": "", "agenda": ""}
            return meetings.plan_meeting(self.branch, kind="regular", **values, **who)
        plan = MeetingPlan.objects.get()
        if action == "call off":
            return meetings.call_off(plan, reason=reason, **who)
        if action == "restore":
            return meetings.take_back_calling_off(plan, **who)
        occasion = Occasion(self.branch, DAY, "regular", plan=plan, meeting=plan.meeting)
        if action == "check in":
            return check_in(occasion, by=user, at=NOW)
        if action.startswith("take roster"):
            return self.take_roster(plan, user, "excused" if "again" in action else "present")
        service = rosters.close_roster if action == "close" else rosters.reopen_roster
        return service(self.held(plan, user), by=user, at=NOW)

    def take_roster(self, plan, user, status):
        """As the page does: a plan becomes a meeting when its roster is first taken."""
        meetings.require_branch(self.branch, by=user, on=DAY)
        meeting = plan.meeting or rosters.hold_plan(plan, by=user, on=DAY)
        return rosters.save_roster(meeting, [(self.member.pk, status, "")], by=user, at=NOW)

    def held(self, plan, user):
        meetings.require_branch(self.branch, by=user, on=DAY)
        if plan.meeting is None:
            raise ValidationError("no meeting yet")
        return plan.meeting

    def rows(self):
        """(state of the plan, attendance of the member, roster closed, checked in)"""
        meeting = Meeting.objects.first()
        return (
            MeetingPlan.objects.values_list("state", flat=True).first() or "",
            Attendance.objects.values_list("status", flat=True).first() or "",
            bool(meeting and meeting.roster_closed_at),
            CheckIn.objects.exists(),
        )

    def last_entry(self):
        return JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
