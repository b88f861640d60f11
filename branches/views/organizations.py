"""Pages of the tree of organizations."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import reports
from ..acting import acts
from ..models import Meeting, Organization
from .visible import seen_members, visible_organization


@require_safe
@acts
def organization_tree(request):
    """The tree below the organization acted for; `open=ID` unfolds the way to that one."""
    acting = request.acting
    acting.require("see_organization")
    opened = request.GET.get("open", "")
    way = []
    if opened:
        organization = visible_organization(request, opened)
        way = [each.pk for each in Organization.objects.above(organization, on=acting.on)]
    root = acting.organization
    return render(
        request,
        "branches/organizations.html",
        {
            "root": root,
            "children": reports.children_of(root, on=acting.on),
            "way": _unfold(root, way, acting.on),
        },
    )


@require_safe
@acts
def organization_children(request, pk):
    """What stands directly under an organization: a branch of the tree, fetched when unfolded."""
    organization = visible_organization(request, pk)
    return render(
        request,
        "branches/_tree.html",
        {"children": reports.children_of(organization, on=request.acting.on), "way": {}},
    )


@require_safe
@acts
def organization_detail(request, pk):
    acting = request.acting
    organization = visible_organization(request, pk)
    meetings = Meeting.objects.visible_to(request.user, on=acting.today)
    page = reports.organization_page(
        organization, on=acting.on, today=acting.today, meetings=meetings
    )
    return render(
        request,
        "branches/organization.html",
        {
            "organization": organization,
            "page": page,
            "may_see_members": request.user.may("see_members", organization, on=acting.today),
            "seen_members": seen_members(request, [each.member_id for each in page.positions]),
        },
    )


def _unfold(root, way, on):
    """The children of each organization on the way below `root`, by its id."""
    if root.pk not in way:
        return {}
    opened = Organization.objects.in_bulk(way[way.index(root.pk) + 1 :])
    return {pk: reports.children_of(each, on=on) for pk, each in opened.items()}
