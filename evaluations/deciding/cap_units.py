"""Cap units of a cycle as they stand: how many are decided excellent, and how many may be."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from branches.as_of import as_of
from branches.models import Organization
from branches.templatetags.kinds import class_short

from ..rules import places, read_scheme

TOP = ("excellent", "good")
READ_SQL = """
SELECT
    unit_id, person_class, people, decided, good_or_better, decided_excellent, expected_excellent,
    percent, own_percent, places, more_places
FROM cap_uses(%s, %s)
"""


@dataclass(frozen=True)
class CapUnit:
    """One cap unit. Who is decided counts by that level, everybody else by the suggestion.

    person_class        "" where the cap counts the whole unit
    good_or_better      E + G: so many stand at excellent and good
    expected_excellent  decided so, or suggested and not decided yet
    percent             the unit's own (`own_percent`) or that of the rating set
    places              k, without the `more_places` given beyond it
    """

    unit: Organization
    person_class: str
    people: int
    decided: int
    good_or_better: int
    decided_excellent: int
    expected_excellent: int
    percent: Decimal
    own_percent: Decimal | None
    places: int
    more_places: int

    @property
    def key(self):
        return self.unit.pk, self.person_class

    @property
    def name(self):
        """The unit, and the class that the cap counts."""
        return f"{self.unit}, {class_short(self.person_class)}" if self.person_class else self.unit

    @property
    def all_places(self):
        return self.places + self.more_places

    @property
    def free(self):
        return self.all_places - self.decided_excellent

    @property
    def meter_size(self):
        """The end of a meter of the use: no meter ends at nothing."""
        return max(self.all_places, self.decided_excellent, 1)

    @property
    def is_full(self):
        return self.free <= 0

    @property
    def is_above(self):
        """More are decided excellent than the cap itself allows."""
        return self.decided_excellent > self.places


def read_cap_units(cycle, units=None):
    """The cap units of the cycle by code and class, of all units or of some (ids).

    Two queries more than `cap_units_of`."""
    if units is None:
        units = cycle.branches.order_by().values("unit")
    named = as_of(Organization.objects.filter(pk__in=units), on=cycle.cut_off)
    return cap_units_of(cycle, named)


def cap_units_of(cycle, units):
    """The cap units of these units (Organizations, called as they are to be called). One query."""
    named = {unit.pk: unit for unit in units}
    found = [CapUnit(named[unit], *row) for unit, *row in _read_rows(cycle, named)]
    return sorted(found, key=lambda each: (each.unit.code, each.person_class))


def _read_rows(cycle, units):
    with connection.cursor() as cursor:
        cursor.execute(READ_SQL, [cycle.pk, list(units)])
        return cursor.fetchall()


@dataclass(frozen=True)
class CapChange:
    """A cap unit after decisions that are not written yet."""

    cap: CapUnit
    decided_excellent: int
    places: int

    @property
    def is_above(self):
        return self.decided_excellent > self.places

    @property
    def all_places(self):
        return self.places + self.cap.more_places

    @property
    def is_refused(self):
        return self.decided_excellent > self.all_places


def cap_after(cycle, moves):
    """{(unit's id, class): CapChange} of the cap units that some decisions touch.

    moves  [(unit's id, person class, before, after)]: before and after are pairs of the level that
           counts and the decided one, which is "" without a decision
    """
    scheme = read_scheme(cycle.scheme.definition)
    counts = {}
    for unit, person_class, before, after in moves:
        key = unit, person_class if scheme.cap_by_class else ""
        good, excellent = counts.get(key, (0, 0))
        good += (after[0] in TOP) - (before[0] in TOP)
        excellent += (after[1] == "excellent") - (before[1] == "excellent")
        counts[key] = good, excellent
    caps = {cap.key: cap for cap in read_cap_units(cycle, sorted({unit for unit, _c in counts}))}
    return {
        key: CapChange(
            caps[key],
            caps[key].decided_excellent + excellent,
            places(0, caps[key].good_or_better + good, caps[key].percent, scheme.cap_base),
        )
        for key, (good, excellent) in counts.items()
    }
