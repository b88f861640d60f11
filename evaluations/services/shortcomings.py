"""Stating whether earlier shortcomings of a member, or of an organization, are mended."""

from django.core.exceptions import PermissionDenied

from accounts.services import recorded

from ..models import OrganizationAppraisal, Shortcomings
from .cycles import locked_for_change


def state_of_members(mended, *, by, at):
    """Write what a branch states of members: {Appraisal: True, False, or None for nothing}. The
    caller has looked whether it may."""
    Shortcomings.objects.filter(appraisal__in=mended).delete()
    Shortcomings.objects.bulk_create(
        Shortcomings(appraisal=appraisal, mended=said, stated_by=by, stated_at=at)
        for appraisal, said in mended.items()
        if said is not None
    )


@recorded
def state_for_organization(appraisal, *, mended, by, on, at):
    """What the competent committee states of an organization; `mended` None: nothing. Raises
    PermissionDenied, and ValidationError when the cycle is locked."""
    allowed = OrganizationAppraisal.objects.decided_by(by, on=on)
    if not allowed.filter(pk=appraisal.pk).exists():
        raise PermissionDenied
    locked_for_change(appraisal.cycle)
    rows = Shortcomings.objects.filter(organization_appraisal=appraisal)
    if mended is None:
        rows.delete()
        return
    values = {"mended": mended, "stated_by": by, "stated_at": at}
    Shortcomings.objects.update_or_create(organization_appraisal=appraisal, defaults=values)


def stated_of_organization(appraisal):
    """True or False as it was stated; None where nothing was."""
    rows = Shortcomings.objects.filter(organization_appraisal=appraisal)
    return rows.values_list("mended", flat=True).first()
