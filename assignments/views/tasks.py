"""Pages of tasks."""

from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from branches.acting import acts, read_year
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Member, Organization
from branches.views.visible import sees_member

from ..filters.assignments import TaskFilter
from ..models import Task
from ..registering import page as task_page
from ..tables.assignments import TaskTable


@require_safe
@acts
def task_list(request):
    """Tasks done in the organization acted for or below it."""
    acting = request.acting
    acting.require("see_assignments")
    below = Organization.objects.below(acting.organization, on=acting.on)
    visible = Task.objects.visible_to(request.user, on=acting.today)
    tasks = visible.filter(organization__in=below.values("pk"))
    if acting.is_past:
        tasks = tasks.filter(year__lte=acting.on.year)
    years = tasks.order_by("-year").values_list("year", flat=True).distinct()
    filters = TaskFilter(request.GET, tasks.with_people(), request=request, years=list(years))
    return render_list(
        request,
        "assignments/tasks.html",
        table=TaskTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s task", "%(number)s tasks", "count"),
    )


@require_safe
@acts
def task_detail(request, pk):
    """One task: what it says, the way it has gone, and what its reader may do now."""
    acting = request.acting
    visible = Task.objects.visible_to(request.user, on=acting.today)
    rows = visible.with_reported_at().with_committee(on=acting.on)
    task = get_object_or_404(
        rows.select_related("member", "organization", "assignment__target", "confirmed_by"),
        pk=pk,
    )
    committee = Organization.objects.filter(pk=task.committee).first()
    places = [task.organization, task.assignment and task.assignment.target]
    as_of([*places, task.confirmed_by, committee], on=acting.on)
    return render(
        request,
        "assignments/task.html",
        {
            "task": task,
            "page": task_page.task_page(task, user=request.user, on=acting.on, today=acting.today),
            "committee": committee,
            "is_own": task_page.is_own(task, request.user),
            "by_branch": task_page.is_by_branch(task),
            "above": Organization.objects.above(task.organization, on=acting.on),
            "sees_member": sees_member(request, task.member_id),
        },
    )


@require_safe
@acts
def task_sheet(request, pk):
    """The tasks of a member in a year on one sheet, to be registered and to be printed."""
    acting = request.acting
    tasks = Task.objects.visible_to(request.user, on=acting.today)
    if acting.is_past:
        tasks = tasks.filter(year__lte=acting.on.year)
    seen = Member.objects.visible_to(request.user, on=acting.today)
    member = get_object_or_404(
        Member, Q(pk__in=seen.values("pk")) | Q(pk__in=tasks.values("member")), pk=pk
    )
    year = read_year(request) or acting.on.year
    organizations = Organization.objects.on(acting.on)
    sheet = task_page.task_sheet(
        tasks,
        member=member,
        year=year,
        on=acting.on,
        today=acting.today,
        organizations=organizations,
    )
    context = {"member": member, "year": year, "years": sheet.years, "sheet": sheet}
    context["is_own"] = member.pk == request.user.member_id
    context["may_register"] = context["is_own"] and year in (
        acting.today.year,
        acting.today.year + 1,
    )
    return render(request, "assignments/task_sheet.html", context)
