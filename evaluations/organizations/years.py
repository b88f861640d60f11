"""Levels of the organizations of a cycle over the years before it."""

from dataclasses import dataclass

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf

from ..board.years import YearCounts
from ..models import OrganizationAppraisal, OrganizationRating

YEARS = 5


@dataclass(frozen=True)
class Standing:
    """The level of an organization in a year; `decided`: not a suggestion alone."""

    level: str
    decided: bool = True


def read_years(cycle, rows):
    """{year: {id of an organization: Standing}} of the appraisals `rows` of the cycle, for its year
    and those before it in which one of them has a level, oldest first.

    What is recorded as the rating of a year stands, which the lock of a cycle does; else what an
    open cycle of that year decided, or suggests. Two queries.
    """
    years = range(cycle.year - YEARS + 1, cycle.year + 1)
    organizations = rows.order_by().values("organization")
    in_cycles = OrganizationAppraisal.objects.filter(
        organization__in=organizations, cycle__year__in=years
    )
    decided = NullIf(F("decision__level"), Value(""))
    in_cycles = in_cycles.annotate(standing=Coalesce(decided, F("suggested_level")), known=decided)
    found = {year: {} for year in years}
    for organization, year, level, known in in_cycles.values_list(
        "organization", "cycle__year", "standing", "known"
    ):
        if level:
            found[year][organization] = Standing(level, known is not None)
    recorded = OrganizationRating.objects.filter(organization__in=organizations, year__in=years)
    for organization, year, level in recorded.values_list("organization", "year", "level"):
        found[year][organization] = Standing(level)
    return {year: standings for year, standings in found.items() if standings}


def count_years(found, *, organizations):
    """The YearCounts of `read_years()`, of so many organizations."""
    return [_count(year, standings, organizations) for year, standings in found.items()]


def _count(year, standings, organizations):
    counts = YearCounts(year)
    for standing in standings.values():
        counts.levels[standing.level] += 1
        counts.decided += standing.decided
    counts.not_rated = organizations - counts.rated
    return counts
