"""Pages of the steps in which a branch gives its members tasks."""

import hashlib

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.submitting import once
from branches.acting import FIRST_YEAR, LAST_YEAR, acts
from branches.choices import OrganizationKind
from branches.models import Meeting, Organization
from branches.views.visible import seen_members, visible_organization

from ..branch_tasks import page as reads
from ..choices import BranchTaskStep
from ..forms.branch_tasks import (
    DONE_STEPS,
    BackForm,
    DiscussionForm,
    DraftSheet,
    ResolutionForm,
    ReviewSheet,
)
from ..models import BranchTaskPlan
from ..registering.groups import TASK_GROUPS
from ..services import branch_task_drafts as drafts
from ..services import branch_tasks as steps

STEP_PAGES = {
    BranchTaskStep.REVIEW: "assignments:branch_tasks_review",
    BranchTaskStep.DRAFT: "assignments:branch_tasks_draft",
    BranchTaskStep.DISCUSSION: "assignments:branch_tasks_discussion",
    BranchTaskStep.RESOLUTION: "assignments:branch_tasks_resolution",
}
# The steps in which the page of a step can be saved.
BEFORE = tuple(BranchTaskStep)[:4]
OPEN_IN = {
    "review": BEFORE,
    "draft": BEFORE[1:],
    "discussion": BEFORE[2:],
    "resolution": BEFORE[3:],
}


@require_safe
@acts
def branch_tasks(request, pk, year):
    """How far a branch is with the tasks of a year, and what is to be done next."""
    acting = request.acting
    branch = seen_branch(request, pk, year)
    page = reads.read_branch_year(branch, year, on=acting.on)
    return render(
        request,
        "assignments/branch_tasks.html",
        _frame(request, branch, year)
        | {
            "page": page,
            "years": reads.years_of(branch, on=acting.on),
            "steps": _steps(page.plan),
            "next": page.plan.step if page.plan else BranchTaskStep.REVIEW,
            "seen_members": seen_members(request, [line.member.pk for line in page.lines]),
            "may_give": _may_give(request, branch) and not acting.is_past,
        },
    )


@require_http_methods(["GET", "POST"])
@acts
@once
def branch_tasks_review(request, pk, year):
    """First step: each member's circumstances, on one page."""
    branch = _given_by_reader(request, pk, year)
    page = reads.read_branch_year(branch, year, on=request.acting.today, checked=False)
    posted = request.POST if request.method == "POST" else None
    sheet = ReviewSheet(page.due, posted, today=request.acting.today)
    if posted is not None and sheet.is_valid():
        saved = _save(sheet.form, _write_review, request, branch, year, sheet)
        if saved:
            return _back(request, branch, year, _("What was found out is saved."))
    context = {"page": page, "sheet": sheet, "form": sheet.form, "row_forms": sheet.forms}
    plan = _plan(request, branch, year, page.row)
    return _render_step(request, "review", plan, context)


@require_http_methods(["GET", "POST"])
@acts
@once
def branch_tasks_draft(request, pk, year):
    """Second step: tasks for all, on one page; it stays open until the resolution."""
    branch = _given_by_reader(request, pk, year)
    page = reads.read_branch_year(branch, year, on=request.acting.today, checked=False)
    plan = _plan(request, branch, year, page.row)
    posted = request.POST if request.method == "POST" else None
    today = request.acting.today
    sheet = DraftSheet(page.lines, posted, year=year, today=today, mark=_mark(page))
    if posted is not None and sheet.is_valid():
        told = _save(sheet.form, _write_draft, request, plan, sheet)
        if told:
            return _after_draft(request, branch, year, told)
    context = {"page": page, "sheet": sheet, "form": sheet.form, "row_forms": sheet.forms}
    context["titles"] = reads.titles_before(branch, year)
    return _render_step(request, "draft", plan, context)


@require_http_methods(["GET", "POST"])
@acts
@once
def branch_tasks_discussion(request, pk, year):
    """Third step: the meeting that discussed the draft, and what was said."""
    branch = _given_by_reader(request, pk, year)
    plan = _plan(request, branch, year)
    meetings = Meeting.objects.filter(branch=branch, held_on__lte=request.acting.today)
    if plan.drafted_on:
        meetings = meetings.filter(held_on__gte=plan.drafted_on)
    form = DiscussionForm(
        request.POST if request.method == "POST" else None,
        row=plan,
        meetings=meetings.order_by("-held_on", "code"),
    )
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("meeting", "opinions", "changes")}
        if _save(form, _discuss, request, plan, values):
            return _back(request, branch, year, _("The discussion is saved."))
    context = {"form": form, "has_meeting": meetings.exists()}
    return _render_step(request, "discussion", plan, context)


@require_http_methods(["GET", "POST"])
@acts
@once
def branch_tasks_resolution(request, pk, year):
    """Fourth step: the resolution, which makes the tasks binding."""
    branch = _given_by_reader(request, pk, year)
    page = reads.read_branch_year(branch, year, on=request.acting.today, checked=False)
    plan = _plan(request, branch, year, page.row)
    form = ResolutionForm(request.POST if request.method == "POST" else None, row=plan)
    if request.method == "POST" and form.is_valid():
        number = _save(form, _resolve, request, plan, form.cleaned_data)
        if number is not None:
            words = ngettext("%(n)d task is binding.", "%(n)d tasks are binding.", number)
            return _back(request, branch, year, words % {"n": number})
    return _render_step(request, "resolution", plan, {"form": form, "page": page})


