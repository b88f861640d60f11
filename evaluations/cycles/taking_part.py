"""Runs the SQL that lists who takes part in a cycle, and copies suggestions to them."""

from pathlib import Path

from django.db import connection

SQL_DIR = Path(__file__).parents[1] / "sql"


def write_list(cycle, *, day):
    """Bring the branches and members of the cycle up to the day.

    Returns {"branches", "members", "moved", "removed": how many were added, moved, taken out}.
    """
    values = {
        "cycle": cycle.pk,
        "organization": cycle.organization_id,
        "year": cycle.year,
        "day": day,
    }
    with connection.cursor() as cursor:
        cursor.execute(_read("cycle_list"), values)
        drawn = dict(cursor.fetchall())
        cursor.execute("DROP TABLE drawn")
    return drawn


def write_suggestions(cycle):
    """Copy the suggestions that fit the cycle. Returns how many members got another one."""
    values = {
        "cycle": cycle.pk,
        "year": cycle.year,
        "scheme": cycle.scheme_id,
        "cut_off": cycle.cut_off,
    }
    with connection.cursor() as cursor:
        cursor.execute(_read("cycle_suggestions"), values)
        return cursor.fetchone()[0]


def _read(name):
    return (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")
