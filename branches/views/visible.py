"""Which rows of a page its reader may open."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from ..choices import OrganizationKind
from ..models import Member, Organization


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
