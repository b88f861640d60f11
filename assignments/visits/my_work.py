"""The work of one assigned cadre, as cards: an assignment each, with the branches to go to."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from branches.choices import VisitState
from branches.periods import period

from ..board import visits_of
from ..models import Assignment, Task
from .choices import OTHER, gatherings, plausible

MY_WORK_SQL = (Path(__file__).parents[1] / "sql" / "my_work.sql").read_text(encoding="utf-8")
# Of the branches below a target, a card shows those that meet within these days, or where the cadre
# was; the others are searched for.
MOST_BRANCHES, LATELY, SOON, MADE = 6, 7, 14, 90
AHEAD = 62  # days within which the next meeting is looked for
LAST_MEETINGS = MOST_OPINIONS = 3
OPEN_STATES = ("draft", "registered", "in_progress", "returned", "reported")


@dataclass
class Place:
    """A branch on a card: its meetings around today, and its opinions that wait for an answer
    (`referred`) or of whose answer it has not been told (`to_tell`)."""

    pk: int
    name: str
    referred: int
    to_tell: int
    opinions: list = field(default_factory=list)  # pairs (id, topic), the most urgent first
    is_due: bool = False  # it met lately, and the cadre has not said that they were there
    next: object = None
    last: list = field(default_factory=list)


@dataclass
class Card:
    """An assignment of today. `made`, `due` and `waiting` (for a confirmation) are visits of the
    present month, quarter or year; `overdue` were due before and not made."""

    assignment: Assignment
    waiting: int = 0
    branches: int = 0
    made: int = 0
    due: int = 0
    overdue: int = 0
    places: list[Place] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def is_of_one_branch(self):
        return [place.pk for place in self.places] == [self.assignment.target_id]

    @property
    def unseen(self):
        return self.branches - len(self.places)


def read_cards(member, *, today):
    """The Cards of the member (an id, or None) in seven queries, however many they are."""
    assignments = Assignment.objects.valid_on(today).filter(member=member)
    assignments = assignments.select_related("member", "target").order_by("target__code")
    cards = {each.pk: Card(each) for each in assignments}
    if cards:
        _add_branches(cards, member, today=today)
        _add_visits(cards, member, today=today)
        _add_tasks(cards, member)
    return list(cards.values())


def _add_branches(cards, member, *, today):
    limits = {"most": MOST_BRANCHES, "lately": LATELY, "soon": SOON, "made": MADE}
    places = {}
    with connection.cursor() as cursor:
        cursor.execute(MY_WORK_SQL, {"member": member, "day": today} | limits)
        for pk, waiting, branches, branch, *place, ids, topics in cursor.fetchall():
            cards[pk].waiting, cards[pk].branches = waiting, branches
            if branch:
                opinions = list(zip(ids or (), topics or (), strict=True))[:MOST_OPINIONS]
                places.setdefault(branch, Place(branch, *place, opinions))
                cards[pk].places.append(places[branch])
    since = today - timedelta(days=settings.VISIT_LOG_DAYS)
    days = period(since, today + timedelta(days=AHEAD))
    for pk, found in gatherings(member, list(places), days, today=today).items():
        ahead = [each for each in found if each.state == VisitState.EXPECTED]
        places[pk].next = ahead[-1] if ahead else None
        places[pk].is_due = plausible(found, today=today) != OTHER
        over = [each for each in found if each.held_on <= today and each not in ahead]
        places[pk].last = over[:LAST_MEETINGS]


def _add_visits(cards, member, *, today):
    targets = {card.assignment.target_id for card in cards.values()}
    for pk, visits in visits_of(member, targets, on=today).items():
        cards[pk].made, cards[pk].due = visits["made_now"], visits["due_now"]
        cards[pk].overdue = visits["overdue"]


def _add_tasks(cards, member):
    tasks = Task.objects.filter(assignment__in=cards, member=member, state__in=OPEN_STATES)
    by_assignment = defaultdict(list)
    for task in tasks.order_by("due_on", "code"):
        by_assignment[task.assignment_id].append(task)
    for pk, each in by_assignment.items():
        cards[pk].tasks = each
