"""Shards of a roll-up: leased rows that any worker may take, compute and mark as done.

A lease says who computes a shard, for everybody to see; while it is computed its row is locked
as well, so that nobody takes it from a worker that is only slow. A worker that dies loses the
lock at once and the lease after ROLL_UP_LEASE_SECONDS; then whoever is alive takes the shard.
"""

import uuid
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from .choices import RollUpState, ShardState
from .computation import analyze_ratings, write_ratings
from .models import RollUp, RollUpShard, UnitYear

SHARD_ATTEMPTS = 5  # so often a shard may be begun before its roll-up is given up
SNAPSHOT_ATTEMPTS = 5
SERIALIZATION_FAILURES = ("40001", "40P01")

FREE = Q(state=ShardState.PENDING) | Q(state=ShardState.LEASED, leased_until__lt=Now())
# One statement, so that a worker begins after one commit. The database's clock is the same for all.
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
        ORDER BY number
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    RETURNING *
),
begun AS (
    UPDATE evaluations_rollup SET state = 'running' WHERE id = %(roll_up)s AND state = 'queued'
)
SELECT * FROM leased
"""


def work_on_shard(roll_up_id, *, at):
    """Compute one shard of a roll-up, and finish the roll-up when it was the last one.

    Returns in how many seconds there may be more to do: 0 when shards are waiting, more when
    all that are left are leased by others, None when nothing is left.
    """
    roll_up = RollUp.objects.unfinished().select_related("scheme").filter(pk=roll_up_id).first()
    if roll_up is None:
        return None
    if (shard := claim_shard(roll_up)) and not try_shard(shard, roll_up, at=at):
        return None
    left = roll_up.shards.exclude(state=ShardState.DONE).aggregate(
        shards=Count("pk"),
        waiting=Count("pk", filter=Q(state=ShardState.PENDING)),
        leased_for=Min(F("leased_until") - Now()),
    )
    if not left["shards"]:
        _publish(roll_up, at=at)
        return None
    if left["waiting"]:
        return 0
    # A lease that has run out and was not free: its holder is alive, so there is no hurry.
    seconds = left["leased_for"].total_seconds()
    return seconds if seconds > 0 else settings.ROLL_UP_LEASE_SECONDS / 2


def claim_shard(roll_up):
    """Lease a shard that is waiting or whose lease has run out; None if there is none."""
    values = {
        "roll_up": roll_up.pk,
        "worker": uuid.uuid4(),
        "lease": timedelta(seconds=settings.ROLL_UP_LEASE_SECONDS),
    }
    return next(iter(RollUpShard.objects.raw(CLAIM, values)), None)


def try_shard(shard, roll_up, *, at):
    """Compute a claimed shard. Where it fails, give it back, the last time give the roll-up up.

    Returns whether the roll-up goes on."""
    if shard.attempts > SHARD_ATTEMPTS:
        fail_roll_up(roll_up, shard, _("every worker that began was lost"), at=at)
        return False
    try:
        compute_shard(shard, roll_up)
    except Exception as error:
        if shard.attempts == SHARD_ATTEMPTS:
            fail_roll_up(roll_up, shard, str(error).strip().partition("\n")[0], at=at)
        else:
            _mine(shard).update(state=ShardState.PENDING, leased_by=None, leased_until=None)
        raise
    return True


def compute_shard(shard, roll_up):
    """Rate the units of a claimed shard, in one transaction.

    Returns whether it was done; False when the lease ran out and somebody else has the shard.
    Roll-ups that share a unit and year take turns: each locks the row of every unit it rates.
    """
    for attempt in range(1, SNAPSHOT_ATTEMPTS + 1):
        try:
            with _snapshot():
                if not _mine(shard).select_for_update().values_list("pk"):
                    return False
                lock_units(roll_up.year, shard.unit_rows.values("unit"))
                write_ratings(shard, roll_up)
                _mine(shard).update(state=ShardState.DONE, leased_by=None, leased_until=None)
                return True
        except OperationalError as error:
            # The rows it waited for were changed meanwhile: look again.
            sqlstate = getattr(error.__cause__, "pgcode", None)
            if sqlstate not in SERIALIZATION_FAILURES or attempt == SNAPSHOT_ATTEMPTS:
                raise


@contextmanager
def _snapshot():
    """One transaction that sees all tables as of one moment. Inside a transaction that has
    begun already, its own isolation holds."""
    begun = connection.in_atomic_block
    with transaction.atomic():
        if not begun:
            with connection.cursor() as cursor:
                # What is computed is nothing until it is published: that commit waits for the
                # disk, for itself and for all before it.
                cursor.execute(
                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                    " SET LOCAL synchronous_commit = off"
                )
        yield


def _mine(shard):
    return RollUpShard.objects.filter(
        pk=shard.pk, state=ShardState.LEASED, leased_by=shard.leased_by
    )


def lock_units(year, units):
    """Lock the rows of these units and this year, always in the same order: no deadlock.

    Returns the ids of the rows."""
    rows = UnitYear.objects.filter(year=year, unit__in=units).order_by("unit_id")
    return list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def finish_roll_up(roll_up, *, at):
    """Publish the ratings of a roll-up whose shards are all done: they become the latest of each
    unit, unless a roll-up that was asked for later was there first.

    Returns whether nothing is left to do. May be called by several at once and again.
    """
    if roll_up.shards.exclude(state=ShardState.DONE).exists():
        return not RollUp.objects.unfinished().filter(pk=roll_up.pk).exists()
    _publish(roll_up, at=at)
    return True


def _publish(roll_up, *, at):
    with transaction.atomic():
        unfinished = RollUp.objects.unfinished().select_for_update(of=("self",))
        locked = unfinished.filter(pk=roll_up.pk).first()
        if locked:
            rows = lock_units(locked.year, locked.units.values("unit"))
            UnitYear.objects.filter(pk__in=rows).filter(
                Q(roll_up=None) | Q(roll_up__lt=locked.pk)
            ).update(roll_up=locked)
            locked.state, locked.finished_at = RollUpState.FINISHED, at
            locked.save(update_fields=["state", "finished_at"])
    if locked:
        analyze_ratings()


def fail_roll_up(roll_up, shard, reason, *, at):
    """Give a roll-up up; what it computed is never published."""
    error = _("Part %(number)d of %(total)d could not be computed: %(reason)s.") % {
        "number": shard.number + 1,
        "total": roll_up.shards.count(),
        "reason": reason,
    }
    RollUp.objects.unfinished().filter(pk=roll_up.pk).update(
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
