"""What a trial says: from which level to which, whose, and where the cap bites."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.db import connection

from . import rules
from .models import RollUp, UnitCap

CHANGES_SQL = Path(__file__).parent / "sql" / "trial_changes.sql"
MOST_CHANGES = 20_000  # so many people are named; all of them are counted
TRANSITIONS_SQL = """
SELECT former_level, level, count(*), count(*) FILTER (WHERE has_other_facts)
FROM trial_change
GROUP BY former_level, level
"""
UNITS_SQL = """
SELECT
    unit_id,
    count(*),
    count(*) FILTER (WHERE level <> former_level),
    count(*) FILTER (WHERE former_level = 'excellent'),
    count(*) FILTER (WHERE level = 'excellent')
FROM trial_change
GROUP BY unit_id
"""
RUNS_SQL = """
SELECT roll_up_id, count(*) FROM trial_change WHERE roll_up_id IS NOT NULL GROUP BY roll_up_id
"""
NAMED_SQL = """
SELECT
    c.rating_id, c.member_id, c.branch_id, c.unit_id, c.former_level, c.level,
    c.former_score, c.score, c.capped, c.needs_decision, c.has_other_facts
FROM trial_change c
JOIN branches_organization b ON b.id = c.branch_id
JOIN branches_member m ON m.id = c.member_id
WHERE c.level <> c.former_level
ORDER BY b.code, m.sort_key, m.code
LIMIT %s
"""
CAP_SQL = """
SELECT
    t.unit_id,
    CASE WHEN %(by_class)s THEN t.person_class ELSE '' END AS class,
    count(*) FILTER (WHERE t.level = 'excellent'),
    count(*) FILTER (WHERE t.level = 'good'),
    count(*) FILTER (WHERE t.suggested_level = 'excellent'),
    count(*) FILTER (WHERE c.former_level = 'excellent')
FROM trial_rating t
LEFT JOIN trial_change c USING (member_id)
WHERE t.unit_id = ANY (%(units)s)
GROUP BY t.unit_id, class
"""


@dataclass(frozen=True)
class Change:
    """A member whose level the trial changes; "" is not rated. `rating` is the id of the rating on
    record. `other_facts`: the facts are not those of that rating any more."""

    rating: int
    member: int
    branch: int
    unit: int
    former_level: str
    level: str
    former_score: Decimal | None
    score: Decimal | None
    capped: bool
    needs_decision: bool
    other_facts: bool


@dataclass(frozen=True)
class CapBreak:
    """A cap unit in which more are excellent by their points than the k places there are.

    `used` are excellent after the cap, `former` on record. person_class is "" for a whole unit.
    """

    unit: int
    person_class: str
    excellent: int
    good: int
    percent: Decimal
    places: int
    used: int
    former: int

    @property
    def over(self):
        return self.excellent - self.places


@dataclass(frozen=True)
class UnitSum:
    """How many of a unit change, and how many are excellent on record and in the trial."""

    members: int
    changed: int
    former_excellent: int
    excellent: int


@dataclass(frozen=True)
class TrialResult:
    """transitions  {(level on record, level in the trial): number}; "" is not rated, None on record
                 for those who have no rating of the year yet
    units        {id of a unit: UnitSum}
    caps         the cap units in which the cap bites; cap_units is the number of all
    roll_ups     {id of a roll-up that gave the ratings on record: number}
    other_facts  of how many changed the facts are other ones than when they were rated
    """

    transitions: dict
    units: dict
    caps: list
    cap_units: int
    changes: list
    roll_ups: dict
    other_facts: int = 0
    seconds: float = field(default=0, compare=False)

    @property
    def members(self):
        return sum(self.transitions.values())

    @property
    def changed(self):
        pairs = self.transitions.items()
        return sum(number for (old, new), number in pairs if old is not None and old != new)

    @property
    def unknown(self):
        """Members who have no rating on record."""
        return sum(number for (old, _new), number in self.transitions.items() if old is None)


def read_result(scheme, *, year, branches, units):
    """Read what the ratings of a trial change, inside of `trials.trial_ratings`.

    scheme    the `rules.Scheme` that was tried
    branches  ids of those whose members are told of
    units     ids of those that are told of whole: of them the use of the cap is
    """
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGES_SQL.read_text(encoding="utf-8"),
            {"year": year, "branches": branches, "like_meetings": _runs_with(scheme, year)},
        )
        transitions, other_facts = _transitions(cursor)
        caps, cap_units = _caps(cursor, scheme, year=year, units=units)
        return TrialResult(
            transitions=transitions,
            units={unit: UnitSum(*sums) for unit, *sums in _rows(cursor, UNITS_SQL)},
            caps=caps,
            cap_units=cap_units,
            changes=[Change(*row) for row in _rows(cursor, NAMED_SQL, [MOST_CHANGES])],
            roll_ups=dict(_rows(cursor, RUNS_SQL)),
            other_facts=other_facts,
        )


def _rows(cursor, query, values=None):
    cursor.execute(query, values)
    return cursor.fetchall()


def _runs_with(scheme, year):
    """Ids of the latest roll-ups of the year that counted the same kinds of meetings."""
    runs = RollUp.objects.filter(latest__year=year).select_related("scheme").distinct()
    kinds = scheme.meeting_kinds
    return [run.pk for run in runs if set(run.scheme.definition["meeting_kinds"]) == kinds]


def _transitions(cursor):
    found, other_facts = Counter(), 0
    for old, new, number, other in _rows(cursor, TRANSITIONS_SQL):
        found[old, new] = number
        if old is not None and old != new:
            other_facts += other
    return dict(found), other_facts


def _caps(cursor, scheme, *, year, units):
    own = dict(UnitCap.objects.filter(year=year, unit__in=units).values_list("unit", "percent"))
    rows = _rows(cursor, CAP_SQL, {"by_class": scheme.cap_by_class, "units": units})
    uses = [
        _cap(row, percent=own.get(row[0], scheme.cap_percent), base=scheme.cap_base) for row in rows
    ]
    return [use for use in uses if use.over > 0], len(uses)


def _cap(row, *, percent, base):
    unit, person_class, excellent, good, used, former = row
    places = rules.places(excellent, good, percent, base)
    return CapBreak(unit, person_class, excellent, good, percent, places, used, former)
