"""Levels of one organization over the years."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count

from assignments.choices import Level

from ..deciding.decided import with_decisions
from ..rolling_up.runs import ratings_of

MOST_YEARS = 6


@dataclass
class YearCounts:
    """Numbers of members in a year: `levels` that stand, decided ones before suggested ones;
    so many of them `decided`."""

    year: int
    levels: dict = field(default_factory=lambda: dict.fromkeys(Level.values, 0))
    decided: int = 0
    not_rated: int = 0

    @property
    def rated(self):
        return sum(self.levels.values())

    @property
    def shares(self):
        """{level: percent of those with a level}; None for nobody."""
        rated = self.rated
        return {
            level: 100 * number / rated if rated else None for level, number in self.levels.items()
        }

    @property
    def good(self):
        """Percent of good and excellent; None for nobody."""
        best = self.levels[Level.EXCELLENT] + self.levels[Level.GOOD]
        return 100 * best / self.rated if self.rated else None

    def add(self, row):
        level = row["decided_level"] or row["suggested_level"]
        if level:
            self.levels[level] += row["number"]
        else:
            self.not_rated += row["number"]
        self.decided += row["number"] * bool(row["decided_level"])


@dataclass(frozen=True)
class Comparison:
    """years  YearCounts of all, oldest first
    units  {id of a unit: {year: YearCounts}}
    """

    years: list
    units: dict


def compare_years(acting, runs, *, years):
    """The levels of the population of the organization acted for in each of the years, as the tree
    stood on the cut-off dates. One query, None where nothing is rated."""
    rows = _rows(acting, runs, sorted(years))
    total = {year: YearCounts(year) for year in sorted({row["roll_up__year"] for row in rows})}
    units = defaultdict(dict)
    for row in rows:
        year = row["roll_up__year"]
        total[year].add(row)
        units[row["unit"]].setdefault(year, YearCounts(year)).add(row)
    return Comparison(list(total.values()), dict(units)) if rows else None


def _rows(acting, runs, years):
    if not years:
        return []
    first, *others = (_counted(acting, runs, year) for year in years)
    return list(first.union(*others, all=True) if others else first)


def _counted(acting, runs, year):
    ratings = with_decisions(ratings_of(acting, runs, year=year), year=year, acting=acting)
    groups = ratings.order_by().values("roll_up__year", "unit", "suggested_level", "decided_level")
    return groups.annotate(number=Count("pk"))
