"""Places beyond the cap of like organizations (docs/organization-rating-rules.md, 8)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.refusals import told_at

from ..models import OrganizationAppraisal, OrganizationPlaces
from .organization_refusals import REFUSALS


@recorded
def give_organization_places(
    cycle, organization, *, kind="", places, reason, document="", by, on, at
):
    """Give a group of like organizations places beyond the cap, for a reason; after the lock too,
    for re-ratings. Returns the OrganizationPlaces. Raises PermissionDenied; ValidationError."""
    _require_right_to_places(organization, by=by, on=on)
    group = OrganizationAppraisal.objects.filter(
        cycle=cycle, cap_organization=organization, cap_kind=kind
    )
    if not group.exists():
        raise ValidationError(_("No organizations of the cycle are counted here."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why more places are given.")})
    given = OrganizationPlaces(
        cycle=cycle,
        organization=organization,
        kind=kind,
        places=places,
        reason=reason,
        document=document,
        given_by=by,
        given_at=at,
    )
    given.full_clean()
    given.save()
    return given


@recorded
def withdraw_organization_places(given, *, reason, by, on, at):
    """Withdraw places that were given. Raises PermissionDenied; ValidationError when they are
    taken, or were withdrawn before."""
    _require_right_to_places(given.organization, by=by, on=on)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the places are withdrawn.")})
    rows = OrganizationPlaces.objects.filter(pk=given.pk, withdrawn_at=None)
    with told_at(None, REFUSALS):
        if not rows.update(withdrawn_by=by, withdrawn_at=at):
            raise ValidationError(_("These places were withdrawn already."))


def _require_right_to_places(organization, *, by, on):
    if not by.may("override_cap", organization, on=on):
        raise PermissionDenied
