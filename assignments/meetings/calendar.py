"""The meetings of branches by month: planned, held, called off, and what their rosters lack."""

import calendar
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Case, Count, Exists, OuterRef, Value, When

from branches.acting import FIRST_YEAR, LAST_YEAR
from branches.as_of import as_of
from branches.choices import Capacity, MeetingKind, MeetingState, PlanState
from branches.models import Attendance
from branches.periods import ONE_DAY, period

MONTH = "%Y-%m"

# Of more entries than these a month shows how many there are, and the entries of one chosen day.
MOST_ENTRIES = 250


@dataclass(frozen=True)
class Entry:
    """One meeting on its day: `page` is the route of its page, "" where the reader may not open it,
    `pk` the id that this takes."""

    on: date
    branch: object
    kind: str
    state: MeetingState
    page: str
    pk: int
    starts_at: time | None = None
    place: str = ""
    reason: str = ""

    def get_kind_display(self):
        return MeetingKind(self.kind).label


@dataclass
class Day:
    """A day of the month's weeks. `counts` are {MeetingState: number}; `entries` are the meetings,
    where the month has not too many to name them all, or the day is the chosen one."""

    on: date
    is_in_month: bool
    counts: dict
    entries: list[Entry]

    @property
    def number(self):
        return sum(self.counts.values())

    @property
    def shown_counts(self):
        """(state, number) in the order of the states, where the entries are not named."""
        if self.entries:
            return []
        return [(each, self.counts[each]) for each in MeetingState if each in self.counts]


@dataclass(frozen=True)
class Month:
    """Weeks from Monday to Sunday; `days` are those of the month that have meetings."""

    first: date
    weeks: list[list[Day]]

    @property
    def days(self):
        return [day for week in self.weeks for day in week if day.is_in_month and day.number]

    @property
    def counts(self):
        """(state, number) of the month, without the states that it has none of."""
        total = sum((Counter(day.counts) for day in self.days), Counter())
        return [(each, total[each]) for each in MeetingState if total[each]]

    @property
    def previous(self):
        return (self.first - ONE_DAY).strftime(MONTH)

    @property
    def next(self):
        return (last_of(self.first) + ONE_DAY).strftime(MONTH)


def read_month(text, *, default):
    """The first day of a month typed as 2026-11; that of the day `default` for anything else."""
    try:
        first = datetime.strptime(text, MONTH).date()
    except ValueError:
        return default.replace(day=1)
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else default.replace(day=1)


def month_of(first, *, plans, meetings, opened, on, chosen=None):
    """The month that begins on `first`, as the day `on` knows it. At most five queries.

    plans, meetings  querysets of those that stand in it
    opened           a queryset of the meetings whose pages the reader may open
    chosen           a day whose meetings are named however many the month has
    """
    days = period(first, last_of(first))
    # A meeting stands for the plan that became it; on a day before it the plan alone is known.
    meetings = with_roster_state(meetings).held_in(days).filter(held_on__lte=on)
    plans = _with_state(plans.exclude(state=PlanState.HELD, planned_on__lte=on), on=on)
    plans = plans.planned_in(days)
    counts = defaultdict(Counter)
    for rows, day in ((meetings, "held_on"), (plans, "planned_on")):
        for on_day, state, number in _counted(rows, day):
            counts[on_day][MeetingState(state)] += number
    if sum(each.total() for each in counts.values()) > MOST_ENTRIES:
        meetings, plans = meetings.filter(held_on=chosen), plans.filter(planned_on=chosen)
    meetings = meetings.annotate(is_opened=Exists(opened.filter(pk=OuterRef("pk"))))
    entries = defaultdict(list)
    for entry in _entries(meetings, plans, on=on):
        entries[entry.on].append(entry)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        [
            [Day(each, each.month == first.month, counts[each], entries[each]) for each in week]
            for week in weeks
        ],
    )


def last_of(first):
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def with_roster_state(meetings):
    """Annotate roster_state, a MeetingState: whether the branch said of any of its members how
    they attended, and whether that is all."""
    roster = Attendance.objects.filter(meeting=OuterRef("pk"), capacity=Capacity.MEMBER)
    return meetings.annotate(
        roster_state=Case(
            When(roster_closed_at__isnull=False, then=Value(MeetingState.ROSTER_CLOSED)),
            When(Exists(roster), then=Value(MeetingState.ROSTER_OPEN)),
            When(kind=MeetingKind.RESIDENTS, then=Value(MeetingState.HELD)),
            default=Value(MeetingState.ROSTER_MISSING),
        )
    )


def plan_state(plan, *, on):
    """The MeetingState of a plan on the day; of one that was held, on a day before it, planned."""
    if plan.state == PlanState.NOT_HELD:
        return MeetingState.NOT_HELD
    return MeetingState.PLANNED if plan.planned_on >= on else MeetingState.ROSTER_MISSING


def _with_state(plans, *, on):
    """What plan_state() says, as roster_state."""
    return plans.annotate(
        roster_state=Case(
            When(state=PlanState.NOT_HELD, then=Value(MeetingState.NOT_HELD)),
            When(planned_on__gte=on, then=Value(MeetingState.PLANNED)),
            default=Value(MeetingState.ROSTER_MISSING),
        )
    )


def _counted(rows, day):
    rows = rows.order_by().values(day, "roster_state").annotate(number=Count("pk"))
    return rows.values_list(day, "roster_state", "number")


def _entries(meetings, plans, *, on):
    held = [_of_meeting(each) for each in meetings.select_related("branch", "plan")]
    planned = [_of_plan(each) for each in plans.select_related("branch")]
    entries = sorted(
        [*held, *planned], key=lambda each: (each.on, each.starts_at or time.max, each.branch.code)
    )
    as_of((each.branch for each in entries), on=on)
    return entries


def _of_meeting(meeting):
    plan = getattr(meeting, "plan", None)
    return Entry(
        meeting.held_on,
        meeting.branch,
        meeting.kind,
        MeetingState(meeting.roster_state),
        "branches:meeting" if meeting.is_opened else "",
        meeting.pk,
        plan and plan.starts_at,
        plan.place if plan else "",
    )


def _of_plan(plan):
    return Entry(
        plan.planned_on,
        plan.branch,
        plan.kind,
        MeetingState(plan.roster_state),
        "assignments:meeting_plan",
        plan.pk,
        plan.starts_at,
        plan.place,
        plan.reason,
    )
