"""Pages of members."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from .. import reports
from ..acting import acts, read_year
from ..columns import address_of, choose
from ..forms.bulk import FORMS
from ..listing import render_list
from ..member_columns import MemberColumns
from ..member_lists import MEMBERS, listed_members
from ..models import Meeting, Member


@require_safe
@acts
def member_list(request):
    acting = request.acting
    acting.require("see_members")
    choice = choose(request, MEMBERS)
    if choice.default:
        return HttpResponseRedirect(address_of(choice.default, acting))
    filters = listed_members(request, choice.columns)
    edits = acting.may("edit_members")
    return render_list(
        request,
        "branches/members.html",
        table=MemberColumns(filters.qs, columns=choice.columns, selects=edits),
        filters=filters,
        counted=ngettext_lazy("%(number)s member", "%(number)s members", "count"),
        choice=choice,
        edits=edits,
        bulk_actions={name: label for name, (label, _form) in FORMS.items()} if edits else {},
        # The list as it is without the view that opens with it.
        cleared=acting.url("branches:members", view="0"),
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
