"""What is known of one member in a rating period: the counts that points are made from.

Everything on record goes in, whatever its dates; the rules choose. Ids (of branches, meetings,
targets …) may be any hashable values.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .days import Days, add_months, calendar_periods
from .scheme import OUTCOMES, Scheme

INACTIVE = ("exempt", "suspended", "away")


@dataclass(frozen=True, slots=True)
class Stay:
    """A period in which the member belongs to a branch."""

    branch: Hashable
    days: Days


@dataclass(frozen=True, slots=True)
class Status:
    """A period in which the member is exempt, suspended or away."""

    status: str
    days: Days


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of a branch. `above` holds the organizations at or above the branch as the tree
    stands on the cut-off date (an ended one where it stood last)."""

    id: Hashable
    branch: Hashable
    held_on: date
    kind: str
    above: frozenset = frozenset()


@dataclass(frozen=True, slots=True)
class RosterRow:
    """The member on the roster of a meeting, of the own branch or of another."""

    meeting: Meeting
    status: str
    capacity: str = "member"
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """A `number` of meetings of any kind that one branch held on one day. `branch` may be None
    for branches that the member never belonged to."""

    branch: Hashable
    day: date
    number: int = 1


@dataclass(frozen=True, slots=True)
class Assignment:
    id: Hashable
    target: Hashable
    days: Days
    visits_due: int = 1
    visits_period: str = "month"


