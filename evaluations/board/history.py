"""Levels of members over the years: five years in a row."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import F, Q

from assignments.choices import Level

from ..deciding.decided import with_decided_level, with_decisions
from ..models import Cycle, Rating
from ..rolling_up.runs import ratings_by_year, ratings_of

YEARS = 5
GOOD = (Level.EXCELLENT, Level.GOOD)


@dataclass(frozen=True)
class YearLine:
    """A year of a member. `level` is the decided one or else the suggested one; "" where neither
    is known. `rating` is what the suggestion was read from, None where there is none."""

    year: int
    level: str
    is_decided: bool
    rating: Rating | None

    @property
    def is_good(self):
        return self.level in GOOD

    @property
    def is_excellent(self):
        return self.level == Level.EXCELLENT


@dataclass(frozen=True)
class History:
    """The last five years of a member, oldest first."""

    years: tuple

    @property
    def good(self):
        """How many years up to the last one are good or excellent without a gap."""
        return _in_a_row(line.is_good for line in reversed(self.years))

    @property
    def excellent(self):
        return _in_a_row(line.is_excellent for line in reversed(self.years))

    @property
    def is_complete(self):
        return all(line.level for line in self.years)


def _in_a_row(held):
    number = 0
    for each in held:
        if not each:
            break
        number += 1
    return number


def read_history(ratings, *, until):
    """The five years up to `until` of a member, from their ratings by year with decided levels,
    newest first."""
    found = {}
    for rating in ratings:
        found.setdefault(rating.roll_up.year, rating)
    return History(tuple(_line(year, found.get(year)) for year in _years(until)))


def history_of(member, acting, *, until):
    """The same, read for one member: one query."""
    first = _years(until)[0]
    ratings = ratings_by_year(member, acting).filter(roll_up__year__range=(first, until))
    return read_history(with_decided_level(ratings, acting), until=until)


def _years(until):
    return range(until - YEARS + 1, until + 1)


def _line(year, rating):
    if rating is None:
        return YearLine(year, "", False, None)
    level = rating.decided_level or rating.suggested_level
    return YearLine(year, level, bool(rating.decided_level), rating)


def five_years(acting, runs, *, until, levels=GOOD, decided_alone=False):
    """Ratings of the year `until`, of the organization acted for, of members who had one of the
    levels in each of the five years up to it, as far as the reader sees.

    decided_alone  whether only what was decided counts; else a suggestion does where nothing was
    """
    rated = {run.year for run in runs}
    if not rated.issuperset(_years(until)):
        return Rating.objects.none()
    *earlier, last = _years(until)
    within = Cycle.objects.filter(year__range=(earlier[0], last))
    decided_years = set(within.values_list("year", flat=True))

    def holding(ratings, year):
        if year not in decided_years:
            return ratings.none() if decided_alone else ratings.filter(suggested_level__in=levels)
        counts = Q(decided_level__in=levels)
        if not decided_alone:
            counts |= Q(decided_level="", suggested_level__in=levels)
        return with_decisions(ratings, year=year, acting=acting).filter(counts)

    visible = Rating.objects.visible_to(acting.user, on=acting.today)
    held = holding(ratings_of(acting, runs, year=last), last)
    for year in earlier:
        # Who was found in two units, by runs of different days, has the level where either says so.
        ratings = visible.latest(year, several=False).told(on=acting.on, today=acting.today)
        held = held.filter(member__in=holding(ratings, year).values("member"))
    return held


def set_histories(ratings, acting, *, until):
    """Set `history` on the ratings of one page. One query."""
    visible = Rating.objects.visible_to(acting.user, on=acting.today)
    rows = visible.filter(
        member__in=[each.member_id for each in ratings],
        roll_up__year__range=(_years(until)[0], until),
        roll_up__latest__unit=F("unit"),
    ).told(on=acting.on, today=acting.today)
    found = defaultdict(list)
    for row in with_decided_level(rows, acting).select_related("roll_up").order_by("-roll_up"):
        found[row.member_id].append(row)
    for rating in ratings:
        rating.history = read_history(found[rating.member_id], until=until)
