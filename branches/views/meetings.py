"""Pages of meetings."""

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from .. import reports
from ..acting import acts
from ..filters import MeetingFilter
from ..listing import render_list
from ..masking import sight_of
from ..models import Meeting, Organization
from ..services.meetings import ACTION
from ..tables import MeetingTable
from .visible import branches_here, seen_members


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
        branches=branches_here(acting),
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
    meeting = get_object_or_404(_with_right_to_keep(visible, request), pk=pk)
    page = reports.meeting_page(meeting)
    people = [row.member_id for row in (*page.members, *page.visitors)]
    sight_of(request).look(people)
    return render(
        request,
        "branches/meeting.html",
        {"meeting": meeting, "page": page, "seen_members": seen_members(request, people)},
    )


def _with_right_to_keep(meetings, request):
    """Annotate may_keep: whether the reader enters what belongs to each."""
    kept = request.user.scope_for(ACTION, on=request.acting.today)
    may = Exists(kept.filter(pk=OuterRef("branch")))
    people = ("branch", "plan", "roster_closed_by__member")
    return meetings.annotate(may_keep=may).select_related(*people)
