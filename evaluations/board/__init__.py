"""Reads for the year-end board: levels suggested and decided, use of the cap, gaps in the data."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from assignments.choices import Level
from branches.models import Organization

from .. import rules
from ..models import RollUp
from .population import tie_key

MOST_UNITS = 30  # more are shown by what stands directly below, one step of the way down


@dataclass
class Gaps:
    """What is not known of the year: members, and the meetings, tasks behind them."""

    unrecorded_members: int = 0
    unrecorded_meetings: int = 0
    pending_members: int = 0
    pending_tasks: int = 0
    no_results: int = 0

    def add(self, row):
        for name in vars(self):
            setattr(self, name, getattr(self, name) + row[name])

    def __bool__(self):
        return any(vars(self).values())


@dataclass
class Counts:
    """Numbers of members of one group. `levels` are the suggested ones, after the cap; `decided`
    those that were decided, `open` are still to be decided in their cycle, and `differing` were
    decided otherwise than suggested."""

    levels: dict = field(default_factory=lambda: dict.fromkeys(Level.values, 0))
    decided: dict = field(default_factory=lambda: dict.fromkeys(Level.values, 0))
    not_rated: int = 0
    undecided: int = 0
    capped: int = 0
    open: int = 0
    differing: int = 0

    @property
    def rated(self):
        return sum(self.levels.values())

    @property
    def total(self):
        return self.rated + self.not_rated

    @property
    def all_decided(self):
        return sum(self.decided.values())

    def add(self, row):
        if row["rated"]:
            self.levels[row["suggested_level"]] += row["number"]
        else:
            self.not_rated += row["number"]
        self.undecided += row["undecided"]
        self.capped += row["capped_number"]
        if row["decided_level"]:
            self.decided[row["decided_level"]] += row["number"]
            self.differing += row["number"] * (row["decided_level"] != row["suggested_level"])
        elif row["cycle_id"]:
            self.open += row["number"] if row["rated"] else row["no_results"]


@dataclass(frozen=True)
class Bar:
    """One group of the picture. `places` is the number that may be excellent in it, None where
    it is no whole cap unit."""

    organization: Organization
    counts: Counts
    places: int | None


@dataclass(frozen=True)
class CapUse:
    """One cap unit.

    excellent, good  E and G of the suggestions, before the cap
    percent          p; `own` when it is the unit's own
    places           k, of the levels decided so far and of those suggested for the others
    more             places that were given beyond it
    used, decided    so many are excellent by the suggestions, and so many were decided to be
    standing         so many places are taken: by who was decided, and by the others' suggestions
    capped, tied     how many the cap sets back, and how many of them are equal at its limit and
                     not decided on yet
    cycle            id of the cycle that decides on the unit, None without one
    """

    unit: Organization
    person_class: str  # "" when the cap counts the whole unit
    excellent: int
    good: int
    percent: Decimal
    own: bool
    places: int
    more: int
    used: int
    decided: int
    standing: int
    capped: int
    tied: int
    cycle: int | None

    @property
    def most(self):
        """So many may be excellent."""
        return self.places + self.more


@dataclass(frozen=True)
class Board:
    year: int
    totals: Counts
    gaps: Gaps
    by: str  # what a bar is: "unit", "branch" of the only unit, or what stands "below"
    bars: list[Bar]
    caps: list[CapUse]
    roll_ups: list[RollUp]  # those that the ratings come from, newest first
    cycles: list[int]  # ids of the cycles that decide on the members

    @property
    def cycle(self):
        """The cycle where there is only one."""
        return self.cycles[0] if len(self.cycles) == 1 else None

    @property
    def ties(self):
        """Cap units in which equals at the limit wait for a decision."""
        return [cap for cap in self.caps if cap.tied]

    @property
    def tied(self):
        return sum(cap.tied for cap in self.caps)


def read_board(population):
    """What the board of an organization and year shows; None when nothing is rated."""
    rows, organizations = population.rows, population.organizations
    if not rows:
        return None
    by, group_of = _groups(population)
    key = "branch" if by == "branch" else "unit"
    totals, gaps, counts = Counts(), Gaps(), defaultdict(Counts)
    for row in rows:
        totals.add(row)
        gaps.add(row)
        counts[group_of[row[key]]].add(row)
    caps = cap_uses(population)
    places = defaultdict(int)
    for cap in caps:
        if by != "branch":
            places[group_of[cap.unit.pk]] += cap.most
    return Board(
        year=population.year,
        totals=totals,
        gaps=gaps,
        by=by,
        bars=[
            Bar(organizations[pk], counts[pk], places.get(pk))
            for pk in sorted(counts, key=lambda pk: organizations[pk].code)
        ],
        caps=caps,
        roll_ups=sorted(
            population.roll_ups.values(), key=lambda each: each.requested_at, reverse=True
        ),
        cycles=sorted({row["cycle_id"] for row in rows if row["cycle_id"]}),
    )


def _groups(population):
    """(what a bar is, {id of a unit, or branch: the organization of its bar})."""
    units = {row["unit"] for row in population.rows}
    if len(units) == 1:
        return "branch", {row["branch"]: row["branch"] for row in population.rows}
    if len(units) <= MOST_UNITS:
        return "unit", {unit: unit for unit in units}
    return "below", {unit: _group_below(population, unit) for unit in units}


def _group_below(population, unit):
    """What stands directly below the organization and holds the unit; else the unit itself."""
    path = population.organizations[unit].path
    if population.organization.pk in path[:-1]:
        return path[path.index(population.organization.pk) + 1]
    return unit


def cap_uses(population):
    """The cap units that lie wholly in the population shown, by code and class."""
    organizations, schemes = population.organizations, population.schemes
    groups = defaultdict(list)
    for row in population.rows:
        if (row["rated"] or row["decided_level"]) and population.is_whole(row["unit"]):
            by_class = schemes[row["roll_up"]].cap_by_class
            groups[row["unit"], row["person_class"] if by_class else ""].append(row)
    return [
        _cap_use(organizations[unit], person_class, group, schemes)
        for (unit, person_class), group in sorted(
            groups.items(), key=lambda item: (organizations[item[0][0]].code, item[0][1])
        )
    ]


def _cap_use(unit, person_class, rows, schemes):
    scheme = schemes[rows[0]["roll_up"]]
    percent = scheme.cap_percent if unit.own_percent is None else unit.own_percent
    excellent, good = (_number(rows, level=level) for level in (Level.EXCELLENT, Level.GOOD))
    held = [(row["decided_level"] or row["suggested_level"], row["number"]) for row in rows]
    standing = {
        level: sum(number for each, number in held if each == level)
        for level in (Level.EXCELLENT, Level.GOOD)
    }
    used = _number(rows, suggested_level=Level.EXCELLENT)
    suggested_places = rules.places(excellent, good, percent, scheme.cap_base)
    return CapUse(
        unit=unit,
        person_class=person_class,
        excellent=excellent,
        good=good,
        percent=percent,
        own=unit.own_percent is not None,
        places=rules.places(*standing.values(), percent, scheme.cap_base),
        more=sum(each["places"] for each in unit.overrides if each["person_class"] == person_class),
        used=used,
        decided=_number(rows, decided_level=Level.EXCELLENT),
        standing=standing[Level.EXCELLENT],
        capped=sum(row["capped_number"] for row in rows),
        tied=_tied(rows, scheme, full=0 < suggested_places == used),
        cycle=next((row["cycle_id"] for row in rows if row["cycle_id"]), None),
    )


def _number(rows, **said):
    return sum(
        row["number"] for row in rows if all(row[name] == value for name, value in said.items())
    )


def _tied(rows, scheme, *, full):
    """How many are equal at the limit of the cap and not decided on: the best of those that it
    sets back, unless all places are taken by better ones."""
    waiting = [row for row in rows if row["tie"]]
    if full or not waiting:
        return 0
    best = max(tie_key(row["tie"], scheme) for row in waiting)
    return sum(
        row["number"]
        for row in waiting
        if tie_key(row["tie"], scheme) == best and not row["decided_level"]
    )
