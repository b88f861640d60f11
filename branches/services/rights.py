"""Whose data somebody may enter: that of the organizations where they may `edit_members`."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef

from ..models import Member, Membership

ACTION = "edit_members"


def editable_members(by, *, on):
    """Members who belong on the day to a branch where `by` may edit; also those who left there."""
    membership = Membership.objects.valid_on(on).filter(
        member=OuterRef("pk"), branch__in=by.scope_for(ACTION, on=on).values("pk")
    )
    return Member.objects.filter(Exists(membership), merged_into=None, anonymised_on=None)


def may_edit(member, *, by, on):
    return editable_members(by, on=on).filter(pk=member.pk).exists()


def locked_member(member, *, by, on):
    """The member, fresh and locked. Raises PermissionDenied unless `by` may edit them."""
    locked = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if not may_edit(locked, by=by, on=on):
        raise PermissionDenied
    return locked


def require_organization(organization, *, by, on):
    """Raise PermissionDenied unless `by` may enter what belongs to the organization."""
    if not by.may(ACTION, organization, on=on):
        raise PermissionDenied
