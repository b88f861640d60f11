"""The members that a list shows: those of the organization acted for that pass the filters of the
address. The list itself, its download and what is done with many at once all begin here."""

from django.utils.translation import gettext_lazy as _

from . import reports
from .choices import OrganizationKind
from .columns import ListOf
from .member_columns import LABELS, SHOWN, Cells, MemberColumns, with_columns
from .member_filters import ChosenMemberFilter
from .models import Member


def listed_members(request, columns):
    """The filters of the address, bound: `.qs` are the members with what the columns show."""
    acting = request.acting
    members = Member.objects.visible_to(request.user, on=acting.today).filter(
        memberships__branch__in=acting.subtree.values("pk"),
        memberships__validity__contains=acting.on,
    )
    rows = with_columns(
        reports.with_day_facts(members, on=acting.on),
        columns,
        user=request.user,
        on=acting.on,
        today=acting.today,
    )
    branches = acting.subtree.filter(kind=OrganizationKind.BRANCH).order_by("code")
    return ChosenMemberFilter(request.GET, rows, request=request, branches=branches)


def member_rows(request, columns):
    """(number of rows, their cells) of a download, from a server-side cursor."""
    request.acting.require("see_members")
    table = MemberColumns(listed_members(request, columns).qs, columns=columns)
    if sort := request.GET.getlist("sort"):
        table.order_by = sort
    cells, members = Cells(columns, request.acting.on), table.data.data
    return members.count(), map(cells.of, members.iterator(chunk_size=2000))


MEMBERS = ListOf("branches:members", _("Members"), LABELS, SHOWN, member_rows)
