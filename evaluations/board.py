"""Reads for the year-end board: level counts, use of the cap, and the list of ratings."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from assignments.choices import Level
from branches.masking import CARD_NUMBER, mask_code
from branches.models import Member, Organization, OrganizationPath
from branches.querysets import opened_to

from . import rules
from .models import Rating, RollUp, UnitCap, UnitYear

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


def read_board(ratings, *, organization, year):
    """What the board of an organization and year shows; None when nothing is rated.

    ratings  the ratings of its population that the reader may see, of the latest roll-ups
    """
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
        return None
    roll_ups = _roll_ups({row["roll_up"] for row in rows})
    units = {row["unit"] for row in rows}
    by = "unit" if 1 < len(units) <= MOST_UNITS else "below" if len(units) > 1 else "branch"
    if by == "below":
        group_of = _below(organization, units, on=_last_cut_off(roll_ups))
    else:
        group_of = {row[by]: row[by] for row in rows}
    key = "branch" if by == "branch" else "unit"
    totals, counts = Counts(), defaultdict(Counts)
    for row in rows:
        totals.add(row)
        counts[group_of[row[key]]].add(row)
    organizations = Organization.objects.in_bulk(set(counts) | units)
    caps = _cap_uses(rows, roll_ups, organizations, organization=organization, year=year)
    places = defaultdict(int)
    for cap in caps:
        if by != "branch":
            places[group_of[cap.unit.pk]] += cap.places
    return Board(
        year=year,
        totals=totals,
        by=by,
        bars=[
            Bar(organizations[pk], counts[pk], places.get(pk))
            for pk in sorted(counts, key=lambda pk: organizations[pk].code)
        ],
        caps=caps,
        roll_ups=sorted(roll_ups.values(), key=lambda each: each.requested_at, reverse=True),
    )


def _below(organization, units, *, on):
    """For each unit the organization that stands directly below `organization` and holds it."""
    paths = OrganizationPath.objects.filter(organization__in=units, validity__contains=on)
    found = {unit: unit for unit in units}
    for unit, ancestors in paths.values_list("organization", "ancestors"):
        if organization.pk in ancestors[:-1]:
            found[unit] = ancestors[ancestors.index(organization.pk) + 1]
    return found


def _roll_ups(ids):
    return RollUp.objects.select_related("scheme", "organization").in_bulk(ids)


def _cap_uses(rows, roll_ups, organizations, *, organization, year):
    """The cap units that lie wholly in the population shown, by code and class."""
    whole = set(
        Organization.objects.below(organization, on=_last_cut_off(roll_ups))
        .filter(pk__in=organizations)
        .values_list("pk", flat=True)
    )
    own = dict(UnitCap.objects.filter(year=year, unit__in=whole).values_list("unit", "percent"))
    schemes = {pk: rules.read_scheme(each.scheme.definition) for pk, each in roll_ups.items()}
    groups = defaultdict(list)
    for row in rows:
        if row["rated"] and row["unit"] in whole:
            by_class = schemes[row["roll_up"]].cap_by_class
            groups[row["unit"], row["person_class"] if by_class else ""].append(row)
    return [
        _cap_use(organizations[unit], person_class, group, schemes, own.get(unit))
        for (unit, person_class), group in sorted(
            groups.items(), key=lambda item: (organizations[item[0][0]].code, item[0][1])
        )
    ]


def _cap_use(unit, person_class, rows, schemes, own_percent):
    scheme = schemes[rows[0]["roll_up"]]
    percent = scheme.cap_percent if own_percent is None else own_percent
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


def _last_cut_off(roll_ups):
    return max(each.as_of for each in roll_ups.values())


def ratings_of(organization, *, user, year, today):
    """The latest ratings of the organization's population that the user may see."""
    visible = Rating.objects.visible_to(user, on=today)
    return visible.latest(year).of_organization(organization)


def rated_years(acting):
    """Years in which members of the organization acted for have ratings, newest first."""
    below = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    above = [each.pk for each in acting.above]
    finished = UnitYear.objects.exclude(roll_up=None).filter(Q(unit__in=below) | Q(unit__in=above))
    return list(finished.order_by("-year").values_list("year", flat=True).distinct())


def ratings_by_year(member, *, user, today):
    """The member's latest rating of each year that the user may see, newest first."""
    visible = Rating.objects.visible_to(user, on=today)
    latest = visible.filter(member=member, roll_up__latest__unit=F("unit"))
    return latest.select_related("roll_up", "branch").order_by("-roll_up__year")


@dataclass(frozen=True)
class Progress:
    """How far a roll-up is: units and members done of all, and shards in the hands of a worker."""

    units_done: int
    units_total: int
    members_done: int
    members_total: int
    at_work: int

    @property
    def percent(self):
        return 100 * self.units_done // self.units_total if self.units_total else 0


def progress(roll_up):
    done = Q(state="done")
    sums = roll_up.shards.aggregate(
        units_done=Sum("units", filter=done, default=0),
        units_total=Sum("units", default=0),
        members_done=Sum("members", filter=done, default=0),
        members_total=Sum("members", default=0),
        at_work=Count("pk", filter=Q(state="leased")),
    )
    return Progress(**sums)


def warning_sentences(warnings, *, user, today):
    """`RollUp.warnings` in words, with the party cards masked that the user may not see."""
    codes = {warning["member"] for warning in warnings if "member" in warning}
    members = Member.objects.filter(code__in=codes)
    opened = set(
        members.filter(opened_to(user, CARD_NUMBER, on=today)).values_list("code", flat=True)
    )
    return [
        warning_sentence(warning | {"member": mask_code(warning["member"])})
        if warning.get("member", "") not in opened | {""}
        else warning_sentence(warning)
        for warning in warnings
    ]


def warning_sentence(warning):
    """One of `RollUp.warnings` in words; of a kind not known here, its parts."""
    if warning.get("kind") == "branch_not_there":
        return (
            _(
                "%(name)s (%(member)s) belongs to %(branch_name)s (%(branch)s), which does not "
                "exist on the cut-off date, and is rated nowhere."
            )
            % warning
        )
    return ", ".join(str(value) for value in warning.values())
