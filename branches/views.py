"""Pages of the party organization: the tree, members and meetings, and the search."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from . import reports
from .acting import acts, read_year
from .choices import OrganizationKind
from .filters import MeetingFilter, MemberFilter, search_people
from .listing import render_list
from .models import Meeting, Member, Organization
from .tables import MeetingTable, MemberTable

SEARCH_ROWS = 8


@require_safe
@acts
def organization_tree(request):
    """The tree below the organization acted for; `open=ID` unfolds the way to that one."""
    acting = request.acting
    acting.require("see_organization")
    opened = request.GET.get("open", "")
    way = []
    if opened:
        organization = _visible_organization(request, opened)
        way = [each.pk for each in Organization.objects.above(organization, on=acting.on)]
    root = acting.organization
    return render(
        request,
        "branches/organizations.html",
        {
            "root": root,
            "children": _children(root, on=acting.on),
            "way": _unfold(root, way, acting.on),
        },
    )


@require_safe
@acts
def organization_children(request, pk):
    """What stands directly under an organization: a branch of the tree, fetched when unfolded."""
    organization = _visible_organization(request, pk)
    return render(
        request,
        "branches/_tree.html",
        {"children": _children(organization, on=request.acting.on), "way": {}},
    )


@require_safe
@acts
def organization_detail(request, pk):
    acting = request.acting
    organization = _visible_organization(request, pk)
    meetings = Meeting.objects.visible_to(request.user, on=acting.today)
    page = reports.organization_page(organization, on=acting.on, meetings=meetings)
    return render(
        request,
        "branches/organization.html",
        {
            "organization": organization,
            "page": page,
            "may_see_members": request.user.may("see_members", organization, on=acting.today),
            "seen_members": _seen_members(request, [each.member_id for each in page.positions]),
        },
    )


@require_safe
@acts
def member_list(request):
    acting = request.acting
    acting.require("see_members")
    members = Member.objects.visible_to(request.user, on=acting.today).in_branches(
        acting.subtree, on=acting.on
    )
    filters = MemberFilter(
        request.GET,
        reports.with_day_facts(members, on=acting.on),
        request=request,
        branches=_branches(acting),
    )
    return render_list(
        request,
        "branches/members.html",
        table=MemberTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s member", "%(number)s members", "count"),
    )


@require_safe
@acts
def member_detail(request, pk):
    acting = request.acting
    member = get_object_or_404(Member.objects.visible_to(request.user, on=acting.today), pk=pk)
    return render(
        request,
        "branches/member.html",
        {
            "member": member,
            "page": reports.member_page(member, on=acting.on, year=read_year(request)),
            "seen_meetings": _seen_meetings(request, member),
        },
    )


@require_safe
@acts
def meeting_list(request):
    acting = request.acting
    acting.require("see_members")
    meetings = (
        Meeting.objects.visible_to(request.user, on=acting.today)
        .of_branches(Organization.objects.below(acting.organization, on=acting.on))
        .filter(held_on__lte=acting.on)
        .select_related("branch")
    )
    filters = MeetingFilter(
        request.GET,
        reports.with_roster_counts(meetings),
        request=request,
        branches=_branches(acting),
    )
    return render_list(
        request,
        "branches/meetings.html",
        table=MeetingTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s meeting", "%(number)s meetings", "count"),
    )


@require_safe
@acts
def meeting_detail(request, pk):
    visible = Meeting.objects.visible_to(request.user, on=request.acting.today)
    meeting = get_object_or_404(visible.select_related("branch"), pk=pk)
    page = reports.meeting_page(meeting)
    people = [row.member_id for row in (*page.members, *page.visitors)]
    return render(
        request,
        "branches/meeting.html",
        {"meeting": meeting, "page": page, "seen_members": _seen_members(request, people)},
    )


@require_safe
@vary_on_headers("HX-Request")
@acts
def search(request):
    """People and organizations by a part of the name or the beginning of the code."""
    acting = request.acting
    text = request.GET.get("q", "").strip()[:200]
    context = {"query": text}
    if text:
        visible = Member.objects.visible_to(request.user, on=acting.today)
        people = search_people(request, text, visible)
        organizations = Organization.objects.visible_to(request.user, on=acting.today).search(text)
        context |= {
            "answers": True,
            "people": people.with_branch(on=acting.on).order_by("sort_key")[:SEARCH_ROWS],
            "organizations": organizations.order_by("sort_key")[:SEARCH_ROWS],
        }
    template = "branches/_answers.html" if request.htmx else "branches/search.html"
    return render(request, template, context)


@require_safe
@vary_on_headers("HX-Request")
@acts
def choose_acting(request):
    """Choose the organization and the day; each choice is a link back to the page it was for."""
    acting = request.acting
    page = request.GET.get("page", "")
    if not (page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)):
        page = "/"
    visible = Organization.objects.visible_to(request.user, on=acting.today)
    text = request.GET.get("q", "").strip()[:200]
    seen_above = set(
        visible.filter(pk__in=[each.pk for each in acting.above]).values_list("pk", flat=True)
    )
    if text:
        choices = visible.valid_on(acting.on).search(text).order_by("sort_key")[:30]
    elif acting.organization:
        choices = _children(acting.organization, on=acting.on)[:100]
    else:
        choices = []
    # Where the reader holds a role, whatever stands between: the way to another tree.
    granted = request.user.grants.valid_on(acting.today).values("organization")
    context = {
        "page": page,
        "query": text,
        "seen_above": seen_above,
        "choices": choices,
        "granted": Organization.objects.filter(pk__in=granted).order_by("code"),
    }
    template = "branches/acting.html"
    if request.htmx:
        template = "branches/_choices.html" if "q" in request.GET else "branches/_acting.html"
    return render(request, template, context)


def _visible_organization(request, pk):
    visible = Organization.objects.visible_to(request.user, on=request.acting.today)
    if not str(pk).isdecimal() or len(str(pk)) > 18:
        raise Http404
    return get_object_or_404(visible.on(request.acting.on), pk=pk)


def _children(organization, *, on):
    children = Organization.objects.children_of(organization, on=on).on(on)
    return reports.with_children_flag(children, on=on).order_by("code")


def _unfold(root, way, on):
    """The children of each organization on the way below `root`, by its id."""
    if root.pk not in way:
        return {}
    opened = Organization.objects.in_bulk(way[way.index(root.pk) + 1 :])
    return {pk: _children(each, on=on) for pk, each in opened.items()}


def _branches(acting):
    return acting.subtree.filter(kind=OrganizationKind.BRANCH).order_by("code")


def _seen_members(request, ids):
    """Those of the members that the reader may open: the others are named without a link."""
    visible = Member.objects.visible_to(request.user, on=request.acting.today)
    return set(visible.filter(pk__in=ids).values_list("pk", flat=True))


def _seen_meetings(request, member):
    visible = Meeting.objects.visible_to(request.user, on=request.acting.today)
    return set(visible.filter(attendance__member=member).values_list("pk", flat=True))
