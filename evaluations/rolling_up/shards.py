"""Shards of a roll-up: leased rows that any worker may take, compute and mark as done.

A lease says who computes a shard, for everybody to see; while it is computed its row is locked
as well, so that nobody takes it from a worker that is only slow. A worker that dies loses the
lock at once and the lease after ROLL_UP_LEASE_SECONDS; then whoever is alive takes the shard.
"""

import json
import uuid
from collections import namedtuple
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from ..choices import RollUpState, ShardState
from ..models import RollUp, RollUpShard
from ..rules import read_scheme
from .computation import EMPTY, Terms, analyze_ratings, rating_statements

SHARD_ATTEMPTS = 5  # so often a shard may be begun before its roll-up is given up
SNAPSHOT_ATTEMPTS = 5
SERIALIZATION_FAILURES = ("40001", "40P01")

# What is left of a roll-up: how many shards, how many of them nobody has begun, for how long the
# others are leased at the least, and whether it was published just now as there were none.
Left = namedtuple("Left", "shards waiting leased_for published")

FREE = Q(state=ShardState.PENDING) | Q(state=ShardState.LEASED, leased_until__lt=Now())
# The commit does not wait for the disk. A lease that is lost with the server was of a worker that
# lost its connection, and what a shard computed is nothing until it is published: that commit
# waits, for itself and for all before it.
UNSYNCED = "SET LOCAL synchronous_commit = off;"
SNAPSHOT = f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; {UNSYNCED}"
# One statement, so that a worker begins after one commit and knows all that it needs. The clock of
# the database is the same for all. Who takes the first shard says that the roll-up has begun: the
# others need not wait for that row.
CLAIM = """
WITH leased AS (
    UPDATE evaluations_rollupshard
    SET
        state = 'leased',
        leased_by = %(worker)s,
        leased_until = statement_timestamp() + %(lease)s,
        attempts = attempts + 1
    WHERE id = (
        SELECT id
        FROM evaluations_rollupshard
        WHERE roll_up_id = %(roll_up)s
            AND (state = 'pending' OR state = 'leased' AND leased_until < statement_timestamp())
            AND EXISTS (
                SELECT FROM evaluations_rollup
                WHERE id = %(roll_up)s AND state IN ('queued', 'running')
            )
        ORDER BY number
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    RETURNING *
),
begun AS (
    UPDATE evaluations_rollup SET state = 'running'
    WHERE id = %(roll_up)s AND state = 'queued' AND EXISTS (SELECT FROM leased WHERE number = 0)
)
SELECT leased.*, r.year, r.as_of, s.definition
FROM leased
JOIN evaluations_rollup r ON r.id = leased.roll_up_id
JOIN evaluations_scheme s ON s.id = r.scheme_id
"""
HOLD = """
SELECT id
FROM evaluations_rollupshard
WHERE id = %(shard)s AND state = 'leased' AND leased_by = %(worker)s
FOR UPDATE
"""
# Always in the same order: no deadlock.
LOCK_UNITS = """
SELECT y.id
FROM evaluations_unityear y
JOIN evaluations_rollupunit u ON u.unit_id = y.unit_id
WHERE u.shard_id = %(shard)s AND y.year = %(year)s
ORDER BY y.unit_id
FOR UPDATE OF y
"""
MARK_DONE = """
UPDATE evaluations_rollupshard
SET state = 'done', leased_by = NULL, leased_until = NULL
WHERE id = %(shard)s AND state = 'leased' AND leased_by = %(worker)s
"""
# Says what is left to do, and publishes when that is nothing: the roll-up becomes the latest of
# each of its units, unless one that was asked for later was there first.
FINISH = """
WITH remaining AS (
    SELECT
        count(*) AS shards,
        count(*) FILTER (WHERE state = 'pending') AS waiting,
        min(leased_until) - statement_timestamp() AS leased_for
    FROM evaluations_rollupshard
    WHERE roll_up_id = %(roll_up)s AND state <> 'done' AND EXISTS (
        SELECT FROM evaluations_rollup
        WHERE id = %(roll_up)s AND state IN ('queued', 'running')
    )
),
ended AS MATERIALIZED (
    SELECT id, year
    FROM evaluations_rollup
    WHERE id = %(roll_up)s AND state IN ('queued', 'running')
        AND (SELECT shards FROM remaining) = 0
    FOR UPDATE
),
locked AS MATERIALIZED (
    SELECT y.id
    FROM evaluations_unityear y
    WHERE y.year = (SELECT year FROM ended) AND y.unit_id IN (
        SELECT unit_id FROM evaluations_rollupunit WHERE roll_up_id = (SELECT id FROM ended)
    )
    ORDER BY y.unit_id
    FOR UPDATE
),
latest AS (
    UPDATE evaluations_unityear
    SET roll_up_id = %(roll_up)s
    WHERE id IN (SELECT id FROM locked) AND (roll_up_id IS NULL OR roll_up_id < %(roll_up)s)
),
published AS (
    UPDATE evaluations_rollup
    SET state = 'finished', finished_at = %(at)s
    WHERE id IN (SELECT id FROM ended)
    RETURNING id
)
SELECT shards, waiting, leased_for, EXISTS (SELECT FROM published) FROM remaining
"""


