"""Pages of members."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from .. import reports
from ..acting import acts, read_year
from ..filters import MemberFilter
from ..listing import render_list
from ..models import Meeting, Member
from ..tables import MemberTable
from .visible import branches_here


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
        branches=branches_here(acting),
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
    visible = Member.objects.visible_to(request.user, on=acting.today)
    member = get_object_or_404(visible.with_class(on=acting.on), pk=pk)
    return render(
        request,
        "branches/member.html",
        {
            "member": member,
            "page": reports.member_page(
                member, on=acting.on, today=acting.today, year=read_year(request)
            ),
            "seen_meetings": _seen_meetings(request, member),
        },
    )


def _seen_meetings(request, member):
    visible = Meeting.objects.visible_to(request.user, on=request.acting.today)
    return set(visible.filter(attendance__member=member).values_list("pk", flat=True))
