"""Reads for the year-end board: level counts, use of the cap, and the list of ratings."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from assignments.choices import Level
from branches.filters import MOST_CHOICES
from branches.models import Organization, OrganizationPath, Placement

from . import rules
from .models import RollUp, UnitCap

MOST_UNITS = 30  # more are shown by what stands directly below, one step of the way down


@dataclass
class Counts:
    """Numbers of members of one group; `levels` are the suggested ones, after the cap."""

    levels: dict = field(default_factory=lambda: dict.fromkeys(Level.values, 0))
    not_rated: int = 0
    undecided: int = 0
    capped: int = 0

    @property
    def rated(self):
        return sum(self.levels.values())

    @property
    def total(self):
        return self.rated + self.not_rated

    def add(self, row):
        if row["rated"]:
            self.levels[row["suggested_level"]] += row["number"]
        else:
            self.not_rated += row["number"]
        self.undecided += row["undecided"]
        self.capped += row["capped_number"]


@dataclass(frozen=True)
class Bar:
    """One group of the picture. `places` is the number that may be excellent in it, None where
    it is no whole cap unit."""

    organization: Organization
    counts: Counts
    places: int | None


@dataclass(frozen=True)
class CapUse:
    """One cap unit: E and G before the cap, p in percent, k places, and how many stand there."""

    unit: Organization
    person_class: str  # "" when the cap counts the whole unit
    excellent: int
    good: int
    percent: Decimal
    places: int
    used: int
    capped: int


@dataclass(frozen=True)
class Board:
    year: int
    totals: Counts
    by: str  # what a bar is: "unit", "branch" of the only unit, or what stands "below"
    bars: list[Bar]
    caps: list[CapUse]
    roll_ups: list[RollUp]  # those that the ratings come from, newest first


@dataclass(frozen=True)
class Population:
    """The ratings of an organization and year, counted by where they belong and what they say.

    rows           a dict for each group of like ratings, with their `number`
    roll_ups       {id: roll-up} that they come from, with their schemes
    organizations  {id: organization} as of the last cut-off: units, branches where these are not
                   too many to choose from, and what stands directly below the organization; each
                   with its `path`, ids from the root down, and its `own_percent` of the cap
    """

    organization: Organization
    year: int
    rows: list
    roll_ups: dict
    organizations: dict

    def _of(self, column):
        ids = {row[column] for row in self.rows} & self.organizations.keys()
        return sorted((self.organizations[pk] for pk in ids), key=lambda each: each.code)

    @property
    def units(self):
        return self._of("unit")

    @property
    def branches(self):
        """Those to choose from; none where they are too many."""
        return self._of("branch")

    def is_whole(self, unit):
        """Whether the unit stands at or below the organization: all its ratings are counted."""
        return self.organization.pk in self.organizations[unit].path


def read_population(ratings, *, organization, year):
    """Count the ratings that the reader may see of an organization's population and year."""
    rows = list(
        ratings.order_by()
        .values("unit", "branch", "person_class", "roll_up", "rated", "level", "suggested_level")
        .annotate(
            number=Count("pk"),
            undecided=Count("pk", filter=Q(needs_decision=True)),
            capped_number=Count("pk", filter=Q(capped=True)),
        )
    )
    if not rows:
        return Population(organization, year, [], {}, {})
    roll_ups = RollUp.objects.select_related("scheme").in_bulk({row["roll_up"] for row in rows})
    ids, branches = ({row[column] for row in rows} for column in ("unit", "branch"))
    if len(ids) == 1 or len(branches) <= MOST_CHOICES:
        ids |= branches
    cut_off = max(each.as_of for each in roll_ups.values())
    organizations = _organizations(ids, below=organization, year=year, on=cut_off)
    return Population(organization, year, rows, roll_ups, organizations)


def _organizations(ids, *, below, year, on):
    placed = Placement.objects.filter(organization=OuterRef("pk"), validity__contains=on)
    path = OrganizationPath.objects.filter(organization=OuterRef("pk"), validity__contains=on)
    cap = UnitCap.objects.filter(unit=OuterRef("pk"), year=year)
    found = Organization.objects.on(on).filter(
        Q(pk__in=ids) | Q(Exists(placed.filter(parent=below)))
    )
    named = found.annotate(
        path=Subquery(path.values("ancestors")), own_percent=Subquery(cap.values("percent"))
    )
    return {each.pk: each for each in named}


def read_board(population):
    """What the board of an organization and year shows; None when nothing is rated."""
    rows, organizations = population.rows, population.organizations
    if not rows:
        return None
    units = {row["unit"] for row in rows}
    by = "unit" if 1 < len(units) <= MOST_UNITS else "below" if len(units) > 1 else "branch"
    key = "branch" if by == "branch" else "unit"
    group_of = {row[key]: row[key] for row in rows}
    if by == "below":
        group_of = {unit: _group_below(population, unit) for unit in units}
    totals, counts = Counts(), defaultdict(Counts)
    for row in rows:
        totals.add(row)
        counts[group_of[row[key]]].add(row)
    caps = _cap_uses(population)
    places = defaultdict(int)
    for cap in caps:
        if by != "branch":
            places[group_of[cap.unit.pk]] += cap.places
    return Board(
        year=population.year,
        totals=totals,
        by=by,
        bars=[
            Bar(organizations[pk], counts[pk], places.get(pk))
            for pk in sorted(counts, key=lambda pk: organizations[pk].code)
        ],
        caps=caps,
        roll_ups=sorted(
            population.roll_ups.values(), key=lambda each: each.requested_at, reverse=True
        ),
    )


def _group_below(population, unit):
    """What stands directly below the organization and holds the unit; else the unit itself."""
    path = population.organizations[unit].path
    if population.organization.pk in path[:-1]:
        return path[path.index(population.organization.pk) + 1]
    return unit


def _cap_uses(population):
    """The cap units that lie wholly in the population shown, by code and class."""
    organizations = population.organizations
    schemes = {
        pk: rules.read_scheme(each.scheme.definition) for pk, each in population.roll_ups.items()
    }
    groups = defaultdict(list)
    for row in population.rows:
        if row["rated"] and population.is_whole(row["unit"]):
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
    excellent = sum(row["number"] for row in rows if row["level"] == Level.EXCELLENT)
    good = sum(row["number"] for row in rows if row["level"] == Level.GOOD)
    return CapUse(
        unit=unit,
        person_class=person_class,
        excellent=excellent,
        good=good,
        percent=percent,
        places=rules.places(excellent, good, percent, scheme.cap_base),
        used=sum(row["number"] for row in rows if row["suggested_level"] == Level.EXCELLENT),
        capped=sum(row["capped_number"] for row in rows),
    )
