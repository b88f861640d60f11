"""Pages of tasks."""

from django.shortcuts import get_object_or_404, render
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from branches.acting import acts
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization
from branches.views.visible import sees_member

from ..filters import TaskFilter
from ..models import Task
from ..tables import TaskTable


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
    acting = request.acting
    visible = Task.objects.visible_to(request.user, on=acting.today)
    task = get_object_or_404(
        visible.select_related("member", "organization", "assignment__target", "confirmed_by"),
        pk=pk,
    )
    as_of([task.organization, task.assignment and task.assignment.target], on=acting.on)
    return render(
        request,
        "assignments/task.html",
        {
            "task": task,
            "above": Organization.objects.above(task.organization, on=acting.on),
            "sees_member": sees_member(request, task.member_id),
        },
    )
