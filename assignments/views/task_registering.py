"""Pages on which a cadre registers the year's tasks."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.submitting import once
from branches.acting import acts, read_year
from branches.models import Organization

from ..forms.task_work import MOST_LINES, TaskChangeForm, TaskLines
from ..models import Task
from ..registering.page import is_own
from ..registering.pasting import read_tasks
from ..registering.places import places_of, rows_of_last_year
from ..registering.states import NEEDS_A_REASON, require_state
from ..services import task_registering as services

PREFIX = "row"
BLANK_LINES = 3
MORE_LINES = 3


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def task_register(request):
    """Several tasks of a year on one page: kept as drafts, or registered at once."""
    acting = request.acting
    year = read_year(request) or acting.today.year
    if not acting.today.year <= year <= acting.today.year + services.YEARS_AHEAD:
        raise Http404
    places = places_of(request.user, year=year, on=acting.today)
    lines = _lines(request, places, year)
    is_valid = request.POST.get("action") in ("draft", "register") and lines.is_valid()
    if is_valid and (saved := _save(request, lines, year)):
        return saved
    context = {
        "form": lines,
        "places": places,
        "year": year,
        "years": [acting.today.year + 1, acting.today.year],
        "most": MOST_LINES,
        "pasted": request.POST.get("pasted", "") if request.POST.get("action") != "read" else "",
        "may_copy": request.method == "GET"
        and Task.objects.registered_by(request.user).counted().filter(year=year - 1).exists(),
    }
    return render(request, "assignments/task_register.html", context)


def _lines(request, places, year):
    """The lines of the page: as they were posted, with more of them where that was asked for."""
    kwargs = {"prefix": PREFIX, "form_kwargs": {"places": places}}
    action = request.POST.get("action")
    if action in ("draft", "register"):
        return TaskLines(request.POST, **kwargs)
    rows = []
    if action in ("more", "read"):
        rows = _posted_rows(request.POST)
        if action == "read":
            rows += read_tasks(request.POST.get("pasted", ""), places=places)
            if len(rows) > MOST_LINES:
                messages.error(
                    request,
                    _("At most %(most)s tasks are written on one page: the others are left out.")
                    % {"most": MOST_LINES},
                )
    elif request.GET.get("copy"):
        rows = rows_of_last_year(request.user, places, year=year)
    blank = MORE_LINES if action == "more" else 1 if rows else BLANK_LINES
    return TaskLines(initial=[*rows, *({} for _each in range(blank))][:MOST_LINES], **kwargs)


def _posted_rows(data):
    """What was written so far, as it was typed; empty lines are dropped."""
    total = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    count = min(int(total), MOST_LINES) if total.isdecimal() and len(total) < 4 else 0
    names = TaskLines.form.base_fields
    rows = [
        {name: data.get(f"{PREFIX}-{each}-{name}", "") for name in names} for each in range(count)
    ]
    return [row for row in rows if row["title"].strip()]


def _save(request, lines, year):
    """Save the lines and go to the sheet; None when something is wrong with one of them."""
    at, filled = timezone.now(), lines.filled
    rows = [services.NewTask(year=year, **line.values) for line in filled]
    try:
        tasks = services.register_tasks(rows, by=request.user, at=at)
    except services.TasksRefused as refused:
        for line, wrong in zip(filled, refused.rows, strict=True):
            line.show(wrong)
        return None
    words = ngettext("%(count)d draft is saved.", "%(count)d drafts are saved.", len(tasks))
    if request.POST.get("action") == "register":
        services.submit_tasks(tasks, by=request.user, at=at)
        words = ngettext(
            "%(count)d task is registered.", "%(count)d tasks are registered.", len(tasks)
        )
    messages.success(request, words % {"count": len(tasks)})
    return HttpResponseRedirect(_sheet(request, year))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def task_change(request, pk):
    task = _own_task(request, pk)
    if request.method == "GET":
        try:
            require_state("change", task)
        except ValidationError as error:
            return _back(request, task, error)
    places = places_of(request.user, year=task.year, on=request.acting.today)
    places.keep(task)
    form = TaskChangeForm(
        request.POST if request.method == "POST" else None,
        row=task,
        places=places,
        needs_reason=task.state in NEEDS_A_REASON,
    )
    if request.method == "POST" and form.is_valid():
        values = form.values | {"reason": form.cleaned_data.get("reason", "")}
        try:
            services.change_task(task, by=request.user, at=timezone.now(), **values)
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The task is changed."))
            return HttpResponseRedirect(request.acting.url("assignments:task", pk))
    return render(request, "assignments/task_form.html", _context(request, task, form))


@require_POST
@acts
def task_submit(request):
    """Register drafts: those that are ticked, or all of a year."""
    tasks = Task.objects.registered_by(request.user)
    ids = [int(pk) for pk in request.POST.getlist("task") if pk.isdecimal() and len(pk) < 18]
    tasks = list(tasks.filter(pk__in=ids))
    if not tasks or len(tasks) != len(set(ids)):
        raise Http404
    try:
        services.submit_tasks(tasks, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = ngettext(
            "%(count)d task is registered.", "%(count)d tasks are registered.", len(tasks)
        )
        messages.success(request, words % {"count": len(tasks)})
    return HttpResponseRedirect(_sheet(request, tasks[0].year))


@require_POST
@acts
def task_discard(request, pk):
    """Throw a draft away."""
    task = _own_task(request, pk)
    try:
        services.discard_task(task, by=request.user, at=timezone.now())
    except ValidationError as error:
        return _back(request, task, error)
    messages.success(request, _("The draft is discarded."))
    return HttpResponseRedirect(_sheet(request, task.year))


def _own_task(request, pk):
    """The task: 404 when it is not seen, 403 when it is somebody else's or given by a branch."""
    visible = Task.objects.visible_to(request.user, on=request.acting.today)
    rows = visible.select_related("organization", "assignment__target")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    task = get_object_or_404(rows, pk=pk)
    if not is_own(task, request.user) or task.assignment_id is None:
        raise PermissionDenied
    return task


def _back(request, task, error):
    messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(request.acting.url("assignments:task", task.pk))


def _sheet(request, year):
    return request.acting.url("assignments:task_sheet", request.user.member_id, year=year)


def _context(request, task, form):
    above = Organization.objects.above(task.organization, on=request.acting.on)
    return {
        "task": task,
        "form": form,
        "heading": _("Change the task"),
        "above": above,
        "is_change": True,
    }
