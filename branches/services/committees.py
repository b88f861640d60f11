"""Terms of committees, and descriptions of posts."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..editing import lock_unchanged
from ..models import CommitteeTerm, JobDescription
from ..periods import ONE_DAY, period
from .members import day_text
from .rights import require_organization

TERM_VALUES = ("name", "seats", "standing_seats", "fields")


@transaction.atomic
def save_term(row, *, organization, since, until=None, seen=None, by, on, **values):
    """Enter a term (`row` None), or change one that still bears the mark `seen`."""
    require_organization(organization, by=by, on=on)
    row = CommitteeTerm(organization=organization) if row is None else lock_unchanged(row, seen)
    for name in TERM_VALUES:
        setattr(row, name, values[name])
    _check_days(since, until)
    others = CommitteeTerm.objects.filter(organization=organization).exclude(pk=row.pk)
    if others.filter(name=row.name).exists():
        raise ValidationError({"name": _("There is a term of this name already.")})
    if other := others.filter(validity__overlap=period(since, until)).first():
        text = _("The term %(name)s begins on %(first)s: end one before the other begins.")
        shown = {"name": other, "first": day_text(other.validity.lower)}
        raise ValidationError({"since": text % shown})
    row.validity = period(since, until)
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def delete_term(row, *, seen, by, on):
    """Delete a term that was entered by mistake; nobody's position depends on it."""
    require_organization(row.organization, by=by, on=on)
    lock_unchanged(row, seen).delete()


@transaction.atomic
def save_job(row, *, organization, title, duties, since, until=None, seen=None, by, on):
    """Describe a post: a new version ends the one before it, on the day before `since`."""
    require_organization(organization, by=by, on=on)
    row = JobDescription(organization=organization) if row is None else lock_unchanged(row, seen)
    row.title, row.duties = title, duties
    _check_days(since, until)
    _end_version_before(row, since)
    others = JobDescription.objects.filter(organization=organization, title=title)
    if other := others.exclude(pk=row.pk).filter(validity__overlap=period(since, until)).first():
        text = _("A version of this description begins on %(first)s: change that one.")
        raise ValidationError({"since": text % {"first": day_text(other.validity.lower)}})
    row.validity = period(since, until)
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def delete_job(row, *, seen, by, on):
    require_organization(row.organization, by=by, on=on)
    lock_unchanged(row, seen).delete()


def _check_days(since, until):
    if until and until < since:
        raise ValidationError({"until": _("The last day is before the first day.")})


def _end_version_before(row, since):
    if row.pk:
        return
    earlier = JobDescription.objects.select_for_update().filter(
        organization=row.organization,
        title=row.title,
        validity__upper_inf=True,
        validity__startswith__lt=since,
    )
    for version in earlier:
        version.validity = period(version.validity.lower, since - ONE_DAY)
        version.save(update_fields=["validity"])