@dataclass(frozen=True, slots=True)
class Task:
    """A task of the rating year."""

    id: Hashable
    state: str
    outcome: str = ""
    weight: Decimal = Decimal(1)
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a committee said of one assignment for the rating year."""

    id: Hashable
    level: str


@dataclass(frozen=True, slots=True)
class Deduction:
    id: Hashable
    occurred_on: date
    points: Decimal


@dataclass(frozen=True)
class MemberRecord:
    """One member. `meetings` are those of the branches of `stays`; `held` gives, for each target
    of an assignment, the meetings held at or below it (tree on the cut-off date)."""

    admitted_on: date
    left_on: date | None = None
    stays: Sequence[Stay] = ()
    statuses: Sequence[Status] = ()
    meetings: Sequence[Meeting] = ()
    roster: Sequence[RosterRow] = ()
    assignments: Sequence[Assignment] = ()
    held: Mapping[Hashable, Sequence[Held]] = field(default_factory=dict)
    tasks: Sequence[Task] = ()
    reviews: Sequence[Review] = ()
    deductions: Sequence[Deduction] = ()
    disciplines: Sequence[date] = ()

    def branch_on(self, day: date) -> Hashable | None:
        """The branch that the member belongs to on the day. Source: docs/rating-rules.md, 1."""
        if self.left_on and self.left_on <= day:
            return None
        return next((stay.branch for stay in self.stays if day in stay.days), None)

    def status_on(self, day: date) -> str:
        return next((status.status for status in self.statuses if day in status.days), "")


def not_rated_reason(member: MemberRecord, as_of: date) -> str:
    """Why the member is not rated, as far as that does not depend on results; "" if rated.

    Source: docs/rating-rules.md, 3.
    """
    status = member.status_on(as_of)
    if status in ("exempt", "suspended"):
        return status
    return "new_member" if add_months(member.admitted_on, 6) > as_of else ""


# Attendance. Source: docs/rating-rules.md, 4.1.


@dataclass(frozen=True, slots=True)
class RequiredMeeting:
    """A meeting that the member had to attend; `status` is "" when nothing was recorded."""

    meeting: Meeting
    status: str


@dataclass(frozen=True)
class AttendanceFacts:
    held: int
    present: int
    excused: int
    unexcused: int
    unrecorded: int
    missed_months: int


def required_meetings(member: MemberRecord, scheme: Scheme, days: Days) -> list[RequiredMeeting]:
    """The meetings of the branch of each day that the member had to attend, in order of day."""
    roster = {row.meeting.id: row.status for row in member.roster if row.capacity == "member"}
    required = [
        RequiredMeeting(meeting, roster.get(meeting.id, ""))
        for meeting in member.meetings
        if meeting.held_on in days
        and meeting.kind in scheme.meeting_kinds
        and member.branch_on(meeting.held_on) == meeting.branch
        and not member.status_on(meeting.held_on)
    ]
    return sorted(required, key=lambda each: (each.meeting.held_on, str(each.meeting.id)))


def missed_months(required: Iterable[RequiredMeeting]) -> tuple[int, ...]:
    """The months with an unexcused absence and neither a presence nor an excused absence."""
    missed, attended = set(), set()
    for each in required:
        month = each.meeting.held_on.month
        if each.status == "unexcused":
            missed.add(month)
        elif each.status:
            attended.add(month)
    return tuple(sorted(missed - attended))


def attendance_facts(required: Sequence[RequiredMeeting]) -> AttendanceFacts:
    counts = dict.fromkeys(("present", "excused", "unexcused", ""), 0)
    for each in required:
        counts[each.status] += 1
    return AttendanceFacts(
        held=sum(counts.values()),
        present=counts["present"],
        excused=counts["excused"],
        unexcused=counts["unexcused"],
        unrecorded=counts[""],
        missed_months=len(missed_months(required)),
    )


# Duty visits. Source: docs/rating-rules.md, 4.2.


@dataclass(frozen=True)
class Chain:
    """Assignments to one target that follow each other and count as one."""

    target: Hashable
    visits_due: int
    visits_period: str
    assignments: tuple[Assignment, ...]

    def __contains__(self, day: date) -> bool:
        return any(day in each.days for each in self.assignments)


@dataclass(frozen=True)
class DutyPeriod:
    """One month, quarter or year of a chain. `length` is L, `days` D, `held` h, `visited` v."""

    period: Days
    length: int
    days: int
    held: int
    visited: int
    due: int
    made: int
    visits: tuple[RosterRow, ...]


def chains(assignments: Iterable[Assignment], days: Days) -> list[Chain]:
    """The member's assignments valid on some of `days`, merged where they continue each other."""
    found: list[Chain] = []
    for each in sorted(assignments, key=lambda each: (str(each.target), each.days.first)):
        if each.days.first > days.last or (each.days.last and each.days.last < days.first):
            continue
        terms = (each.target, each.visits_due, each.visits_period)
        before = found[-1] if found else None
        if (
            before
            and terms == (before.target, before.visits_due, before.visits_period)
            and before.assignments[-1].days.last
            and (each.days.first - before.assignments[-1].days.last).days == 1
        ):
            found[-1] = Chain(*terms, (*before.assignments, each))
        else:
            found.append(Chain(*terms, (each,)))
    return found


def duty_periods(chain: Chain, member: MemberRecord, days: Days) -> list[DutyPeriod]:
    """What was due and made in each calendar period that meets `days`."""
    return [
        _duty_period(chain, member, days, period)
        for period in calendar_periods(chain.visits_period, days)
    ]


def _duty_period(chain, member, days, period):
    on_duty = {day for day in period if day in days and day in chain and not member.status_on(day)}
    held = sum(
        each.number
        for each in member.held.get(chain.target, ())
        if each.day in on_duty
        and (each.branch is None or each.branch != member.branch_on(each.day))
    )
    visits = tuple(
        row
        for row in member.roster
        if (row.capacity, row.status, row.confirmed) == ("assigned", "present", True)
        and row.meeting.held_on in on_duty
        and chain.target in row.meeting.above
        and row.meeting.branch != member.branch_on(row.meeting.held_on)
    )
    asked = (2 * chain.visits_due * len(on_duty) + len(period)) // (2 * len(period))
    due = min(asked, held)
    return DutyPeriod(
        period=period,
        length=len(period),
        days=len(on_duty),
        held=held,
        visited=len(visits),
        due=due,
        made=min(due, len(visits)),
        visits=visits,
    )


