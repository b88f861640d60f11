"""Meetings of branches as an assigned cadre sees them: held, planned or called off, and what is on
record of the cadre at each; and which of them is meant when one says “I was there”."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery

from branches.choices import Capacity, MeetingKind, OrganizationKind, VisitState
from branches.models import (
    Attendance,
    Meeting,
    MeetingPlan,
    Membership,
    Organization,
    OrganizationPath,
)
from branches.periods import period

from ..models import Assignment, Visit
from .states import state_of

PLAUSIBLE_DAYS = 7
MEETING, PLAN, OTHER = "meeting", "plan", "other"


@dataclass(frozen=True)
class Gathering:
    """A meeting (its row), or a plan of one that is not on record as held.

    key    what a form names it by
    visit  what is on record of the cadre, if anything
    state  a VisitState
    """

    key: str
    held_on: date
    kind: str
    state: str
    starts_at: time | None = None
    place: str = ""
    meeting: Meeting | None = None
    visit: Visit | None = None

    def get_kind_display(self):
        return MeetingKind(self.kind).label

    @property
    def query(self):
        """The part of an address by which the form that logs a visit has it chosen."""
        return self.key.replace("-", "=")

    @property
    def is_open(self):
        """Whether the cadre can still say that they were there."""
        is_over = self.state in (VisitState.NOT_HELD, VisitState.CONFIRMED)
        return not is_over and not (self.visit and self.visit.is_claimed)


def loggable_days(today):
    """The days for which visits can be logged, as a period."""
    return period(today - timedelta(days=settings.VISIT_LOG_DAYS), today)


def gatherings(member, branches, days, *, today):
    """{branch: its Gatherings of the days, latest first}, in three queries.

    member    an id
    branches  ids
    days      a period with both ends
    """
    held = {"branch__in": branches, "held_on__gte": days.lower, "held_on__lt": days.upper}
    visits = Visit.objects.filter(member=member, **held).standing()
    by_meeting = {visit.meeting_id: visit for visit in visits if visit.meeting_id}
    by_day = {(v.branch_id, v.held_on): v for v in visits if v.meeting_id is None}
    found = defaultdict(list)
    for meeting in _with_roster(Meeting.objects.filter(**held).select_related("plan"), member):
        visit = by_meeting.get(meeting.pk)
        found[meeting.branch_id].append(_of_meeting(meeting, visit, today=today))
    plans = MeetingPlan.objects.filter(branch__in=branches, meeting=None).planned_in(days)
    for plan in plans:
        visit = by_day.pop((plan.branch_id, plan.planned_on), None)
        found[plan.branch_id].append(_of_plan(plan, visit, today=today))
    for visit in by_day.values():
        found[visit.branch_id].append(_of_visit(visit))
    for each in found.values():
        each.sort(key=lambda one: (one.held_on, one.starts_at or time()), reverse=True)
    return found


def _with_roster(meetings, member):
    """Annotate what a roster that came from a workbook says of the cadre, who logged nothing."""
    row = Attendance.objects.filter(
        meeting=OuterRef("pk"), member=member, capacity=Capacity.ASSIGNED
    )
    return meetings.annotate(
        status=Subquery(row.values("status")), confirmed=Subquery(row.values("confirmed"))
    )


def _of_meeting(meeting, visit, *, today):
    plan = getattr(meeting, "plan", None)
    row = None
    if getattr(meeting, "status", None):
        row = Attendance(status=meeting.status, confirmed=meeting.confirmed)
    return Gathering(
        f"{MEETING}-{meeting.pk}",
        meeting.held_on,
        meeting.kind,
        state_of(visit, row, day=meeting.held_on, today=today),
        plan and plan.starts_at,
        plan.place if plan else "",
        meeting,
        visit,
    )


def _of_plan(plan, visit, *, today):
    return Gathering(
        f"{PLAN}-{plan.pk}",
        plan.planned_on,
        plan.kind,
        state_of(visit, None, day=plan.planned_on, plan=plan, today=today),
        plan.starts_at,
        plan.place,
        visit=visit,
    )


def _of_visit(visit):
    """What a cadre logged of a day of which the branch has neither plan nor meeting."""
    return Gathering(f"visit-{visit.pk}", visit.held_on, visit.kind, visit.state, visit=visit)


def plausible(found, *, today):
    """The key of the one that is meant, of all that can be: the only one of the last days that is
    not logged; OTHER, a day to be named, where there is none; "" where somebody has to choose."""
    since = today - timedelta(days=PLAUSIBLE_DAYS)
    lately = [each.key for each in found if each.is_open and since <= each.held_on <= today]
    if not lately:
        return OTHER
    return lately[0] if len(lately) == 1 else ""


def find_gathering(branch, key, *, today):
    """The meeting or plan of the branch that a form names by `key`, None for anything else. A plan
    that was held meanwhile is its meeting."""
    name, _dash, number = key.partition("-")
    if not number.isdecimal() or len(number) > 18:
        return None
    if name == MEETING:
        meeting = Meeting.objects.filter(branch=branch, pk=number).select_related("plan").first()
        return meeting and _of_meeting(meeting, None, today=today)
    plans = MeetingPlan.objects.filter(branch=branch, pk=number).select_related("meeting")
    plan = plans.first() if name == PLAN else None
    if plan is None:
        return None
    if plan.meeting is None:
        return _of_plan(plan, None, today=today)
    return _of_meeting(plan.meeting, None, today=today)


def branches_of(member, *, today):
    """The branches at or below what a member (an id) is, or was lately, assigned to: those for
    which a visit can be logged, as a queryset with the facts of the day."""
    days = loggable_days(today)
    assigned = Assignment.objects.filter(member=member, validity__overlap=days)
    targets = list(assigned.values_list("target", flat=True))
    below = OrganizationPath.objects.filter(validity__overlap=days, ancestors__overlap=targets)
    own = Membership.objects.valid_on(today).filter(member=member, branch=OuterRef("pk"))
    return Organization.objects.on(today).filter(
        ~Exists(own),
        pk__in=below.values("organization"),
        validity__overlap=days,
        kind_on=OrganizationKind.BRANCH,
    )
