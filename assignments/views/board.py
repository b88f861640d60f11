"""The assignment board: who goes to which branch, and where nobody goes."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from branches.acting import acts
from branches.listing import PAGE_ROWS, wants_list
from branches.models import Organization
from branches.templatetags.numbers import number

from .. import board
from ..filters.board import BoardFilter
from ..models import Team


@require_safe
@acts
def desk(request):
    acting = request.acting
    acting.require("see_assignments")
    filters = BoardFilter(request.GET, board.targets(acting), request=request, teams=_teams(acting))
    page = Paginator(filters.qs, PAGE_ROWS).get_page(request.GET.get("page"))
    count = page.paginator.count
    counted = ngettext("%(number)s row", "%(number)s rows", count) % {"number": number(count)}
    context = {
        "filters": filters,
        "chosen": any(request.GET.get(name) for name in filters.filters),
        "cleared": request.path + acting.query,
        "page": page,
        "rows": board.read_rows(page.object_list, acting),
        "counted": counted,
        "assigns": acting.may("assign_work"),
    }
    template = "assignments/_desk_rows.html"
    if not wants_list(request):
        template = "assignments/desk.html"
        context["coverage"] = board.coverage(acting.organization, on=acting.on)
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _teams(acting):
    """Teams with somebody assigned at or below the organization acted for."""
    below = Organization.objects.below(acting.organization, on=acting.on)
    seen = Team.objects.visible_to(acting.user, on=acting.today)
    sent = Team.objects.filter(assignments__target__in=below.values("pk"))
    return seen.filter(pk__in=sent.values("pk")).order_by("code")
