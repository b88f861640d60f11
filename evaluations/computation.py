"""Runs the SQL of the roll-up: the run and the scheme go in as values, ratings come out.

The same statements serve a trial with another scheme: another target table, nothing else.
"""

from datetime import date
from decimal import Decimal
from math import ceil
from pathlib import Path

from django.db import connection
from psycopg2.extensions import AsIs

from branches.periods import period

from . import rules

SQL_DIR = Path(__file__).parent / "sql"
STEPS = ("members", "attendance", "duty", "results", "ratings")
TEMPORARY_TABLES = (
    "shard_branch, shard_member, inactive, stay, own_branch, required, moved, chain, reach,"
    " target_day, duty, review, conduct, discipline, rare"
)
# What ratings are found and joined by: all that the planner must know of fresh ones.
FOUND_BY = ("roll_up_id", "member_id", "branch_id", "unit_id")
# Without JIT: compiling costs more than a shard. Statistics of temporary tables need few samples.
# A session whose worker's machine vanished without a word gives its locks up at last.
SETTINGS = (
    "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL hash_mem_multiplier = 4;"
    " SET LOCAL default_statistics_target = 10;"
    " SET LOCAL idle_in_transaction_session_timeout = '5min'"
)


def write_plan(roll_up, *, shard_members):
    """Deal the units of the roll-up out to shards of up to about `shard_members` members."""
    _execute(
        ["plan"],
        {
            "roll_up": roll_up.pk,
            "organization": roll_up.organization_id,
            "as_of": roll_up.as_of,
            "shard_members": shard_members,
        },
    )


def read_lost_members(organization, *, as_of):
    """(code, name, code of the branch, name of the branch) of each member below the organization
    whose branch does not exist on the day."""
    with connection.cursor() as cursor:
        cursor.execute(_read("warnings"), {"organization": organization.pk, "as_of": as_of})
        return cursor.fetchall()


def write_ratings(shard, roll_up, *, target="evaluations_rating"):
    """Compute everybody in the shard's units and insert them into the table `target`."""
    scheme = rules.read_scheme(roll_up.scheme.definition)
    run = {
        "roll_up": roll_up.pk,
        "shard": shard.pk,
        "target": AsIs(target),
        "year": roll_up.year,
        "first_day": date(roll_up.year, 1, 1),
        "last_day": date(roll_up.year, 12, 31),
        "as_of": roll_up.as_of,
        "period": period(date(roll_up.year, 1, 1), roll_up.as_of),
    }
    _execute(STEPS, run | _scheme_values(scheme))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP VIEW roster, work; DROP TABLE {TEMPORARY_TABLES}")


def analyze_ratings():
    """Tell the planner of the ratings that were written: a board of 8,000 took 20 s without."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT analyze_table('evaluations_rating', %s, 10)", [list(FOUND_BY)])


def _execute(names, values):
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        for name in names:
            cursor.execute(_read(name), values)


def _read(name):
    return (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")


def _scheme_values(scheme):
    """The values of a scheme by the names that `evaluations/sql` uses."""
    values = {
        "meeting_kinds": sorted(scheme.meeting_kinds),
        "groups": len(scheme.group_points),
        "excused_credit": scheme.excused_credit,
        # Compared as whole numbers: all of them have at most 4 places.
        "unmet_fail_share": int(scheme.unmet_fail_share * 10_000),
        "late_share": int(scheme.late_share * 10_000),
        "exceeded_share": int(scheme.exceeded_share * 10_000),
        "cap_percent": scheme.cap_percent,
        "cap_base": scheme.cap_base,
        "cap_by_class": scheme.cap_by_class,
        **{f"{outcome}_credit": credit for outcome, credit in scheme.task_credit.items()},
        **{f"{level}_credit": credit for level, credit in scheme.review_credit.items()},
        # A score has whole hundredths: to reach 66.6667 it needs 66.67.
        **{f"least_{level}": ceil(score * 100) for level, score in scheme.minimum.items()},
    }
    for key in rules.CRITERIA:
        group = scheme.group_of.get(key)
        most = scheme.points.get(key, Decimal(0))
        values[f"{key}_group"] = group
        values[f"{key}_points"] = most
        # round_half_up(x, 2) = floor((200 x + 1) / 2) / 100, so each product carries the 200.
        values[f"{key}_factor"] = 200 * most * scheme.group_points.get(group, 0)
    # Whole numbers too are numeric in the SQL, never integers that could overflow or truncate.
    return {
        name: AsIs(f"{value}::numeric") if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
