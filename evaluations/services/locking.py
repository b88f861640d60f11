"""Locking a cycle, and rating again what was locked (docs/year-end.md, 5)."""

import json

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import recorded

from ..choices import Cause
from ..deciding.choices import PROBLEMS, about, read_choices
from ..locked import searches as change_searches
from ..locked.changes import find_changes
from ..locked.digest import digest_of
from ..locked.readiness import read_readiness
from ..models import Appraisal, Cycle
from ..tasks import look_for_changes
from .cycles import locked_for_change
from .decisions import find_grounds, refuse_early, require_right, write
from .organization_ratings import record_organization_ratings

ACTION = "lock_ratings"
AT_ONCE_MEMBERS = 3_000  # so many take about a second


@recorded
def lock_cycle(cycle, *, by, on, at):
    """Lock a cycle for good, with the digest of what was decided and from what. There is no
    unlocking; what turns out to be wrong is rated again.

    Returns the cycle. Raises PermissionDenied; ValidationError with all that is missing.
    """
    if not by.may(ACTION, cycle.organization, on=on):
        raise PermissionDenied
    cycle = locked_for_change(cycle)
    readiness = read_readiness(cycle)
    if not readiness.is_ready:
        raise ValidationError(readiness.sentences)
    record_organization_ratings(cycle)
    cycle.digest = digest_of(cycle)
    cycle.locked_at, cycle.locked_by = at, by
    cycle.save(update_fields=["digest", "locked_at", "locked_by"])
    return cycle


@recorded
def re_rate(appraisal, *, level, reason, document="", decided_on, by, on, at):
    """Rate a member of a locked cycle again: another revision, with what has changed since in the
    facts. The earlier ones stay as they were.

    Returns the Decision. Raises PermissionDenied; ValidationError by field: the cycle is not
    locked, the reason is missing, the level is the present one, or the cap.
    """
    cycle = Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=appraisal.cycle_id)
    if not cycle.is_locked:
        raise ValidationError(_("This cycle is not locked: decide anew, which needs no re-rating."))
    rows = Appraisal.objects.filter(pk=appraisal.pk)
    [choice] = choices = read_choices(cycle, rows)
    require_right(choices, by=by, on=on)
    choice.level = level
    _check(cycle, choice, reason, decided_on)
    find_grounds(cycle, choices)
    unit = appraisal.cycle_branch.unit
    changed, _added = find_changes(cycle, unit=unit)
    write(
        choices,
        reason=reason,
        document=document,
        decided_on=decided_on,
        cause=Cause.RE_RATING,
        changes=json.dumps(changed.get(appraisal.pk, [])),
        by=by,
        at=at,
    )
    return rows.select_related("decision").get().decision


def _check(cycle, choice, reason, decided_on):
    if choice.problem:
        raise ValidationError(about(PROBLEMS[choice.problem], [choice.member]))
    if not choice.revision:
        raise ValidationError(
            _("This member was not decided on in the cycle: nothing to rate again.")
        )
    if choice.level == choice.in_force:
        raise ValidationError({"level": _("This is the level already. Choose another one.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the member is rated again.")})
    refuse_early(cycle, decided_on)


def look_for_late_changes(cycle, *, at):
    """Look what corrections since the lock would change: at once in a small cycle, else a worker
    does; `change_searches.read` has the result."""
    if not change_searches.claim(cycle, at=at):
        return
    if cycle.appraisals.count() <= AT_ONCE_MEMBERS:
        change_searches.look(cycle.pk, begun_at=at)
    else:
        transaction.on_commit(lambda: look_for_changes.delay(cycle.pk, at.isoformat()))