# Tasks. Source: docs/rating-rules.md, 4.3.


def task_result(task: Task, year: int, as_of: date) -> str:
    """How a task of the year counts: an outcome, "pending", or "" when it is left out."""
    if task.state in ("draft", "cancelled"):
        return ""
    if task.state == "confirmed":
        return task.outcome
    if task.state == "reported":
        return "pending"
    return "unmet" if (task.due_on or date(year, 12, 31)) <= as_of else ""


@dataclass(frozen=True)
class TaskFacts:
    """Numbers of tasks by result; `credited` and `weight` are n and d."""

    exceeded: int
    met: int
    late: int
    unmet: int
    pending: int
    credited: Decimal
    weight: Decimal

    @property
    def total(self) -> int:
        return self.exceeded + self.met + self.late + self.unmet


def task_facts(tasks: Iterable[Task], scheme: Scheme, year: int, as_of: date) -> TaskFacts:
    counts = dict.fromkeys((*OUTCOMES, "pending"), 0)
    credited = weight = Decimal(0)
    for task in tasks:
        result = task_result(task, year, as_of)
        if not result:
            continue
        counts[result] += 1
        if result != "pending":
            credited += task.weight * scheme.task_credit[result]
            weight += task.weight
    return TaskFacts(**counts, credited=credited, weight=weight)


# All together


@dataclass(frozen=True)
class Facts:
    """All that the points and the level of one member are made from."""

    attendance: AttendanceFacts
    duty_required: int
    duty_credited: int
    tasks: TaskFacts
    disciplines: int
    fractions: Mapping[str, tuple[Decimal, Decimal]]
    """n and d of each criterion; d is 0 when there is nothing to count."""

    def counts(self) -> dict[str, int]:
        """The counts by the names under which a rating stores and exports them."""
        attendance, tasks = self.attendance, self.tasks
        return {
            "held": attendance.held,
            "present": attendance.present,
            "excused": attendance.excused,
            "unexcused": attendance.unexcused,
            "unrecorded": attendance.unrecorded,
            "missed_months": attendance.missed_months,
            "duty_required": self.duty_required,
            "duty_credited": self.duty_credited,
            "tasks_total": tasks.total,
            "tasks_exceeded": tasks.exceeded,
            "tasks_met": tasks.met,
            "tasks_late": tasks.late,
            "tasks_unmet": tasks.unmet,
            "tasks_pending": tasks.pending,
            "disciplines": self.disciplines,
        }


def facts(member: MemberRecord, scheme: Scheme, days: Days) -> Facts:
    """The facts of one member in the rating period `days`."""
    year, as_of = days.first.year, days.last
    attendance = attendance_facts(required_meetings(member, scheme, days))
    duty = [
        each
        for chain in chains(member.assignments, days)
        for each in duty_periods(chain, member, days)
    ]
    required, credited = sum(each.due for each in duty), sum(each.made for each in duty)
    tasks = task_facts(member.tasks, scheme, year, as_of)
    deducted = sum((each.points for each in member.deductions if each.occurred_on in days), 0)
    conduct = scheme.points.get("conduct", Decimal(0))
    return Facts(
        attendance=attendance,
        duty_required=required,
        duty_credited=credited,
        tasks=tasks,
        disciplines=sum(day in days for day in member.disciplines),
        fractions={
            "conduct": (max(Decimal(0), conduct - deducted), conduct),
            "attendance": (
                attendance.present + scheme.excused_credit * attendance.excused,
                Decimal(attendance.present + attendance.excused + attendance.unexcused),
            ),
            "tasks": (tasks.credited, tasks.weight),
            "duty": (Decimal(credited), Decimal(required)),
            "review": (
                sum((scheme.review_credit[each.level] for each in member.reviews), Decimal(0)),
                Decimal(len(member.reviews)),
            ),
        },
    )