@require_http_methods(["GET", "POST"])
@acts
@once
def branch_tasks_back(request, pk, year):
    """Do a step once more, with a reason; a resolution is withdrawn by it."""
    branch = _given_by_reader(request, pk, year)
    plan = _plan(request, branch, year)
    done = DONE_STEPS[plan.next_step]
    form = BackForm(request.POST if request.method == "POST" else None, steps=done)
    if request.method == "POST" and form.is_valid():
        request.give_reason(form.cleaned_data["reason"])
        if _save(form, _go_back, request, plan, form.cleaned_data):
            return _back(request, branch, year, _("The step is open again."))
    return _render_step(request, "back", plan, {"form": form, "done": done})


def seen_branch(request, pk, year):
    """The branch with its facts of the day; 404 when the reader does not see its tasks."""
    branch = visible_organization(request, pk)
    if not FIRST_YEAR <= year <= LAST_YEAR or OrganizationKind.BRANCH not in (
        branch.kind,
        branch.kind_on,
    ):
        raise Http404
    if not request.user.may("see_assignments", branch, on=request.acting.today):
        raise PermissionDenied
    return branch


def _given_by_reader(request, pk, year):
    branch = seen_branch(request, pk, year)
    if not _may_give(request, branch):
        raise PermissionDenied
    return branch


def _may_give(request, branch):
    return request.user.may("give_tasks", branch, on=request.acting.today)


def _plan(request, branch, year, plan=None):
    """The plan, which may have been read; locked for whoever changes it. Without one, the first
    step is the way to begin."""
    rows = BranchTaskPlan.objects.select_related("branch", "discussed_at")
    if request.method == "POST":
        plan = rows.filter(branch=branch, year=year).select_for_update(of=("self",)).first()
    elif plan is None:
        plan = rows.filter(branch=branch, year=year).first()
    plan = plan or BranchTaskPlan(year=year, begun_on=request.acting.today)
    plan.branch = branch  # with its name of the day
    return plan


def _save(form, write, *args):
    """What `write` answers, or None where a service refuses: then nothing is written, and the form
    says why."""
    try:
        with transaction.atomic():
            return write(*args)
    except ValidationError as error:
        form.show(error)
        return None


def _write_review(request, branch, year, sheet):
    said = {"by": request.user, "at": timezone.now()}
    plan = steps.begin_plan(branch, year, **said)
    steps.save_review(plan, sheet.rows, **said)
    if request.POST.get("action") == "finish":
        steps.finish_review(plan, day=sheet.form.cleaned_data["day"], **said)
    return True


def _write_draft(request, plan, sheet):
    said = {"by": request.user, "at": timezone.now()}
    action = request.POST.get("action")
    made = drafts.save_draft(
        _stored(plan), changed=sheet.changed, dropped=sheet.dropped, new=sheet.new, **said
    )
    if action == "copy":
        made = drafts.copy_last_year(plan, **said)
        words = ngettext("%(n)d task was taken over.", "%(n)d tasks were taken over.", len(made))
        return words % {"n": len(made)}
    if action == "finish":
        drafts.finish_draft(plan, day=sheet.form.cleaned_data["day"], **said)
        return _("The draft is ready for the meeting.")
    return _("The draft is saved.")


def _after_draft(request, branch, year, told):
    if request.POST.get("action") == "finish":
        return _back(request, branch, year, told)
    messages.success(request, told)
    return HttpResponseRedirect(
        request.acting.url("assignments:branch_tasks_draft", branch.pk, year)
    )


def _discuss(request, plan, values):
    return steps.discuss(_stored(plan), **values, by=request.user, at=timezone.now())


def _resolve(request, plan, values):
    said = {"by": request.user, "at": timezone.now()}
    return steps.resolve(_stored(plan), number=values["number"], day=values["day"], **said)


def _go_back(request, plan, values):
    said = {"by": request.user, "at": timezone.now()}
    return steps.go_back(_stored(plan), step=values["step"], reason=values["reason"], **said)


def _stored(plan):
    """What has not begun has the first step to do."""
    if plan.pk is None:
        steps.require_step(plan, BranchTaskStep.DISCUSSION)
    return plan


def _mark(page):
    """Of the drafts as they are: another one when any of them differs."""
    drafted = [
        (line.task.pk, line.task.title, line.task.category, line.task.due_on, line.task.weight)
        for line in page.tasks
        if line.task.state == "draft"
    ]
    return hashlib.sha256(repr(sorted(drafted)).encode()).hexdigest()[:24]


def _steps(plan):
    """Lines (step, its day, "done", "now" or "later", the name of its page)."""
    lines = plan.lines if plan else [(step, None, "later") for step in BranchTaskStep]
    return [(*line, STEP_PAGES.get(line[0], "")) for line in lines]


def _frame(request, branch, year):
    above = Organization.objects.above(branch, on=request.acting.on)
    return {"branch": branch, "year": year, "above": above}


def _render_step(request, name, plan, context):
    frame = _frame(request, plan.branch, plan.year) | {"groups": TASK_GROUPS, "plan": plan}
    frame["refusal"] = _refusal(plan, *OPEN_IN.get(name, ()))
    return render(request, f"assignments/branch_tasks_{name}.html", frame | context)


def _refusal(plan, *wanted):
    """Why the step cannot be done now, as a sentence; "" where it can."""
    try:
        if wanted:
            steps.require_step(plan, *wanted)
    except ValidationError as error:
        return error.messages[0]
    return ""


def _back(request, branch, year, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("assignments:branch_tasks", branch.pk, year))
