"""Pages on which tasks go their way: reported by the cadre, decided on by the office."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.submitting import once
from branches.acting import acts
from branches.models import Organization

from ..forms.reasons import ReasonForm
from ..forms.task_work import ConfirmForm, ReportForm, WeighForm
from ..models import Task, TaskEvidence
from ..registering.page import is_own
from ..registering.states import require_state
from ..services import task_work as services

SENDING_BACK = {
    "return": (
        gettext_lazy("Send the task back"),
        gettext_lazy("Send back"),
        gettext_lazy("The task is sent back to the cadre."),
        services.return_task,
    ),
    "reopen": (
        gettext_lazy("Open the confirmation again"),
        gettext_lazy("Open again"),
        gettext_lazy("The confirmation is taken back: the report waits again."),
        services.reopen_task,
    ),
    "cancel": (
        gettext_lazy("Cancel the task"),
        gettext_lazy("Cancel the task"),
        gettext_lazy("The task is cancelled."),
        services.cancel_task,
    ),
}


@require_POST
@acts
def task_start(request, pk):
    """The member says that the work has begun."""
    task = _own_task(request, pk)
    try:
        services.start_task(task, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The task is in progress."))
    return _to(request, task)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def task_report(request, pk):
    """How far it is: handed in for confirmation, or noted as progress."""
    task = _own_task(request, pk)
    if refusal := _refused(request, "report", task):
        return refusal
    label = _("Report: %(task)s") % {"task": task.title}
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(*posted, task=task, label=label)
    if request.method == "POST" and form.is_valid():
        service = services.report_task if form.is_done else services.note_progress
        try:
            service(task, by=request.user, at=timezone.now(), **form.values)
        except ValidationError as error:
            form.show(error)
        else:
            done = _("The report is sent: it waits for its confirmation.")
            messages.success(request, done if form.is_done else _("The progress is noted."))
            return _to(request, task)
    return _form(request, task, form, _("Report the task"))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def task_confirm(request, pk):
    """The office of the confirming committee confirms what was reported, with its outcome."""
    task = _task_to_decide(request, pk)
    if refusal := _refused(request, "confirm", task):
        return refusal
    suggested = services.suggested_outcome(task)
    data = request.POST if request.method == "POST" else None
    form = ConfirmForm(data, row=task, suggested=suggested)
    if request.method == "POST" and form.is_valid():
        pairs = [(task, form.cleaned_data["outcome"])]
        try:
            services.confirm_tasks(pairs, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The task is confirmed."))
            return _to(request, task)
    step = task.steps.filter(kind="reported").prefetch_related("evidence__file").last()
    more = {"report": step, "suggested": suggested}
    return _form(request, task, form, _("Confirm the task"), **more)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def task_return(request, pk):
    """The office sends a registration or a report back, with a reason."""
    return _send_back(request, "return", _task_to_decide(request, pk))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def task_reopen(request, pk):
    """The office takes its confirmation back, with a reason."""
    return _send_back(request, "reopen", _task_to_decide(request, pk))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def task_cancel(request, pk):
    """Who assigned the cadre drops a task, with a reason."""
    task = _visible_task(request, pk)
    if not services.may_cancel(task, by=request.user, on=request.acting.today):
        raise PermissionDenied
    return _send_back(request, "cancel", task)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def task_weigh(request, pk):
    """The office gives a registered task another weight, with a reason."""
    task = _task_to_decide(request, pk)
    if refusal := _refused(request, "weigh", task):
        return refusal
    form = WeighForm(request.POST if request.method == "POST" else None, task=task)
    if request.method == "POST" and form.is_valid():
        try:
            services.weigh_task(task, by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The weight is changed."))
            return _to(request, task)
    return _form(request, task, form, _("Change the weight"))


@require_safe
@acts
def task_evidence(request, pk):
    """Download what was sent with a report. What it says it is was checked when it came in; no
    browser shows it as a page of ours."""
    tasks = Task.objects.visible_to(request.user, on=request.acting.today)
    evidence = TaskEvidence.objects.filter(step__task__in=tasks.values("pk"))
    file = get_object_or_404(evidence.select_related("file"), pk=pk).file
    response = HttpResponse(bytes(file.content), content_type=file.media_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _send_back(request, action, task):
    """The three that undo something: each asks why."""
    heading, button, done, service = SENDING_BACK[action]
    if refusal := _refused(request, action, task):
        return refusal
    form = ReasonForm(request.POST if request.method == "POST" else None, button=button)
    if request.method == "POST" and form.is_valid():
        try:
            service(task, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, done)
            return _to(request, task)
    return _form(request, task, form, heading)


def _visible_task(request, pk):
    acting = request.acting
    rows = Task.objects.visible_to(request.user, on=acting.today)
    rows = rows.select_related("member", "organization", "assignment__target")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    return get_object_or_404(rows.with_reported_at().with_committee(on=acting.today), pk=pk)


def _own_task(request, pk):
    task = _visible_task(request, pk)
    if not is_own(task, request.user):
        raise PermissionDenied
    return task


def _task_to_decide(request, pk):
    """A task that the reader decides on for its committee, or 403."""
    task = _visible_task(request, pk)
    decided = Task.objects.confirmable_by(request.user, on=request.acting.today)
    if not decided.filter(pk=task.pk).exists():
        raise PermissionDenied
    return task


def _refused(request, action, task):
    """Back to the task with a sentence, when one opens a page that its state does not have."""
    if request.method == "POST":
        return None  # the service says it, on the form
    try:
        require_state(action, task)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _to(request, task)
    return None


def _to(request, task):
    return HttpResponseRedirect(request.acting.url("assignments:task", task.pk))


def _form(request, task, form, heading, **more):
    above = Organization.objects.above(task.organization, on=request.acting.on)
    context = {"task": task, "form": form, "heading": heading, "above": above} | more
    return render(request, "assignments/task_form.html", context)
