"""Reorganizations as a whole: what changes in the tree, and all that goes along with it.

`preview(plan)` does the work, says what it touched, and undoes it; `reorganize(plan)` does it and
keeps it. Both are the same code. A plan is one of assignments/reorganizing/plans.py.

`by` is the user, who needs `reorganize` on every organization that is reorganized and on what
stands above those that end, move or begin; None stands for an operator, who may everything. `today`
is the day whose grants count. What stands in the way raises ValidationError by field, what the
rules forbid PermissionDenied.
"""

from contextlib import contextmanager
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.recording import recording
from branches.models import Organization, Placement, Reorganization

from ..reorganizing import showing, trail, undoing
from ..reorganizing.carrying_out import CARRY_OUT
from ..reorganizing.plans import (
    Change,
    Create,
    Dissolve,
    Merge,
    Move,
    NewOrganization,
    Rename,
    Split,
)


@dataclass
class Done:
    """What a plan did: the Changes, the ids of the entries of the audit trail that it left, of what
    it reorganized, and of what it ended."""

    changes: list
    entries: list
    touched: list
    ended: list


class ChangedMeanwhile(ValidationError):
    """What is to be confirmed is not what would happen now; `shown` says what would."""

    def __init__(self, shown):
        super().__init__(
            _(
                "Something changed since you looked at this preview, so nothing was done. Look at "
                "what it says now, and confirm that."
            ),
            code="changed_meanwhile",
        )
        self.shown = shown


class _Undo(Exception):
    """Leaves the savepoint of a preview."""


def preview(plan, *, by, today):
    """What the plan would touch, as `showing.Shown`; nothing is changed."""
    try:
        with transaction.atomic():
            shown = _show(_carry_out(plan, by, today), plan)
            raise _Undo
    except _Undo:
        return shown


def reorganize(plan, *, by, today, at, reason, decision="", digest=None):
    """Carry the plan out. Returns the Reorganization.

    digest  of the preview that is confirmed; when what would happen is something else by now,
            ChangedMeanwhile is raised and nothing is done
    """
    with recording(by, f"{decision}: {reason}" if decision else reason):
        done = _carry_out(plan, by, today)
        if digest is not None:
            shown = _show(done, plan)
            if shown.digest != digest:
                raise ChangedMeanwhile(shown)
        return Reorganization.objects.create(
            kind=plan.kind,
            on=plan.on,
            what=str(plan),
            decision=decision,
            reason=reason,
            organization_ids=done.touched,
            changes=[change.as_json() for change in done.changes],
            entries=done.entries,
            done_by=by,
            done_at=at,
        )


def undo(reorganization, *, by, today, at, reason):
    """Put every row back as it was. Raises ValidationError when something newer depends on it."""
    with recording(by, reason):
        _take_turns()
        stored = Reorganization.objects.select_for_update(of=("self",)).get(pk=reorganization.pk)
        if stored.undone_at:
            raise ValidationError(_("It is undone already."))
        _require(by, stored.organization_ids, today)
        with _asking_the_database():
            undoing.put_back(stored)
        left = Organization.objects.filter(pk__in=stored.organization_ids)
        stored.organization_ids = sorted(left.values_list("pk", flat=True))
        stored.undone_by, stored.undone_at, stored.undo_reason = by, at, reason
        stored.save()
        return stored


def _carry_out(plan, by, today):
    _take_turns()
    touched = [each.pk for each in _touched(plan)]
    _require(by, [*touched, *_above(plan)], today, alone=_stands_alone(plan))
    mark = trail.begin()
    with _asking_the_database():
        made = CARRY_OUT[type(plan)](plan) or []
    return Done(
        trail.changes_since(mark),
        trail.entries_since(mark),
        sorted({*touched, *made}),
        [each.pk for each in getattr(plan, "ended", ())],
    )


def _take_turns():
    """Of two who confirm the same, the second finds it done. The triggers of the tree take this
    lock as well, but only when they have read already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('branches_organizationpath'))")


def _show(done, plan):
    return showing.show(done.changes, on=plan.on, touched=done.touched, ended=done.ended)


@contextmanager
def _asking_the_database():
    """Ask the deferred constraints at the end, so that what they refuse is an error of the form
    and not of the server."""
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise ValidationError(_said(error)) from error


def _said(error):
    return _("The database refuses this: %(message)s") % {
        "message": error.__cause__.diag.message_primary
    }


# Who may


def _touched(plan):
    """The organizations that exist and that the plan names."""
    named = {
        Create: list,
        Rename: lambda: [plan.organization],
        Change: lambda: [plan.organization],
        Move: lambda: [*plan.organizations, plan.parent],
        Merge: lambda: [*plan.sources, plan.into],
        Split: lambda: [*plan.sources, *plan.parts],
        Dissolve: lambda: list(plan.organizations),
    }[type(plan)]()
    return [each for each in named if isinstance(each, Organization)]


def _new(plan):
    every = [plan.organization] if isinstance(plan, Create) else getattr(plan, "parts", ())
    return [each for each in every if isinstance(each, NewOrganization)]


def _above(plan):
    """Ids of what stands above those that end or move, and of the parents of new ones."""
    leaving = [*getattr(plan, "ended", ()), *getattr(plan, "organizations", ())]
    placed = Placement.objects.filter(organization__in=leaving, validity__contains=plan.on)
    return [
        *placed.values_list("parent", flat=True),
        *(each.parent.pk for each in _new(plan) if each.parent),
    ]


def _stands_alone(plan):
    return any(each.parent is None for each in _new(plan))


def _require(by, organizations, today, *, alone=False):
    """Nothing that begins alone is made by a user: nobody would answer for it."""
    if by is None:
        return
    wanted = set(organizations)
    allowed = by.scope_for("reorganize", on=today).filter(pk__in=wanted)
    if alone or set(allowed.values_list("pk", flat=True)) != wanted:
        raise PermissionDenied
