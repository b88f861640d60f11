"""What the office of the confirming committee says of visits: never of its own people's own."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.choices import VisitState
from branches.refusals import told_at

from ..choices import Decision
from ..models import Visit
from .visit_changes import (
    RATED,
    UNDECIDED,
    change,
    change_all,
    decided_words,
    lock_visits,
    require_reason,
)
from .visit_meetings import hold_meetings


@recorded
def confirm_visits(visits, *, reason="", by, at):
    """The office confirms visits (rows or a queryset), all or none, in a fixed number of queries;
    returns them. What is disputed needs a reason. A meeting that its branch has not recorded is
    recorded with the visit."""
    visits = _decidable(visits, by=by, at=at)
    for visit in visits:
        _require_waiting(visit)
    if not reason.strip() and any(visit.state == VisitState.DISPUTED for visit in visits):
        raise ValidationError({"reason": _("Say why you confirm what is disputed.")})
    hold_meetings(visits)
    return _decide(visits, Decision.CONFIRMED, reason, by=by, at=at)


@recorded
def refuse_visit(visit, *, reason, by, at):
    """The office does not confirm the visit: it counts as an absence, as the roster states it."""
    [visit] = _decidable([visit], by=by, at=at)
    _require_waiting(visit)
    require_reason(reason)
    return _decide([visit], Decision.REFUSED, reason, by=by, at=at)[0]


@recorded
def dispute_visit(visit, *, reason, by, at):
    """The office asks: the visit goes on waiting until the cadre or the branch has answered."""
    [visit] = _decidable([visit], by=by, at=at)
    _require_waiting(visit)
    if visit.disputed_at:
        raise ValidationError(
            _("%(visit)s is disputed already: “%(reason)s”. Confirm or refuse it.")
            % {"visit": visit, "reason": visit.dispute_reason}
        )
    require_reason(reason)
    return change(visit, disputed_at=at, disputed_by=by, dispute_reason=reason)


@recorded
def reopen_visit(visit, *, reason, by, at):
    """The office takes its decision back, and the visit waits again; not once its year is rated."""
    [visit] = _decidable([visit], by=by, at=at)
    if not visit.decision:
        raise ValidationError(
            _("Nothing was decided on %(visit)s: there is nothing to undo.") % {"visit": visit}
        )
    require_reason(reason)
    with told_at("reason", RATED):
        return change(visit, **UNDECIDED)


def _decidable(visits, *, by, at):
    """The visits, fresh and locked. Raises PermissionDenied unless all are for `by` to decide."""
    ids = {visit.pk for visit in visits}
    locked = lock_visits(ids)
    allowed = Visit.objects.confirmable_by(by, on=timezone.localdate(at))
    if not locked or allowed.filter(pk__in=ids).count() != len(ids):
        raise PermissionDenied
    return locked


def _require_waiting(visit):
    if visit.decision:
        raise ValidationError(decided_words(visit))
    if not visit.is_waiting:
        raise ValidationError(
            _("%(visit)s: nobody says that the cadre was there, so there is nothing to decide.")
            % {"visit": visit}
        )


def _decide(visits, decision, reason, *, by, at):
    values = {
        "decision": decision,
        "decision_reason": reason,
        "decided_at": at,
        "decided_by": by,
    }
    return change_all([visit.pk for visit in visits], values)
