"""Posts at organizations: taking one up, changing what it answers for, ending it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..editing import lock_unchanged
from ..models import Position
from ..periods import ONE_DAY, last_day, period
from ..refusals import told_at
from .members import day_text, require_visible
from .moving import LED
from .rights import require_organization

VALUES = ("title", "rank", "field")


@transaction.atomic
def add_position(*, member, organization, title, rank, field="", since, until=None, by, on):
    """Let a member hold a post from `since` to `until` (None: without end)."""
    require_visible(member, by=by, on=on)
    require_organization(organization, by=by, on=on)
    row = Position(member=member, organization=organization, title=title, rank=rank, field=field)
    _save(row, since=since, until=until)
    return row


@transaction.atomic
def change_position(row, *, changed_on=None, since, until=None, seen, by, on, **values):
    """Change a position that bears the mark `seen`.

    changed_on  the day from which title, rank and field are other ones: the position ends the day
                before it and another begins; None corrects what was entered
    """
    row = _locked(row, seen=seen, by=by, on=on)
    if changed_on is None:
        for name in VALUES:
            setattr(row, name, values[name])
        return _save(row, since=since, until=until)
    if changed_on <= since or (until and changed_on > until):
        text = _("The change lies within the days of the position, after its first one.")
        raise ValidationError({"changed_on": text})
    _save(row, since=since, until=changed_on - ONE_DAY)
    later = Position(member=row.member, organization=row.organization)
    for name in VALUES:
        setattr(later, name, values[name])
    return _save(later, since=changed_on, until=until)


@transaction.atomic
def end_position(row, *, until, end_reason, seen, by, on):
    """End a position with the day `until`, its last one."""
    row = _locked(row, seen=seen, by=by, on=on)
    row.end_reason = end_reason
    return _save(row, since=row.validity.lower, until=until)


@transaction.atomic
def delete_position(row, *, seen, by, on):
    """Delete a position that was entered by mistake; the trail keeps it."""
    with told_at("reason", LED):
        _locked(row, seen=seen, by=by, on=on).delete()


def _locked(row, *, seen, by, on):
    require_organization(row.organization, by=by, on=on)
    require_visible(row.member, by=by, on=on)
    return lock_unchanged(row, seen)


def _save(row, *, since, until):
    member, days = row.member, row.organization.validity
    if since < member.admitted_on:
        text = _("The member was admitted on %(day)s.") % {"day": day_text(member.admitted_on)}
        raise ValidationError({"since": text})
    if until and until < since:
        raise ValidationError({"until": _("The last day is before the first day.")})
    if (days.lower and since < days.lower) or (days.upper and since >= days.upper):
        text = _("“%(organization)s” does not exist on this day.")
        raise ValidationError({"since": text % {"organization": row.organization}})
    _check_not_held(row, since=since, until=until)
    row.validity = period(since, until)
    row.full_clean(exclude=["validity"], validate_constraints=False)
    with told_at("until", LED):
        row.save()
    return row


def _check_not_held(row, *, since, until):
    """The same member holds the same post once on a day."""
    held = Position.objects.exclude(pk=row.pk).filter(
        member=row.member,
        organization=row.organization,
        title=row.title,
        validity__overlap=period(since, until),
    )
    if other := held.first():
        first, last = day_text(other.validity.lower), last_day(other.validity)
        text = _("The member holds this post since %(first)s already.")
        if last:
            text = _("The member holds this post from %(first)s to %(last)s already.")
        raise ValidationError({"since": text % {"first": first, "last": last and day_text(last)}})
