"""Recording that an organization was disciplined, and taking an entry back.

Source: docs/organization-rating-rules.md, 4.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Organization

from ..models import OrganizationDiscipline

ACTION = "discipline_organizations"


@transaction.atomic
def record_organization_discipline(organization, *, decided_on, by, at, **values):
    """Enter a decision against the organization; values: form, reason, decision_number, issuer.

    Returns the OrganizationDiscipline. Raises PermissionDenied, ValidationError by field.
    """
    _require(organization, by=by, at=at)
    # Two who enter the same decision take turns.
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if decided_on > timezone.localdate(at):
        raise ValidationError({"decided_on": _("This day is in the future.")})
    if decided_on not in organization.validity:
        raise ValidationError({"decided_on": _("The organization does not exist on this day.")})
    if organization.disciplines.filter(decided_on=decided_on).exists():
        text = _("There is a decision of this day already: take that entry back first.")
        raise ValidationError({"decided_on": text})
    row = OrganizationDiscipline(
        organization=organization,
        decided_on=decided_on,
        recorded_by=by,
        recorded_at=at,
        **values,
    )
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def withdraw_organization_discipline(row, *, reason, by, at):
    """Delete an entry that was wrong, or whose decision was revoked. The caller gives the reason to
    the trail. Raises PermissionDenied, ValidationError without a reason."""
    _require(row.organization, by=by, at=at)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the entry is taken back.")})
    row.delete()


def _require(organization, *, by, at):
    if not by.may(ACTION, organization, on=timezone.localdate(at)):
        raise PermissionDenied
