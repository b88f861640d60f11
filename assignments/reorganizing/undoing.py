"""Undoing a reorganization, from the audit trail (accounts/undoing.py): every row as it was, while
nothing newer depends on it."""

from collections import Counter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.audited import model_of
from accounts.models import JournalEntry
from accounts.undoing import StandsInTheWay, Undoing
from branches.models import Attendance

from .trail import TABLES, Change


def changes_of(reorganization):
    return [
        Change(each["table"], each["id"], each["before"], each["after"])
        for each in reorganization.changes
    ]


def undoing_of(reorganization):
    """Inside a transaction."""
    entries = JournalEntry.objects.filter(pk__in=reorganization.entries)
    return Undoing(entries, {table: model_of(table) for table in TABLES})


def what_depends(undoing, reorganization):
    """Sentences that say what was changed or came since: nothing may be undone beneath it."""
    return [
        *_changed_since(undoing),
        *_referring(undoing),
        *_attended(changes_of(reorganization), reorganization.on),
    ]


def put_back(reorganization):
    """Write every row as it was. Raises ValidationError when something newer depends on it."""
    undoing = undoing_of(reorganization)
    if reorganization.changes and not undoing.entries:
        raise ValidationError(_("The audit trail has no more what it did: it cannot be undone."))
    undoing.lock()
    if sentences := what_depends(undoing, reorganization):
        raise ValidationError(sentences)
    try:
        undoing.play_back()
    except StandsInTheWay as error:
        raise ValidationError(error.sentences) from error


def _changed_since(undoing):
    # What others wrote into other columns of a row, as the state of a task that went over, stays.
    changed = undoing.changed_since(whole_rows=False)
    if count := sum(map(len, changed.values())):
        yield _("%(count)s of the rows that it changed were changed again since.") % {
            "count": count
        }


def _referring(undoing):
    counts = Counter()
    for model, _target, count, _ids in undoing.referring():
        counts[model._meta.verbose_name] += count
    for kind, count in counts.items():
        yield _("%(count)s × %(kind)s refer to what it made.") % {"count": count, "kind": kind}


def _attended(changes, on):
    """Who came to a branch by it and is on a roster there since."""
    came = [
        (change.after["member_id"], change.after["branch_id"])
        for change in changes
        if change.table == "branches_membership" and change.before is None
    ]
    members, branches = {member for member, _branch in came}, {branch for _member, branch in came}
    rows = Attendance.objects.filter(
        member__in=members, meeting__branch__in=branches, meeting__held_on__gte=on
    )
    if count := rows.filter(capacity="member").count():
        yield _("%(count)s times members are on rosters of the branches they came to.") % {
            "count": count
        }
