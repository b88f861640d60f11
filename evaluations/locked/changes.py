"""What corrections after the lock would change: a trial by the same SQL, rating set and cut-off
date, laid beside what was locked. It changes nothing."""

from decimal import Decimal

from django.db import connection
from psycopg2 import sql

from branches.models import Organization

from ..models.rating import FOUND
from ..trials import trial_ratings

PLACES = ("branch_id", "unit_id")
FACTS = (
    "rated",
    "not_rated_reason",
    "person_class",
    *FOUND,
    "score",
    "level",
    "capped",
    "suggested_level",
    "needs_decision",
)
COMPARED = (*PLACES, *FACTS)
# Whom the trial rates nowhere any more has nulls on the right.
CHANGED_SQL = """
SELECT a.id, {before}, {after}
FROM evaluations_appraisal a
JOIN evaluations_cyclebranch b ON b.id = a.cycle_branch_id
JOIN evaluations_rating locked ON locked.id = a.rating_id
LEFT JOIN {trial} now ON now.member_id = a.member_id
WHERE a.cycle_id = %(cycle)s AND (%(unit)s IS NULL OR b.unit_id = %(unit)s)
    AND ({before}) IS DISTINCT FROM ({after})
ORDER BY a.id
"""
ADDED_SQL = """
SELECT now.member_id, now.branch_id, now.suggested_level
FROM {trial} now
WHERE now.member_id NOT IN (
    SELECT member_id FROM evaluations_appraisal WHERE cycle_id = %(cycle)s
)
ORDER BY now.member_id
"""


def find_changes(cycle, *, unit=None, progress=lambda done, total: None):
    """What would be another suggestion today, in the cycle or in one unit of it.

    Returns (changed, added): {appraisal's pk: [{"fact", "before", "after"}, …]} of those who were
    locked and stand otherwise, values as JSON has them, organizations by code; and [(member's pk,
    branch's pk, suggested level)] of those whom the cycle does not know. Who is rated nowhere any
    more has the one change {"fact": "population"}.
    """
    trial = trial_ratings(
        unit or cycle.organization,
        year=cycle.year,
        as_of=cycle.cut_off,
        scheme=cycle.scheme,
        progress=progress,
    )
    with trial as table, connection.cursor() as cursor:
        names = {
            "trial": sql.Identifier(table),
            "before": _columns("locked"),
            "after": _columns("now"),
        }
        values = {"cycle": cycle.pk, "unit": unit and unit.pk}
        cursor.execute(sql.SQL(CHANGED_SQL).format(**names), values)
        rows = cursor.fetchall()
        cursor.execute(sql.SQL(ADDED_SQL).format(**names), values)
        added = cursor.fetchall()
    codes = _codes(rows)
    return {pk: _changes(values, codes) for pk, *values in rows}, added


def _columns(table):
    return sql.SQL(", ").join(sql.Identifier(table, name) for name in COMPARED)


def _codes(rows):
    """{id: code} of the branches and units that some row names."""
    half = len(COMPARED)
    ids = {row[1 + at] for row in rows for at in (0, 1, half, half + 1)} - {None}
    return dict(Organization.objects.filter(pk__in=ids).values_list("pk", "code")) if ids else {}


def _changes(values, codes):
    half = len(COMPARED)
    pairs = zip(COMPARED, values[:half], values[half:], strict=True)
    if values[half] is None:
        return [{"fact": "population", "before": codes[values[0]], "after": ""}]
    return [
        {
            "fact": name.removesuffix("_id"),
            "before": _plain(name, before, codes),
            "after": _plain(name, after, codes),
        }
        for name, before, after in pairs
        if before != after
    ]


def _plain(name, value, codes):
    if name in PLACES:
        return codes[value]
    return str(value) if isinstance(value, Decimal) else value
