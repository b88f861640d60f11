"""Stating whether earlier shortcomings of a member, or of an organization, are mended."""

from django.core.exceptions import PermissionDenied

from accounts.services import recorded

from ..models import Appraisal, OrganizationAppraisal, Shortcomings
from .cycles import locked_for_change


@recorded
def state_for_member(appraisal, *, mended, by, on, at):
    """What the branch states of a member; `mended` None: nothing. Raises PermissionDenied, and
    ValidationError when the cycle is locked."""
    if not by.may("keep_appraisals", appraisal.cycle_branch.branch, on=on):
        raise PermissionDenied
    locked_for_change(appraisal.cycle)
    _state({"appraisal": appraisal}, mended, by=by, at=at)


@recorded
def state_for_organization(appraisal, *, mended, by, on, at):
    """The same of an organization, by the competent committee."""
    allowed = OrganizationAppraisal.objects.decided_by(by, on=on)
    if not allowed.filter(pk=appraisal.pk).exists():
        raise PermissionDenied
    locked_for_change(appraisal.cycle)
    _state({"organization_appraisal": appraisal}, mended, by=by, at=at)


def stated(appraisal):
    """True or False as it was stated of a member or an organization; None where nothing was."""
    of_member = isinstance(appraisal, Appraisal)
    field = "appraisal" if of_member else "organization_appraisal"
    rows = Shortcomings.objects.filter(**{field: appraisal})
    return rows.values_list("mended", flat=True).first()


def _state(whose, mended, *, by, at):
    if mended is None:
        Shortcomings.objects.filter(**whose).delete()
        return
    values = {"mended": mended, "stated_by": by, "stated_at": at}
    Shortcomings.objects.update_or_create(**whose, defaults=values)
