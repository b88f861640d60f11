"""Trials: what a rating set would suggest, by the SQL of the roll-up, leaving nothing behind.

In the session of a trial temporary tables stand in front of those that a roll-up writes, under
the same names: PostgreSQL looks among a session's temporary tables first. Plan and computation
then run unchanged, and the transaction is rolled back: no row stays, no sequence moves, and
nobody who rates the same units has to wait (docs/decisions/0018).
"""

from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from ..models import RollUp
from ..rolling_up.computation import Terms, write_plan, write_ratings
from ..rules import read_scheme

RATINGS = "trial_rating"
SHARD_MEMBERS = 25_000  # so often a trial says how far it is; each shard costs 10 ms
SHADOWED = (
    "evaluations_rollup",
    "evaluations_rollupshard",
    "evaluations_rollupunit",
    "evaluations_unityear",
)
# Their ids come from sequences that are temporary as well.
SHADOW = "CREATE TEMP TABLE {0} (LIKE {1} INCLUDING IDENTITY) ON COMMIT DROP"
# What a reader of the ratings joins and groups by.
ANALYZE = f"ANALYZE {RATINGS} (member_id, branch_id, unit_id, level, suggested_level)"


@contextmanager
def trial_ratings(organization, *, year, as_of, scheme, progress=lambda done, total: None):
    """A temporary table with what a roll-up of the organization would write now with the scheme.

    Yields its name. It has the columns of `evaluations_rating`, holds whole units, and is gone once
    the block ends, as is all else that is written inside.
    `scheme` may be unsaved. `progress` is called with the members done and in all.

    Raises SchemeError when no rating can be made with the scheme.
    """
    with _left_without_a_trace():
        with connection.cursor() as cursor:
            cursor.execute(SHADOW.format(RATINGS, "evaluations_rating"))
        _fill(organization, year, as_of, scheme, progress)
        with connection.cursor() as cursor:
            cursor.execute(ANALYZE)
        yield RATINGS


@contextmanager
def _left_without_a_trace():
    """A transaction that sees one moment and is rolled back, also inside another."""
    begun = connection.in_atomic_block
    with transaction.atomic():
        if not begun:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
        transaction.set_rollback(True)


def _fill(organization, year, as_of, scheme, progress):
    """Plan and compute behind the shadows, which then go: the ratings stay."""
    with connection.cursor() as cursor:
        cursor.execute(";".join(SHADOW.format(f"pg_temp.{each}", each) for each in SHADOWED))
        shards = _plan(organization, year, as_of, scheme)
        terms = Terms(year, as_of, read_scheme(scheme.definition))
        done, total = 0, sum(shard.members for shard in shards)
        progress(done, total)
        for shard in shards:
            write_ratings(shard, terms, target=RATINGS)
            done += shard.members
            progress(done, total)
        cursor.execute("DROP TABLE " + ", ".join(f"pg_temp.{each}" for each in SHADOWED))


def _plan(organization, year, as_of, scheme):
    roll_up = RollUp(
        organization=organization,
        year=year,
        as_of=as_of,
        requested_at=timezone.now(),
        scheme_id=scheme.pk or 0,
    )
    write_plan(roll_up, shard_members=SHARD_MEMBERS)
    return list(roll_up.shards.all())
