"""Pages of what follows a branch's resolution: own plans, checks at meetings, one's own tasks, and
the rate of every branch."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.submitting import once
from branches.acting import acts, read_year
from branches.as_of import as_of
from branches.choices import OrganizationKind
from branches.listing import render_list
from branches.models import Meeting, Organization

from ..branch_tasks import page as reads
from ..branch_tasks.rate_lists import PAGE, rates_of, rates_year, total_of
from ..forms.branch_tasks import CheckSheet, OwnPlanForm
from ..forms.reasons import ReasonForm
from ..forms.task_work import KEY
from ..models import OwnPlan, Task
from ..services import branch_task_work as services
from ..tables.branch_rates import BranchRateTable

DOWNLOAD = "accounts:list_download"


@require_http_methods(["GET", "POST"])
@acts
@once
def branch_tasks_check(request, pk):
    """Check the branch's open tasks at a meeting: one page, one request."""
    meeting = _meeting(request, pk)
    tasks = list(
        services.tasks_to_check(meeting)
        .select_related("member")
        .order_by("member__sort_key", "code")
    )
    checks = {check.task_id: check for check in meeting.task_checks.all()}
    sheet = CheckSheet(tasks, checks, request.POST if request.method == "POST" else None)
    if request.method == "POST" and sheet.is_valid():
        saved = _save(sheet.form, services.check_tasks, meeting, sheet.rows, **_said(request))
        if saved:
            messages.success(request, _("What the meeting said is saved."))
            return _to_branch(request, meeting.branch_id, meeting.held_on.year)
    earlier = reads.checks_before(meeting, tasks)
    return render(
        request,
        "assignments/branch_tasks_check.html",
        {
            "meeting": meeting,
            "sheet": sheet,
            "form": sheet.form,
            "row_forms": sheet.forms,
            "earlier": earlier,
            "above": Organization.objects.above(meeting.branch, on=request.acting.on),
        },
    )


@require_http_methods(["GET", "POST"])
@acts
@once
def branch_task_plan(request, pk):
    """A member's own plan for a task: written by the member, agreed to by the branch."""
    task = _branch_task(request, pk)
    today = request.acting.today
    may_write = services.speaks_for(task, by=request.user, on=today)
    may_agree = _may_agree(request, task)
    plans = OwnPlan.objects.filter(task=task)
    plan = (plans.select_for_update() if request.method == "POST" else plans).first()
    form = OwnPlanForm(request.POST if request.method == "POST" else None, row=plan, task=task)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("steps", "begins_on", "ends_on")}
        if _save(form, services.write_own_plan, task, **values, **_said(request)):
            messages.success(request, _("The plan is saved."))
            return _to_task(request, task)
    shown = reads.read_task(task, on=request.acting.on)
    return render(
        request,
        "assignments/branch_task_plan.html",
        {
            "task": task,
            "line": shown,
            "form": form,
            "may_write": may_write and shown.is_open,
            "may_agree": may_agree and shown.is_open and plan and not plan.agreed_on,
            "may_report": may_agree and may_write and shown.is_open,
            "above": Organization.objects.above(task.organization, on=request.acting.on),
        },
    )


@require_POST
@acts
def branch_task_agree(request, pk):
    """The branch agrees to a member's own plan."""
    task = _branch_task(request, pk)
    if not _may_agree(request, task):
        raise PermissionDenied
    try:
        services.agree_own_plan(task, **_said(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The branch agrees to the plan."))
    return _to_plan(request, task)


@require_http_methods(["GET", "POST"])
@acts
@once
def branch_task_report(request, pk):
    """The secretary reports a task as done for a member who has no account."""
    task = _branch_task(request, pk)
    own = task.member_id == request.user.member_id
    if own or not services.speaks_for(task, by=request.user, on=request.acting.today):
        raise PermissionDenied
    form = ReasonForm(
        request.POST if request.method == "POST" else None, button=_("Report as done")
    )
    form.fields["reason"].label = _("What was done")
    form.fields["reason"].help_text = ""
    form.helper.layout.insert(0, KEY)
    if request.method == "POST" and form.is_valid():
        comment = form.cleaned_data["reason"]
        if _save(form, services.report_for_member, task, comment=comment, **_said(request)):
            messages.success(request, _("The report is sent: it waits for its confirmation."))
            return _to_task(request, task)
    above = Organization.objects.above(task.organization, on=request.acting.on)
    context = {"task": task, "form": form, "above": above}
    return render(request, "assignments/branch_task_report.html", context)


@require_safe
@acts
def my_branch_tasks(request):
    """What my branch gave me: tasks, own plans, what meetings said, and what it wrote of me."""
    acting = request.acting
    year = read_year(request) or acting.on.year
    page = reads.own_tasks(request.user.member_id, year=year, on=acting.on)
    context = {"page": page, "year": year, "years": page.years}
    return render(request, "assignments/my_branch_tasks.html", context)


@require_safe
@acts
def branch_tasks_rates(request):
    """The rate of members with a task for every branch, and what is missing there."""
    acting = request.acting
    acting.require("see_assignments")
    year, on = rates_year(request)
    if acting.organization.kind_on == OrganizationKind.BRANCH and not request.htmx:
        return redirect(acting.url("assignments:branch_tasks", acting.organization.pk, year))
    rates = rates_of(request)
    return render_list(
        request,
        "assignments/branch_tasks_rates.html",
        table=BranchRateTable(rates, year=year),
        downloads=_downloads(request, year),
        counted=ngettext_lazy("%(number)s branch", "%(number)s branches", "count"),
        year=year,
        day=on,
        years=range(acting.on.year + 1, acting.on.year - 4, -1),
        total=total_of(rates),
    )


def _downloads(request, year):
    """The list as files, sorted as it is shown."""
    sort = request.GET.get("sort", "")
    url = request.acting.url
    return [
        {"label": kind.upper(), "url": url(DOWNLOAD, kind, list=PAGE, year=year, sort=sort)}
        for kind in ("xlsx", "csv")
    ]


def _meeting(request, pk):
    """404 for a meeting that the reader does not see, 403 where they give no tasks."""
    visible = Meeting.objects.visible_to(request.user, on=request.acting.today)
    meeting = get_object_or_404(visible.select_related("branch"), pk=pk)
    if not request.user.may("give_tasks", meeting.branch, on=request.acting.today):
        raise PermissionDenied
    as_of([meeting.branch], on=request.acting.on)
    return meeting


def _branch_task(request, pk):
    visible = Task.objects.visible_to(request.user, on=request.acting.today)
    rows = visible.filter(assignment=None).select_related("member", "organization")
    task = get_object_or_404(rows, pk=pk)
    as_of([task.organization], on=request.acting.on)
    return task


def _may_agree(request, task):
    """Nobody agrees to their own plan."""
    if task.member_id == request.user.member_id:
        return False
    return request.user.may("give_tasks", task.organization, on=request.acting.today)


def _said(request):
    return {"by": request.user, "at": timezone.now()}


def _save(form, service, *args, **values):
    """Whether it was done; where the service refuses, nothing is written and the form says why."""
    try:
        with transaction.atomic():
            service(*args, **values)
    except ValidationError as error:
        form.show(error)
        return False
    return True


def _to_branch(request, branch, year):
    return HttpResponseRedirect(request.acting.url("assignments:branch_tasks", branch, year))


def _to_task(request, task):
    return HttpResponseRedirect(request.acting.url("assignments:task", task.pk))


def _to_plan(request, task):
    return HttpResponseRedirect(request.acting.url("assignments:branch_task_plan", task.pk))
