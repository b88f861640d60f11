"""What a trial says: from which level to which, whose, and where the cap bites."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django.db import connection

from .. import rules
from ..models import RollUp, UnitCap

CHANGES_SQL = Path(__file__).parents[1] / "sql" / "trial_changes.sql"
MOST_CHANGES = 20_000  # so many people are named; all of them are counted
COUNTS_SQL = """
SELECT
    unit_id, person_class, former_level, uncapped_level, level,
    count(*), count(*) FILTER (WHERE has_other_facts)
FROM trial_change
GROUP BY unit_id, person_class, former_level, uncapped_level, level
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
    caps         the cap units in which the cap bites; `cap_units` is the number of all
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


class Group(NamedTuple):
    """Members of one unit and class with the same levels; None on record: no rating yet."""

    unit: int
    person_class: str
    former_level: str | None
    uncapped_level: str
    level: str
    number: int
    other_facts: int

    @property
    def is_changed(self):
        return self.former_level is not None and self.former_level != self.level


def read_result(scheme, *, year, branches):
    """Read what the ratings of a trial change, inside of `trials.trial_ratings`.

    scheme    the `rules.Scheme` that was tried
    branches  ids of the organizations whose members are told of; units among them are told of
              whole, so that of them the use of the cap is
    """
    with connection.cursor() as cursor:
        cursor.execute(
            CHANGES_SQL.read_text(encoding="utf-8"),
            {"year": year, "branches": branches, "like_meetings": _runs_with(scheme, year)},
        )
        groups = [Group(*row) for row in _rows(cursor, COUNTS_SQL)]
        whole = set(branches)
        caps = _caps([each for each in groups if each.unit in whole], scheme, year=year)
        return TrialResult(
            transitions=_transitions(groups),
            units=_unit_sums(groups),
            caps=[cap for cap in caps if cap.over > 0],
            cap_units=len(caps),
            changes=[Change(*row) for row in _rows(cursor, NAMED_SQL, [MOST_CHANGES])],
            roll_ups=dict(_rows(cursor, RUNS_SQL)),
            other_facts=sum(each.other_facts for each in groups if each.is_changed),
        )


def _rows(cursor, query, values=None):
    cursor.execute(query, values)
    return cursor.fetchall()


def _runs_with(scheme, year):
    """Ids of the latest roll-ups of the year that counted the same kinds of meetings."""
    runs = RollUp.objects.filter(latest__year=year).select_related("scheme").distinct()
    kinds = scheme.meeting_kinds
    return [run.pk for run in runs if set(run.scheme.definition["meeting_kinds"]) == kinds]


def _transitions(groups):
    found = Counter()
    for each in groups:
        found[each.former_level, each.level] += each.number
    return dict(found)


def _unit_sums(groups):
    return {
        unit: UnitSum(
            members=_number(of_unit),
            changed=_number(each for each in of_unit if each.is_changed),
            former_excellent=_number(e for e in of_unit if e.former_level == "excellent"),
            excellent=_number(each for each in of_unit if each.level == "excellent"),
        )
        for unit, of_unit in _by(groups, lambda each: each.unit).items()
    }


def _caps(groups, scheme, *, year):
    """The use of the cap in each of its units, in order."""
    own = dict(UnitCap.objects.filter(year=year).values_list("unit", "percent"))
    cap_units = _by(
        groups, lambda each: (each.unit, each.person_class if scheme.cap_by_class else "")
    )
    return [
        _cap(*key, cap_units[key], own.get(key[0], scheme.cap_percent), scheme.cap_base)
        for key in sorted(cap_units)
    ]


def _cap(unit, person_class, groups, percent, base):
    excellent = _number(each for each in groups if each.uncapped_level == "excellent")
    good = _number(each for each in groups if each.uncapped_level == "good")
    return CapBreak(
        unit=unit,
        person_class=person_class,
        excellent=excellent,
        good=good,
        percent=percent,
        places=rules.places(excellent, good, percent, base),
        used=_number(each for each in groups if each.level == "excellent"),
        former=_number(each for each in groups if each.former_level == "excellent"),
    )


def _by(groups, key):
    found = defaultdict(list)
    for each in groups:
        found[key(each)].append(each)
    return found


def _number(groups):
    return sum(each.number for each in groups)
