"""Roll-ups that are planned, sent to workers and waited for."""

import time
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Exists
from django.utils.translation import gettext as _

from ..choices import RollUpState, ShardState
from ..models import Cycle, RollUp, Scheme
from ..rolling_up.computation import write_plan
from ..rolling_up.shards import claim_shard, finish_roll_up, stalled_roll_ups, try_shard
from ..rules import SchemeError, read_scheme
from ..tasks import work_on_roll_up

MESSAGES = 32  # at most so many shards of one roll-up are computed side by side
POLL_SECONDS, NUDGE_SECONDS = 0.1, 3
WARN_SECONDS, PATIENCE_SECONDS = 10, 60


class RollUpError(Exception):
    """A roll-up that cannot be started or did not end well; the message is for the person who
    asked for it."""


def start_roll_up(organization, *, year, as_of=None, scheme=None, by=None, at):
    """Plan a roll-up, and send it to the workers when the transaction commits.

    year    the rating year; `as_of` its cut-off date, 31 December if None
    scheme  a Scheme; None for that of the year's cycle which holds the organization, or else for
            the one whose years hold `year`
    by, at  the user who asks (None on the command line), and when

    Returns the RollUp. Raises RollUpError when the cut-off date is not in the year (1930 to
    2100), the organization does not exist on it, or no rating can be made with the scheme.
    """
    roll_up = plan_roll_up(organization, year=year, as_of=as_of, scheme=scheme, by=by, at=at)
    transaction.on_commit(lambda: _send(roll_up))
    return roll_up


def roll_up_inline(
    organization, *, year, as_of=None, scheme=None, by=None, at, progress=lambda roll_up: None
):
    """The same in this process, without workers; `progress` is called after each shard.

    Returns the RollUp, finished.
    """
    roll_up = plan_roll_up(organization, year=year, as_of=as_of, scheme=scheme, by=by, at=at)
    while shard := claim_shard(roll_up.pk):
        try_shard(shard, at=at)
        progress(roll_up)
    finish_roll_up(roll_up, at=at)
    roll_up.refresh_from_db()
    return roll_up


@transaction.atomic
def plan_roll_up(organization, *, year, as_of=None, scheme=None, by=None, at):
    """Store a roll-up with its units and shards, for workers to find. See `start_roll_up`."""
    if not 1930 <= year <= 2100:
        raise RollUpError(_("A year lies between 1930 and 2100."))
    as_of = as_of or date(year, 12, 31)
    scheme = scheme or _scheme_for(organization, year, as_of)
    _check(organization, year, as_of, scheme)
    roll_up = RollUp(
        organization=organization,
        year=year,
        as_of=as_of,
        scheme=scheme,
        requested_by=by,
        requested_at=at,
    )
    write_plan(roll_up, shard_members=settings.ROLL_UP_SHARD_MEMBERS)
    return roll_up


def _scheme_for(organization, year, as_of):
    """That of the cycle which holds the organization; else the one whose years hold the year."""
    cycles = Cycle.objects.filter(year=year)
    try:
        scheme = Scheme.objects.annotate(has_cycles=Exists(cycles)).for_year(year)
    except Scheme.DoesNotExist:
        raise RollUpError(_("No rating set is loaded.")) from None
    if scheme.has_cycles:  # else nothing need be known of the tree
        holding = cycles.holding(organization, year=year, on=as_of).select_related("scheme")
        if cycle := holding.first():
            return cycle.scheme
    return scheme


def _check(organization, year, as_of, scheme):
    if as_of.year != year:
        raise RollUpError(
            _("The cut-off date %(as_of)s is not a day of %(year)d.")
            % {"as_of": as_of.isoformat(), "year": year}
        )
    if as_of not in organization.validity:
        raise RollUpError(
            _("%(organization)s does not exist on %(as_of)s.")
            % {"organization": organization, "as_of": as_of.isoformat()}
        )
    if scheme.is_draft:
        raise RollUpError(
            _("The rating set %(scheme)s is a draft and rates nobody: try it, or adopt it first.")
            % {"scheme": scheme}
        )
    try:
        read_scheme(scheme.definition)
    except SchemeError as error:
        raise RollUpError(
            _("No rating can be made with the rating set %(scheme)s: %(problems)s")
            % {"scheme": scheme.key, "problems": error}
        ) from error


def _send(roll_up):
    waiting = roll_up.shards.filter(state=ShardState.PENDING).count()
    for _message in range(max(1, min(waiting, MESSAGES))):
        work_on_roll_up.delay(roll_up.pk)


def wait_for_roll_up(roll_up, *, progress=lambda roll_up: None, warn=lambda sentence: None):
    """Wait until the workers have finished a roll-up, and update `roll_up` with what they wrote.

    `progress` is called with the roll-up again and again, `warn` with a sentence when no worker
    takes it up for a while. Raises RollUpError when it failed, or nobody took it up for a minute.
    """
    begun = nudged = time.monotonic()
    warned = False
    while RollUp.objects.unfinished().filter(pk=roll_up.pk).exists():
        roll_up.refresh_from_db()
        progress(roll_up)
        now = time.monotonic()
        waited = now - begun if roll_up.state == RollUpState.QUEUED else 0
        if waited > PATIENCE_SECONDS:
            raise RollUpError(
                _("No worker took up the roll-up. It stays in the queue until one runs.")
            )
        if waited > WARN_SECONDS and not warned:
            warned = True
            warn(_("No worker has taken up the roll-up yet. Is one running?"))
        if now - nudged > NUDGE_SECONDS and roll_up.pk in stalled_roll_ups():
            nudged = now
            work_on_roll_up.apply_async([roll_up.pk], expires=NUDGE_SECONDS)
        time.sleep(POLL_SECONDS)
    roll_up.refresh_from_db()
    progress(roll_up)
    if roll_up.state == RollUpState.FAILED:
        raise RollUpError(roll_up.error)
