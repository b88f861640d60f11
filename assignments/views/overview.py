"""Pages that look over assignments: what is uncovered, and whom one might assign there."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from branches.acting import acts
from branches.listing import PAGE_ROWS

from .. import uncovered
from ..suggesting import suggest


@require_safe
@acts
def uncovered_list(request):
    """Assignments that their cadre leaves uncovered, and branches that nobody goes to."""
    acting = request.acting
    acting.require("see_assignments")
    kind = request.GET.get("kind", "")
    page = Paginator(uncovered.gaps(acting, kind=kind), PAGE_ROWS)
    page = page.get_page(request.GET.get("page"))
    assigns = acting.may("assign_work")
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
    """Branches that nobody goes to, each with those who fit best; what is chosen goes to the grid."""
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
