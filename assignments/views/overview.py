"""Pages that look over assignments: what is uncovered, whom one might assign there, who carries how
much, cadres against branches, and what comes from above."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from branches.acting import acts
from branches.listing import PAGE_ROWS, render_list

from ..board import cascade, matrix, uncovered
from ..board.load import with_load
from ..board.suggesting import suggest
from ..filters.overviews import FromAboveFilter, LoadFilter
from ..tables.overviews import FromAboveTable, LoadTable


@require_safe
@acts
def uncovered_list(request):
    """Assignments that their cadre leaves uncovered, and branches that nobody goes to."""
    acting = request.acting
    acting.require("see_assignments")
    kind = request.GET.get("kind", "")
    page = Paginator(uncovered.gaps(acting, kind=kind), PAGE_ROWS)
    page = page.get_page(request.GET.get("page"))
    # What one may do is done today: a past day is only looked at.
    assigns = acting.may("assign_work") and not acting.is_past
    return render(
        request,
        "assignments/uncovered.html",
        {
            "page": page,
            "gaps": uncovered.read_gaps(page.object_list, acting, suggesting=assigns),
            "kind": kind,
            "assigns": assigns,
        },
    )


@require_safe
@acts
def suggestion_list(request):
    """Branches that nobody goes to, and who fits best; what is chosen goes into the grid."""
    acting = request.acting
    acting.require("assign_work")
    branches = uncovered.branches_without_cadre(acting).order_by("code")
    page = Paginator(branches, PAGE_ROWS).get_page(request.GET.get("page"))
    found = suggest(
        [branch.pk for branch in page.object_list],
        by=request.user,
        organization=acting.organization,
        on=acting.on,
        today=acting.today,
    )
    rows = [(branch, found.get(branch.pk, [])) for branch in page.object_list]
    return render(request, "assignments/suggestions.html", {"page": page, "rows": rows})


@require_safe
@acts
def load_list(request):
    """Who carries how much: assignments, visits due and made, and how far it is."""
    acting = request.acting
    acting.require("see_assignments")
    filters = LoadFilter(request.GET, with_load(acting), request=request)
    return render_list(
        request,
        "assignments/load.html",
        table=LoadTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s cadre", "%(number)s cadres", "count"),
    )


@require_safe
@acts
def matrix_page(request):
    """Cadres against branches; of a large organization against its parts, one level down."""
    acting = request.acting
    acting.require("see_assignments")
    page = Paginator(matrix.cadres(acting), PAGE_ROWS).get_page(request.GET.get("page"))
    organizations, is_whole = matrix.columns(acting)
    columns = Paginator(organizations, matrix.MOST_COLUMNS).get_page(request.GET.get("columns"))
    found = matrix.read_matrix(page.object_list, columns.object_list, acting, is_whole=is_whole)
    context = {"page": page, "columns": columns, "matrix": found}
    return render(request, "assignments/matrix.html", context)


@require_safe
@acts
def from_above(request):
    """What comes from above, to be read."""
    acting = request.acting
    acting.require("see_assignments")
    rows = cascade.from_above(acting, part=request.GET.get("part", ""))
    rows = rows.select_related("member", "target", "directive")
    filters = FromAboveFilter(request.GET, rows, request=request)
    return render_list(
        request,
        "assignments/from_above.html",
        table=FromAboveTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s assignment", "%(number)s assignments", "count"),
    )
