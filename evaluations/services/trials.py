"""Asking for a trial of a rating set."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import Organization

from ..rules import SchemeError, read_scheme
from ..tasks import run_trial
from ..trials.runs import Trial, keep

ACTIONS = ("edit_schemes", "see_ratings")


def require_trials(organization, *, by, on):
    """Raise PermissionDenied unless `by` may try rating sets on the organization."""
    if not all(by.may(action, organization, on=on) for action in ACTIONS):
        raise PermissionDenied


def start_trial(organization, *, scheme, year, as_of, by, on, at):
    """Try a rating set, a draft or an adopted one, on what is recorded of an organization, and send
    it to a worker when the transaction commits.

    year, as_of  the rating year and its cut-off date
    on, at       the day that rights are looked at; the moment

    Returns the Trial. Raises PermissionDenied, ValidationError by field.
    """
    require_trials(organization, by=by, on=on)
    if as_of.year != year:
        raise ValidationError({"as_of": _("The cut-off date is a day of the year itself.")})
    if not Organization.objects.valid_on(as_of).filter(pk=organization.pk).exists():
        sentence = _("%(organization)s does not exist on this day: choose another one.")
        raise ValidationError({"as_of": sentence % {"organization": organization}})
    try:
        read_scheme(scheme.definition)
    except SchemeError as error:
        sentence = _("No rating can be made with it: %(problems)s")
        raise ValidationError(sentence % {"problems": error}) from error
    trial = Trial(
        user=by.pk,
        organization=organization.pk,
        year=year,
        as_of=as_of,
        scheme=scheme.pk,
        definition=scheme.definition,
        asked_at=at,
        told_at=at,
    )
    keep(trial)
    transaction.on_commit(lambda: run_trial.delay(str(trial.token), by.pk))
    return trial
