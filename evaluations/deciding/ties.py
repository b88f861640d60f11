"""Who is equal with others at the cap: all those of a cap unit, side by side, to be settled
together. Source: docs/rating-rules.md, 7."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from ..rules import read_scheme
from .cap_units import CapUnit, read_cap_units

# As `rules.apply_cap` says: tied are those with the key of the first one for whom there is no
# place, where the one before has it too or there is no place at all. `units` null: of all units.
# Shares are compared exactly, as in the roll-up (evaluations/sql/ratings.sql).
TIES_SQL = """
WITH standing AS MATERIALIZED (
    SELECT
        a.id, b.unit_id, CASE WHEN %(by_class)s THEN a.person_class ELSE '' END AS person_class,
        r.level, r.score, r.capped AND r.needs_decision AS waits,
        div(r.tasks_exceeded * 1e15, greatest(r.tasks_total, 1)) AS exceeded,
        div(
            (10000 * r.present + %(excused_credit)s * r.excused) * 1e11,
            greatest(r.present + r.excused + r.unexcused, 1)
        ) AS attendance
    FROM evaluations_appraisal a
    JOIN evaluations_cyclebranch b ON b.id = a.cycle_branch_id
    JOIN evaluations_rating r ON r.id = a.rating_id
    WHERE a.cycle_id = %(cycle)s AND a.rated AND r.level IN ('excellent', 'good')
        AND (%(units)s::bigint[] IS NULL OR b.unit_id = ANY (%(units)s::bigint[]))
),
cap AS (
    SELECT s.unit_id, s.person_class, cap_places(
        count(*), coalesce(max(own.percent), %(percent)s), %(base)s
    ) AS places
    FROM standing s
    LEFT JOIN evaluations_unitcap own ON own.unit_id = s.unit_id AND own.year = %(year)s
    GROUP BY s.unit_id, s.person_class
    HAVING bool_or(s.waits)
),
placed AS (
    SELECT
        s.id, s.unit_id, s.person_class, s.waits, cap.places,
        rank() OVER best AS first_place,
        count(*) OVER best AS last_place
    FROM standing s
    JOIN cap USING (unit_id, person_class)
    WHERE s.level = 'excellent'
    WINDOW best AS (
        PARTITION BY s.unit_id, s.person_class
        ORDER BY s.score DESC, s.exceeded DESC, s.attendance DESC
    )
)
SELECT id, unit_id, person_class
FROM placed
WHERE waits AND last_place > places AND first_place <= greatest(places, 1)
"""


@dataclass(frozen=True)
class Tie:
    """Members (appraisals) of one cap unit with the same score, share of tasks exceeded and
    attendance, of whom the cap lets only some be excellent."""

    cap: CapUnit
    appraisals: list

    @property
    def name(self):
        """What tells it from the other ties of the cycle, in forms."""
        return f"{self.cap.unit.pk}-{self.cap.person_class}"

    @property
    def open(self):
        return [each for each in self.appraisals if not each.level]

    @property
    def is_settled(self):
        return not self.open


def read_ties(cycle, *, units=None):
    """The ties of a cycle, by unit and class: of all units or of some (ids). Five queries, one
    where there is none."""
    tied = tied_appraisals(cycle, units=units)
    if not tied:
        return []
    groups = defaultdict(list)
    rows = cycle.appraisals.filter(pk__in=tied)
    rows = rows.select_related("member", "rating", "cycle_branch__branch", "decision")
    for row in rows.order_by("member__sort_key", "member__code"):
        groups[tied[row.pk]].append(row)
    caps = read_cap_units(cycle, sorted({unit for unit, _class in groups}))
    return [Tie(cap, groups[cap.key]) for cap in caps if cap.key in groups]


def tied_appraisals(cycle, *, units=None):
    """{id of the appraisal: (unit's id, class that the cap counts)} of those who are equal with
    others at the cap, in some units (ids) or in all. One query."""
    scheme = read_scheme(cycle.scheme.definition)
    values = {
        "cycle": cycle.pk,
        "year": cycle.year,
        "units": None if units is None else list(units),
        "by_class": scheme.cap_by_class,
        "percent": scheme.cap_percent,
        "base": scheme.cap_base,
        "excused_credit": int(scheme.excused_credit * 10_000),
    }
    with connection.cursor() as cursor:
        cursor.execute(TIES_SQL, values)
        return {pk: tuple(key) for pk, *key in cursor.fetchall()}
