"""Exemption, suspension and activity elsewhere with their decisions, and disciplines."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import ActivityStatus
from ..editing import lock_unchanged
from ..models import Discipline, MemberStatus
from ..periods import last_day, period
from ..refusals import told_at
from .members import day_text
from .rights import locked_member

STATUS_VALUES = (
    "status",
    "reason",
    "decision_number",
    "decided_on",
    "issuer",
    "receiving_place",
)
DISCIPLINE_VALUES = ("decided_on", "form", "decision_number", "issuer", "note")
ONE_STATUS = {
    "status_one_a_day": gettext_lazy("Somebody has just entered a status for these days.")
}


@transaction.atomic
def save_status(row, *, member, since, until=None, seen=None, by, on, **values):
    """Enter a status of a member (`row` None), or change one that still bears the mark `seen`."""
    member = locked_member(member, by=by, on=on)
    row = MemberStatus(member=member) if row is None else lock_unchanged(row, seen)
    for name in STATUS_VALUES:
        setattr(row, name, values[name])
    _check_status(row, member, since=since, until=until)
    row.validity = period(since, until)
    row.full_clean(exclude=["validity"], validate_constraints=False)
    with told_at("since", ONE_STATUS):
        row.save()
    return row


@transaction.atomic
def save_discipline(row, *, member, seen=None, by, on, **values):
    """Enter a disciplinary decision (`row` None), or change one that bears the mark `seen`."""
    member = locked_member(member, by=by, on=on)
    row = Discipline(member=member) if row is None else lock_unchanged(row, seen)
    for name in DISCIPLINE_VALUES:
        setattr(row, name, values[name])
    if row.decided_on < member.admitted_on:
        raise ValidationError({"decided_on": _before_admission(member)})
    if member.disciplines.filter(decided_on=row.decided_on).exclude(pk=row.pk).exists():
        text = _("There is a decision of this day already: change that one.")
        raise ValidationError({"decided_on": text})
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def delete_row(row, *, seen, by, on):
    """Delete a status or discipline of a member that was entered by mistake; the trail keeps it."""
    locked_member(row.member, by=by, on=on)
    lock_unchanged(row, seen).delete()


def _check_status(row, member, *, since, until):
    if since < member.admitted_on:
        raise ValidationError({"since": _before_admission(member)})
    if member.left_on and since >= member.left_on:
        text = _("The member left on %(day)s.") % {"day": day_text(member.left_on)}
        raise ValidationError({"since": text})
    if until and until < since:
        raise ValidationError({"until": _("The last day is before the first day.")})
    if row.status == ActivityStatus.EXEMPT and not (row.decision_number and row.decided_on):
        raise ValidationError({"decision_number": _("An exemption has a decision and its day.")})
    if row.status == ActivityStatus.AWAY and not row.receiving_place:
        raise ValidationError({"receiving_place": _("Say where the member is active.")})
    others = member.statuses.exclude(pk=row.pk)
    if other := others.filter(validity__overlap=period(since, until)).first():
        raise ValidationError({"since": _overlaps(other)})


def _before_admission(member):
    return _("The member was admitted on %(day)s.") % {"day": day_text(member.admitted_on)}


def _overlaps(other):
    status, first = other.get_status_display(), day_text(other.validity.lower)
    if other.validity.upper is None:
        text = _("“%(status)s” holds since %(first)s without an end: end that first.")
        return text % {"status": status, "first": first}
    text = _("“%(status)s” holds from %(first)s to %(last)s: one status holds on a day.")
    return text % {"status": status, "first": first, "last": day_text(last_day(other.validity))}
