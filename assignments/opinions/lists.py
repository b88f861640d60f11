"""The opinions that a list shows: those of the organization acted for that pass the filters of the
address. The list and its download begin here."""

from django.utils.translation import gettext_lazy as _

from branches.choices import OrganizationKind
from branches.columns import ListOf
from branches.models import Organization
from branches.views.visible import branches_here

from ..filters.opinions import OpinionFilter
from ..models import Opinion
from ..tables.opinions import LABELS, SHOWN, OpinionTable, cells_of
from . import page as opinions

AT_ONCE = 500


def listed_opinions(request):
    """The filters of the address, bound: `.qs` are opinions raised at or below the organization
    acted for, or referred to it, with what was so on the day."""
    acting = request.acting
    below = Organization.objects.below(acting.organization, on=acting.on)
    visible = Opinion.objects.visible_to(request.user, on=acting.today)
    return OpinionFilter(
        request.GET,
        opinions.shown(visible, on=acting.on).raised_in_or_referred_to(below),
        request=request,
        branches=branches_here(acting),
        bodies=acting.subtree.exclude(kind_on=OrganizationKind.BRANCH).order_by("code"),
    )


def opinion_rows(request, columns):
    """(number of rows, their cells) of a download, from a server-side cursor."""
    request.acting.require("see_members")
    table = OpinionTable(listed_opinions(request).qs, columns=columns)
    if sort := request.GET.getlist("sort"):
        table.order_by = sort
    rows = table.data.data
    return rows.count(), _cells(rows, columns, on=request.acting.on)


def _cells(rows, columns, *, on):
    some = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        some.append(row)
        if len(some) == AT_ONCE:
            yield from _named(some, columns, on)
            some = []
    yield from _named(some, columns, on)


def _named(rows, columns, on):
    return [cells_of(row, columns, on=on) for row in opinions.name_opinions(rows, on=on)]


OPINIONS = ListOf("assignments:opinions", _("Opinions"), LABELS, SHOWN, opinion_rows)