def work_on_shard(roll_up_id, *, at, published=analyze_ratings):
    """Compute one shard of a roll-up, and finish the roll-up when it was the last one; then, when
    everybody sees the ratings, call `published`.

    Returns in how many seconds there may be more to do: 0 when shards are waiting, more when
    all that are left are leased by others, None when nothing is left.
    """
    if (shard := claim_shard(roll_up_id)) and not try_shard(shard, at=at):
        return None
    left = _finish(roll_up_id, at=at)
    if left.published:
        published()
    if not left.shards:
        return None
    if left.waiting:
        return 0
    # A lease that has run out and was not free: its holder is alive, so there is no hurry.
    seconds = left.leased_for.total_seconds()
    return seconds if seconds > 0 else settings.ROLL_UP_LEASE_SECONDS / 2


def claim_shard(roll_up_id):
    """Lease a shard that is waiting or whose lease has run out, of a roll-up that goes on.

    Returns the shard, which knows the `year`, `as_of` and `definition` (JSON) that it is rated by;
    None if there is none.
    """
    values = {
        "roll_up": roll_up_id,
        "worker": uuid.uuid4(),
        "lease": timedelta(seconds=settings.ROLL_UP_LEASE_SECONDS),
    }
    # Inside a transaction that has begun already, its own way of committing holds.
    begin = "" if connection.in_atomic_block else UNSYNCED
    return next(iter(RollUpShard.objects.raw(begin + CLAIM, values)), None)


def try_shard(shard, *, at):
    """Compute a claimed shard. Where it fails, give it back, the last time give the roll-up up.

    Returns whether the roll-up goes on."""
    if shard.attempts > SHARD_ATTEMPTS:
        fail_roll_up(shard, _("every worker that began was lost"), at=at)
        return False
    try:
        compute_shard(shard)
    except Exception as error:
        if shard.attempts == SHARD_ATTEMPTS:
            fail_roll_up(shard, str(error).strip().partition("\n")[0], at=at)
        else:
            _mine(shard).update(state=ShardState.PENDING, leased_by=None, leased_until=None)
        raise
    return True


def compute_shard(shard):
    """Rate the units of a claimed shard, in one transaction that sees all tables as of one moment.
    Inside a transaction that has begun already, its own isolation holds.

    Returns whether it was done; False when the lease ran out and somebody else has the shard.
    Roll-ups that share a unit and year take turns: each locks the row of every unit it rates.
    """
    begin, end = ("", [EMPTY]) if connection.in_atomic_block else (SNAPSHOT, [])
    scheme = read_scheme(json.loads(shard.definition))
    statements, values = rating_statements(shard, Terms(shard.year, shard.as_of, scheme))
    values["worker"] = shard.leased_by
    for attempt in range(1, SNAPSHOT_ATTEMPTS + 1):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(begin + HOLD, values)
                if not cursor.rowcount:
                    return False
                cursor.execute(";".join([LOCK_UNITS, *statements, MARK_DONE, *end]), values)
                return True
        except OperationalError as error:
            # The rows it waited for were changed meanwhile: look again.
            sqlstate = getattr(error.__cause__, "pgcode", None)
            if sqlstate not in SERIALIZATION_FAILURES or attempt == SNAPSHOT_ATTEMPTS:
                raise


def _mine(shard):
    return RollUpShard.objects.filter(
        pk=shard.pk, state=ShardState.LEASED, leased_by=shard.leased_by
    )


def finish_roll_up(roll_up, *, at):
    """Publish the ratings of a roll-up whose shards are all done: they become the latest of each
    unit, unless a roll-up that was asked for later was there first.

    Returns whether nothing is left to do. May be called by several at once and again.
    """
    left = _finish(roll_up.pk, at=at)
    if left.published:
        analyze_ratings()
    return not left.shards or not RollUp.objects.unfinished().filter(pk=roll_up.pk).exists()


def _finish(roll_up_id, *, at):
    # Not by itself: the database would end, and commit, the statement of a worker that was killed.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FINISH, {"roll_up": roll_up_id, "at": at})
        return Left(*cursor.fetchone())


def fail_roll_up(shard, reason, *, at):
    """Give the shard's roll-up up; what it computed is never published."""
    error = _("Part %(number)d of %(total)d could not be computed: %(reason)s.") % {
        "number": shard.number + 1,
        "total": RollUpShard.objects.filter(roll_up=shard.roll_up_id).count(),
        "reason": reason,
    }
    RollUp.objects.unfinished().filter(pk=shard.roll_up_id).update(
        state=RollUpState.FAILED, finished_at=at, error=error
    )


def stalled_roll_ups():
    """Ids of the unfinished roll-ups with something to do that nobody holds a lease of."""
    shards = RollUpShard.objects.filter(roll_up=OuterRef("pk"))
    left = shards.exclude(state=ShardState.DONE)
    return list(
        RollUp.objects.unfinished()
        .filter(Exists(shards.filter(FREE)) | ~Exists(left))
        .values_list("pk", flat=True)
    )
