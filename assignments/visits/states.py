"""Where the visits of assigned cadres stand, meeting by meeting: also where nothing was said, which
is never the same as being absent."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from branches.choices import AttendanceStatus, Capacity, PlanState, VisitState
from branches.models import (
    Attendance,
    Meeting,
    MeetingPlan,
    Membership,
    Organization,
    OrganizationPath,
)
from branches.periods import covers

from ..models import Assignment, Visit


@dataclass(frozen=True)
class Line:
    """A meeting of a branch, held or planned, or a day on which the cadre says there was one."""

    assignment: Assignment
    branch: Organization
    day: date
    kind: str
    state: str  # a VisitState
    meeting: Meeting | None = None
    plan: MeetingPlan | None = None
    visit: Visit | None = None

    @property
    def of(self):
        """The row that names the kind."""
        return self.meeting or self.plan or self.visit


def states_of(assignments, days, *, today):
    """The Lines of assignments (a list) on the days (a period with both ends), latest first; six
    queries, however many there are.

    To an assignment belong the meetings at or below its target while it was valid, as the tree
    stood on the day of each, without those of the branch that the cadre belonged to.
    """
    found = _Found(assignments, days)
    lines = [line for each in assignments for line in found.lines_of(each, today=today)]
    return sorted(lines, key=lambda line: (line.day, line.branch.code), reverse=True)


def state_of(visit, attendance, *, day, plan=None, today):
    """The state of what is on record of one cadre and one meeting; all but the day may be None."""
    if visit is not None:
        return visit.state
    if attendance is not None:
        return _state_of_attendance(attendance)
    if plan is not None and plan.state == PlanState.NOT_HELD:
        return VisitState.NOT_HELD
    if plan is not None and day >= today:
        return VisitState.EXPECTED
    return VisitState.NOT_REPORTED


def _state_of_attendance(row):
    """Of a roster that came from a workbook."""
    if row.status != AttendanceStatus.PRESENT:
        return VisitState(row.status)
    return VisitState.CONFIRMED if row.confirmed else VisitState.LOGGED


class _Found:
    """All that is on record of the cadres and the branches of some assignments on some days."""

    def __init__(self, assignments, days):
        members = {each.member_id for each in assignments}
        self.paths = defaultdict(list)  # {branch id: [(days, ids at and above)]}
        below = OrganizationPath.objects.filter(
            ancestors__overlap=[each.target_id for each in assignments], validity__overlap=days
        )
        for row in below:
            self.paths[row.organization_id].append((row.validity, row.ancestors))
        held = {"held_on__gte": days.lower, "held_on__lt": days.upper}
        branches = {"branch__in": list(self.paths)}
        self.meetings = list(Meeting.objects.filter(**branches, **held).select_related("branch"))
        plans = MeetingPlan.objects.filter(**branches, meeting=None).planned_in(days)
        self.plans = list(plans.select_related("branch"))
        visits = Visit.objects.filter(member__in=members, **branches, **held).standing()
        self.visits = list(visits.select_related("branch"))
        self.homes = list(Membership.objects.filter(member__in=members, validity__overlap=days))
        rosters = Attendance.objects.filter(
            member__in=members, capacity=Capacity.ASSIGNED, meeting__in=self.meetings
        )
        self.attendance = {(row.member_id, row.meeting_id): row for row in rosters}

    def lines_of(self, assignment, *, today):
        visits = [each for each in self.visits if each.member_id == assignment.member_id]
        by_meeting = {each.meeting_id: each for each in visits if each.meeting_id}
        loose = {(v.branch_id, v.held_on): v for v in visits if v.meeting_id is None}
        for meeting in self.meetings:
            visit = by_meeting.get(meeting.pk)
            row = self.attendance.get((assignment.member_id, meeting.pk))
            state = state_of(visit, row, day=meeting.held_on, today=today)
            known = {"meeting": meeting, "visit": visit}
            yield from self._line(assignment, meeting, meeting.held_on, state, known)
        for plan in self.plans:
            visit = loose.pop((plan.branch_id, plan.planned_on), None)
            state = state_of(visit, None, day=plan.planned_on, plan=plan, today=today)
            known = {"plan": plan, "visit": visit}
            yield from self._line(assignment, plan, plan.planned_on, state, known)
        for visit in loose.values():
            yield from self._line(assignment, visit, visit.held_on, visit.state, {"visit": visit})

    def _line(self, assignment, of, day, state, known):
        if covers(assignment.validity, day) and self._reaches(assignment, of.branch_id, day):
            yield Line(assignment, of.branch, day, of.kind, state, **known)

    def _reaches(self, assignment, branch, day):
        paths = self.paths[branch]
        above = next((ids for validity, ids in paths if covers(validity, day)), [])
        at_home = any(
            home.member_id == assignment.member_id
            and home.branch_id == branch
            and covers(home.validity, day)
            for home in self.homes
        )
        return assignment.target_id in above and not at_home
