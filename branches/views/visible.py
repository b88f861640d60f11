"""Which rows of a page its reader may open."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from ..choices import OrganizationKind
from ..models import Member, Organization
from ..services.rights import may_edit


def visible_organization(request, pk):
    """The organization with its facts of the day acted for; 404 when the reader does not see it."""
    visible = Organization.objects.visible_to(request.user, on=request.acting.today)
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        raise Http404
    return get_object_or_404(visible.on(request.acting.on), pk=pk)


def branches_here(acting):
    """The branches below the organization acted for."""
    return acting.subtree.filter(kind_on=OrganizationKind.BRANCH).order_by("code")


def seen_members(request, ids):
    """Those of the members that the reader may open: the others are named without a link."""
    visible = Member.objects.visible_to(request.user, on=request.acting.today)
    return set(visible.filter(pk__in=ids).values_list("pk", flat=True))


def sees_member(request, pk):
    """Whether the reader may open the member of this id."""
    visible = Member.objects.visible_to(request.user, on=request.acting.today)
    return visible.filter(pk=pk).exists()


def editable_member(request, pk, *, lock=False):
    """The member of this id: 404 when the reader does not see it, 403 when they may not edit it.

    lock  whether to lock the row, for whoever is about to change it
    """
    acting = request.acting
    visible = Member.objects.visible_to(request.user, on=acting.today)
    if lock:
        visible = visible.select_for_update(of=("self",))
    member = get_object_or_404(visible, pk=pk)
    if not may_edit(member, by=request.user, on=acting.today):
        raise PermissionDenied
    return member
