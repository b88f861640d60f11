"""The work page of a branch in a cycle, and doing its steps."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.submitting import once
from branches.acting import acts

from ..choices import StepKind
from ..cycles.branches import member_rows, visible_branch, way_of
from ..forms.cycles import FinishForm, ReopenForm
from ..services.cycle_steps import (
    ACTIONS,
    BRANCH,
    SECTION,
    UNIT,
    body_of_step,
    finish_step,
    may_do_step,
    reopen_step,
)

# How the names of the routes begin, by the action that they need.
ROUTES = {BRANCH: "", SECTION: "section_", UNIT: "unit_"}


@require_safe
@acts
def cycle_branch(request, pk, branch):
    """The steps of a branch, and its members with what each step said of them."""
    today = request.acting.today
    row = visible_branch(request, pk, branch)
    way = way_of(row, on=today)
    following = next((step for step in way if step.is_next), None)
    last = next((step for step in reversed(way) if step.done), None)
    context = {
        "cycle": row.cycle,
        "row": row,
        "way": way,
        "following": following,
        "last": last,
        "keeps": may_do_step(row, StepKind.PROPOSAL, by=request.user, on=today),
        "proposes": may_do_step(row, StepKind.SECTION, by=request.user, on=today),
        "finish_url": _step_url(request, row, following, "finish"),
        "reopen_url": _step_url(request, row, last, "reopen"),
        "waits_for": body_of_step(row, following.kind)[1] if following else None,
        "rows": member_rows(row),
        "shows_section": row.section_id is not None,
    }
    return render(request, "evaluations/cycle_branch.html", context)


def _step_url(request, row, step, deed):
    """Where the reader finishes the step, or takes it back; "" where they may not."""
    today = request.acting.today
    if step is None or row.cycle.is_locked:
        return ""
    if not may_do_step(row, step.kind, by=request.user, on=today):
        return ""
    action, _body = body_of_step(row, step.kind)
    name = f"evaluations:{ROUTES[action]}step_{deed}"
    return request.acting.url(name, row.cycle_id, row.branch_id, step.kind)


@require_http_methods(["GET", "POST"])
@acts
@once
def step_finish(request, pk, branch, kind, action):
    """The branch has done a step; `action` is what who does such steps may do."""
    row, kind = _step(request, pk, branch, kind, action)
    form = FinishForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            finish_step(
                row,
                kind,
                note=form.cleaned_data["note"],
                by=request.user,
                on=request.acting.today,
                at=timezone.now(),
            )
            messages.success(request, _("Done: %(step)s.") % {"step": kind.label})
            return _back(request, row)
        except ValidationError as error:
            form.show(error)
    context = {
        "cycle": row.cycle,
        "row": row,
        "kind": kind,
        "form": form,
        "missing": row.appraisals.without(kind).select_related("member").order_by("member__code"),
    }
    return render(request, "evaluations/step_finish.html", context)


@require_http_methods(["GET", "POST"])
@acts
def step_reopen(request, pk, branch, kind, action):
    """Take back that a step was done, for a reason that stands in the trail."""
    row, kind = _step(request, pk, branch, kind, action)
    form = ReopenForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        request.give_reason(reason)
        try:
            reopen_step(row, kind, reason=reason, by=request.user, on=request.acting.today)
            messages.success(request, _("Taken back: %(step)s.") % {"step": kind.label})
            return _back(request, row)
        except ValidationError as error:
            form.show(error)
    context = {"cycle": row.cycle, "row": row, "kind": kind, "form": form}
    return render(request, "evaluations/step_reopen.html", context)


def _step(request, pk, branch, kind, action):
    """The branch and the step of the address: 404 where there is none, 403 where the reader does
    not do it."""
    row = visible_branch(request, pk, branch)
    if kind not in StepKind.values or ACTIONS[kind] != action:
        raise Http404
    if kind == StepKind.SECTION and row.section_id is None:
        raise Http404
    if not may_do_step(row, kind, by=request.user, on=request.acting.today):
        raise PermissionDenied
    return row, StepKind(kind)


def _posted(request):
    return request.POST if request.method == "POST" else None


def _back(request, row):
    address = request.acting.url("evaluations:cycle_branch", row.cycle_id, row.branch_id)
    return HttpResponseRedirect(address)
