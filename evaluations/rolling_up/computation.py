"""Runs the SQL of the roll-up: the run and the scheme go in as values, ratings come out.

The same statements serve a trial with another scheme: another target table, nothing else.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, gcd
from pathlib import Path

from django.db import connection
from psycopg2.extensions import AsIs

from branches.periods import period

from .. import rules

SQL_DIR = Path(__file__).parents[1] / "sql"
STEPS = ("tables", "members", "attendance", "duty", "results", "ratings")
# For a transaction that goes on: its end does the same.
EMPTY = (
    "TRUNCATE shard_branch, shard_member, inactive, stay, required, chain, reach, target_day, rare"
)
# What ratings are found and joined by: all that the planner must know of fresh ones.
FOUND_BY = ("roll_up_id", "member_id", "branch_id", "unit_id")
# No count of a rating is larger: its columns are smallint. Two different shares of such counts are
# more than one of so many parts apart.
MOST_COUNTED = 2**15 - 1
SHARE = 10**10
MOST_WHOLE = 2**63 - 1
# Without JIT: compiling costs more than a shard. Statistics of temporary tables need few samples.
# A session whose worker's machine vanished without a word gives its locks up at last.
SETTINGS = (
    "SET LOCAL jit = off; SET LOCAL work_mem = '64MB'; SET LOCAL hash_mem_multiplier = 4;"
    " SET LOCAL default_statistics_target = 1;"
    " SET LOCAL idle_in_transaction_session_timeout = '5min'"
)


def write_plan(roll_up, *, shard_members):
    """Store a roll-up, its units dealt out to shards of about `shard_members` members.

    Tells the roll-up what the database knows of it: its id, how many units there are, and whom it
    warns of.
    """
    values = {
        "organization": roll_up.organization_id,
        "year": roll_up.year,
        "as_of": roll_up.as_of,
        "scheme": roll_up.scheme_id,
        "requested_by": roll_up.requested_by_id,
        "requested_at": roll_up.requested_at,
        "shard_members": shard_members,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{SETTINGS};{_read('plan')}", values)
        roll_up.pk, roll_up.units_total, warnings = cursor.fetchone()
    roll_up.warnings = json.loads(warnings)


@dataclass(frozen=True)
class Terms:
    """What a shard is rated by: the year, its cut-off and a rating set."""

    year: int
    as_of: date
    scheme: rules.Scheme


def write_ratings(shard, terms, *, target="evaluations_rating"):
    """Compute everybody in the shard's units and insert them into the table `target`."""
    statements, values = rating_statements(shard, terms, target=target)
    with connection.cursor() as cursor:  # one message: the database waits for none in between
        cursor.execute(";".join([*statements, EMPTY]), values)


def rating_statements(shard, terms, *, target="evaluations_rating"):
    """The statements of `write_ratings`, and their values by name. They leave their temporary
    tables full, for the end of the transaction or EMPTY to empty."""
    run = {
        "roll_up": shard.roll_up_id,
        "shard": shard.pk,
        "target": AsIs(target),
        "year": terms.year,
        "first_day": date(terms.year, 1, 1),
        "last_day": date(terms.year, 12, 31),
        "as_of": terms.as_of,
        "period": period(date(terms.year, 1, 1), terms.as_of),
    }
    return [SETTINGS, *map(_read, STEPS)], run | _scheme_values(terms.scheme)


def analyze_ratings():
    """Tell the planner of the ratings that were written: a board of 8,000 took 20 s without."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT analyze_table('evaluations_rating', %s, 5)", [list(FOUND_BY)])


def _read(name):
    return (SQL_DIR / f"{name}.sql").read_text(encoding="utf-8")


def _scheme_values(scheme):
    """The values of a scheme by the names that `evaluations/sql` uses."""
    return {
        "meeting_kinds": sorted(scheme.meeting_kinds),
        "groups": len(scheme.group_points),
        **{f"{key}_group": scheme.group_of.get(key) for key in rules.CRITERIA},
        # Compared as whole numbers: all of them have at most 4 places.
        "unmet_fail_share": _ten_thousandths(scheme.unmet_fail_share),
        "late_share": _ten_thousandths(scheme.late_share),
        "exceeded_share": _ten_thousandths(scheme.exceeded_share),
        "cap_percent": AsIs(f"{scheme.cap_percent}::numeric"),
        "cap_base": scheme.cap_base,
        "cap_by_class": scheme.cap_by_class,
        # A score has whole hundredths: to reach 66.6667 it needs 66.67.
        **{f"least_{level}": ceil(score * 100) for level, score in scheme.minimum.items()},
        **_point_values(scheme),
    }


def _point_values(scheme):
    """The whole numbers that points and shares are made of, and their type: bigint, which is
    quicker, where no product can be too large for it, else numeric. The weights of a member's tasks
    may come to any number: where they exceed `most_weight`, numeric is taken for that member.

    round_half_up(x, 2) = floor((200 x + 1) / 2) / 100, so the factor of each criterion carries the
    200. Factors, and points beside them, keep their proportions and have no divisor in common.
    """
    factors, points = {}, {}
    for key in rules.CRITERIA:
        own = scheme.points.get(key, Decimal(0))
        factors[key] = 200 * _ten_thousandths(own)
        factors[key] *= _ten_thousandths(scheme.group_points.get(scheme.group_of.get(key), 0))
        points[key] = 10_000**2 * _ten_thousandths(own)
    divisor = gcd(*factors.values(), *points.values())
    factors = {key: factor // divisor for key, factor in factors.items()}
    points = {key: own // divisor for key, own in points.items()}
    credit_of = {"excused": scheme.excused_credit} | scheme.review_credit
    credit_of = {name: _ten_thousandths(credit) for name, credit in credit_of.items()}
    conduct_d = _ten_thousandths(scheme.points.get("conduct", 0))
    most_d = max(MOST_COUNTED, conduct_d)
    most_n = most_d * max(10_000, *credit_of.values())
    largest = max(
        max(factors.values()) * most_n + 2 * sum(points.values()) * most_d,
        MOST_COUNTED * max(10_000, credit_of["excused"]) * SHARE,
    )
    whole, div = ("bigint", "int8div") if largest <= MOST_WHOLE else ("numeric", "div")
    task_credit = {name: _ten_thousandths(credit) for name, credit in scheme.task_credit.items()}
    # A group may have no points, and so no factor: n itself must fit as well.
    per_weight = max(1, factors["tasks"]) * max(task_credit.values()) + 2 * sum(points.values())
    numbers = {
        "conduct_d": conduct_d,
        **{f"{key}_factor": factor for key, factor in factors.items()},
        **{f"{key}_points": own for key, own in points.items()},
        **{f"{name}_credit": credit for name, credit in credit_of.items()},
    }
    return {name: AsIs(f"{number}::{whole}") for name, number in numbers.items()} | {
        "whole": AsIs(whole),
        "div": AsIs(div),
        "share": AsIs(f"{SHARE}::{whole}"),
        "most_weight": MOST_WHOLE // per_weight,
        **{f"{name}_credit": AsIs(f"{credit}::bigint") for name, credit in task_credit.items()},
    }


def _ten_thousandths(number):
    """A number of a scheme has at most 4 places."""
    return int(number * 10_000)
