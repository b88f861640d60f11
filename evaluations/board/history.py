"""Levels of members over the years: five years in a row."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection
from django.db.models import F

from assignments.choices import Level

from ..deciding.decided import with_decided_level
from ..id_lists import listed
from ..models import Rating
from ..rolling_up.runs import ratings_by_year, ratings_of

YEARS = 5
GOOD = (Level.EXCELLENT, Level.GOOD)
# The ratings of the last year of those of the members who held a level in each of the years. All
# years are read together: looked up year by year and member by member, a province takes many times
# as long, while of a ward's members each is looked up.
# Who was found in two units, by runs of different days, has the level where either says so. What
# was decided on the reader is known to them from the notice of their branch on, unless they answer
# for it.
FIVE_YEARS_SQL = """
SELECT coalesce(array_agg(id), '{}')
FROM (
    SELECT array_agg(r.id) FILTER (WHERE u.year = %(until)s) AS ids
    FROM evaluations_rollup u
    JOIN evaluations_rating r ON r.roll_up_id = u.id
    JOIN evaluations_unityear y ON y.roll_up_id = u.id AND y.unit_id = r.unit_id
    LEFT JOIN (
        SELECT b.branch_id, b.year, a.member_id, level.level, CASE
            WHEN a.member_id = %(member)s AND NOT b.branch_id = ANY (%(seen)s::bigint[])
                THEN EXISTS (
                    SELECT FROM evaluations_stepdone
                    WHERE cycle_branch_id = b.id AND kind = 'notice'
                )
            ELSE true
        END AS is_told
        FROM evaluations_cyclebranch b
        JOIN evaluations_appraisal a ON a.cycle_branch_id = b.id
        LEVEL
    ) decided ON decided.branch_id = r.branch_id AND decided.year = u.year
        AND decided.member_id = r.member_id AND decided.is_told AND decided.level <> ''
    WHERE u.id = ANY (%(runs)s) AND r.member_id = ANY (%(members)s::bigint[])
        AND (r.branch_id = ANY (%(seen)s::bigint[]) OR r.member_id = %(member)s)
        AND coalesce(decided.level, CASE WHEN NOT %(decided_alone)s THEN r.suggested_level END)
            = ANY (%(levels)s)
    GROUP BY r.member_id
    HAVING bit_or(1 << (%(until)s - u.year)) = (1 << %(years)s) - 1
) AS held
CROSS JOIN LATERAL unnest(held.ids) AS last (id)
"""
LEVEL_NOW = "JOIN evaluations_decision level ON level.id = a.decision_id"
LEVEL_THEN = """CROSS JOIN LATERAL (
    SELECT d.level FROM evaluations_decision d
    WHERE d.appraisal_id = a.id AND d.decided_on <= %(on)s ORDER BY d.revision DESC LIMIT 1
) AS level"""


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

    Three queries beside that of the queryset.
    """
    rated = {run.year for run in runs}
    if not rated.issuperset(_years(until)):
        return Rating.objects.none()
    user = acting.user
    scope = user.scope_for("see_ratings", on=acting.today)
    asked = dict(ratings_of(acting, runs, year=until).values_list("pk", "member"))
    values = {
        "members": list(asked.values()),
        "runs": [run.roll_up for run in runs if run.year in _years(until)],
        "seen": list(scope.values_list("pk", flat=True)),
        "member": user.member_id,
        "until": until,
        "years": YEARS,
        "levels": list(levels),
        "decided_alone": decided_alone,
        "on": acting.on,
    }
    level = LEVEL_THEN if acting.is_past else LEVEL_NOW
    with connection.cursor() as cursor:
        cursor.execute(FIVE_YEARS_SQL.replace("LEVEL", level), values)
        (found,) = cursor.fetchone()
    return Rating.objects.filter(pk__in=listed(pk for pk in found if pk in asked))


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
