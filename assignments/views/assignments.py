"""Pages of assignments."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from branches.acting import acts, read_year
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Meeting, Organization
from branches.periods import whole_year
from branches.views.visible import sees_member

from ..assigning import pages
from ..filters.assignments import AssignmentFilter
from ..models import Assignment
from ..tables.assignments import AssignmentTable
from ..visits.states import states_of

MOST_LINES = 24


@require_safe
@acts
def assignment_list(request):
    """Who is assigned to the organization acted for, or to one below it."""
    acting = request.acting
    acting.require("see_assignments")
    assignments = (
        Assignment.objects.visible_to(request.user, on=acting.today)
        .of_targets(Organization.objects.below(acting.organization, on=acting.on))
        .told(on=acting.on, today=acting.today)
        .with_people()
    )
    filters = AssignmentFilter(
        request.GET,
        pages.with_results(assignments, year=acting.on.year, until=acting.on),
        request=request,
    )
    return render_list(
        request,
        "assignments/assignments.html",
        table=AssignmentTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s assignment", "%(number)s assignments", "count"),
    )


@require_safe
@acts
def assignment_detail(request, pk):
    acting = request.acting
    visible = Assignment.objects.visible_to(request.user, on=acting.today)
    assignment = get_object_or_404(
        visible.select_related("member", "target", "directive__issuer", "team", "confirmer"), pk=pk
    )
    page = pages.assignment_page(
        assignment, on=acting.on, today=acting.today, year=read_year(request)
    )
    return render(
        request,
        "assignments/assignment.html",
        {
            "assignment": assignment,
            "page": page,
            "above": Organization.objects.above(assignment.target, on=acting.on),
            "sees_member": sees_member(request, assignment.member_id),
            "seen_meetings": _seen_meetings(request, page.visits),
            "lines": _lines(assignment, acting),
        },
    )


def _lines(assignment, acting):
    """Meeting by meeting of the year, where the visits stand now; on another day nothing, as what
    was claimed and decided on is known as it is today."""
    if not acting.is_today:
        return []
    year = whole_year(acting.today.year)
    lines = states_of([assignment], year, today=acting.today)[:MOST_LINES]
    as_of((line.branch for line in lines), on=acting.on)
    return lines


def _seen_meetings(request, visits):
    """The ids of the meetings visited that the reader may open."""
    visible = Meeting.objects.visible_to(request.user, on=request.acting.today)
    ids = [row.meeting_id for row in visits]
    return set(visible.filter(pk__in=ids).values_list("pk", flat=True))
