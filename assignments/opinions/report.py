"""Opinions in figures: topics, states, how long they have waited, and for whom."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Case, Count, DurationField, ExpressionWrapper, F, Q, Value, When

from branches.as_of import as_of
from branches.models import Organization

from ..choices import OpinionState
from ..models import Opinion

BANDS = ((0, 30), (31, 60), (61, 90), (91, None))  # days since it was raised, both included
MOST_TOPICS = 40
MOST_BARS = 12
COLOURS = {"answered": "--fine", "referred": "--warn", "resolved": "--info"}


@dataclass
class Line:
    """One topic or body: how many opinions in each state, and how many are late."""

    label: object
    states: Counter = field(default_factory=Counter)
    overdue: int = 0

    @property
    def total(self):
        return sum(self.states.values())

    @property
    def by_state(self):
        return [self.states[state] for state in OpinionState.values]


@dataclass
class Report:
    totals: dict
    topics: list  # of Line, the most frequent first
    other_topics: Line | None  # those of rare topics together
    bodies: list  # of Line: with whom the opinions are or were
    ages: list  # of (first day, last day or None, waiting, of them overdue)
    earlier: int  # still waiting, raised in earlier years


def totals(organization, *, year, on):
    """How many opinions were raised in the year up to the day in the subtree, by their state on
    the day; how many of them are overdue; and in how many branches."""
    found = _raised(organization, year=year, on=on).on(on)
    states = {state: Count("pk", filter=Q(state_on=state)) for state in OpinionState.values}
    late = Count("pk", filter=Q(state_on=OpinionState.REFERRED, due_on_on__lt=on))
    branches = Count("branch_pk", distinct=True)
    counted = found.aggregate(total=Count("pk"), **states, overdue=late, branches=branches)
    return {name: counted[name] for name in ("total", *OpinionState.values, "overdue", "branches")}


def report(organization, *, year, on):
    """All that the page of the report shows. Four queries."""
    cells = _cells(_raised(organization, year=year, on=on).on(on), on=on)
    topics = _lines(cells, "topic")
    bodies = _lines([cell for cell in cells if cell["referred_to_on"]], "referred_to_on")
    known = Organization.objects.in_bulk([line.label for line in bodies])
    as_of(known.values(), on=on)
    for line in bodies:
        line.label = known[line.label]
    return Report(
        totals=totals(organization, year=year, on=on),
        topics=topics[:MOST_TOPICS],
        other_topics=_together(topics[MOST_TOPICS:]),
        bodies=bodies,
        ages=_ages(cells),
        earlier=_waiting_before(organization, year=year, on=on),
    )


def topic_chart(found):
    """Stacked bars: opinions by topic and state."""
    lines = found.topics[:MOST_BARS]
    return {
        "labels": [str(line.label) for line in lines],
        "series": [
            {
                "colour": COLOURS[state],
                "label": str(OpinionState(state).label),
                "data": [line.states[state] for line in lines],
            }
            for state in OpinionState.values
        ],
    }


def _raised(organization, *, year, on):
    below = Organization.objects.below(organization, on=on)
    return Opinion.objects.of_branches(below).raised_in_year(year).raised_by_day(on)


def _waiting_before(organization, *, year, on):
    below = Organization.objects.below(organization, on=on)
    found = Opinion.objects.of_branches(below).filter(held_on__year__lt=year).raised_by_day(on)
    return found.on(on).filter(state_on=OpinionState.REFERRED).count()


def _cells(found, *, on):
    """How many opinions agree in topic, state, body, age and whether they are late."""
    age = ExpressionWrapper(Value(on) - F("held_on"), output_field=DurationField())
    oldest = sorted(enumerate(BANDS), reverse=True)
    bands = [
        When(age__gte=timedelta(days=first), then=Value(number))
        for number, (first, _last) in oldest
    ]
    late = Q(state_on=OpinionState.REFERRED, due_on_on__lt=on)
    return list(
        found.alias(age=age)
        .annotate(
            band=Case(*bands, default=Value(0)),
            late=Case(When(late, then=Value(True)), default=Value(False)),
        )
        .order_by()
        .values("topic", "state_on", "referred_to_on", "band", "late")
        .annotate(count=Count("pk"))
    )


def _lines(cells, key):
    lines = {}
    for cell in cells:
        line = lines.setdefault(cell[key], Line(cell[key]))
        line.states[cell["state_on"]] += cell["count"]
        line.overdue += cell["count"] if cell["late"] else 0
    return sorted(lines.values(), key=lambda line: (-line.total, str(line.label)))


def _together(lines):
    if not lines:
        return None
    found = Line("")
    for line in lines:
        found.states += line.states
        found.overdue += line.overdue
    return found


def _ages(cells):
    waiting, late = Counter(), Counter()
    for cell in cells:
        if cell["state_on"] == OpinionState.REFERRED:
            waiting[cell["band"]] += cell["count"]
            late[cell["band"]] += cell["count"] if cell["late"] else 0
    return [
        (first, last, waiting[number], late[number]) for number, (first, last) in enumerate(BANDS)
    ]
