"""What committees propose: the branch's own, for all its members at once, and the sub-committee's;
and the comments of other places that they go by."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.submitting import once
from branches.acting import acts
from branches.models import Organization

from ..choices import CommentKind, StepKind
from ..cycles.branches import member_rows, visible_branch
from ..forms.appraisals import AskForm, CommentForm, ProposalsForm
from ..models import Comment, Proposal
from ..rules import read_scheme
from ..services.appraisals import (
    ask_for_comments,
    needed_comments,
    propose,
    state_mended,
    write_comment,
)
from ..services.cycle_steps import may_do_step, require_turn
from .appraisals import visible_appraisal


@require_http_methods(["GET", "POST"])
@acts
@once
def proposals(request, pk, branch):
    """The committee of the branch proposes a level for each member, on one page."""
    return _proposals(request, pk, branch, StepKind.PROPOSAL)


@require_http_methods(["GET", "POST"])
@acts
@once
def section_proposals(request, pk, branch):
    """The sub-committee above the branch proposes after its vote."""
    return _proposals(request, pk, branch, StepKind.SECTION)


def _proposals(request, pk, branch, step):
    row = _kept(request, pk, branch, step)
    members = member_rows(row)
    present = Proposal.objects.filter(appraisal__cycle_branch=row, step=step)
    form = ProposalsForm(
        _posted(request),
        appraisals=[each for each in members if each.is_to_be_rated],
        proposals={each.appraisal_id: each for each in present},
        asks_mended=step == StepKind.PROPOSAL and _asks_mended(row.cycle),
        filled="filled" in request.GET,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _propose(request, row, form, step)
            return _back(request, row)
        except ValidationError as error:
            form.show(error)
    context = {
        "cycle": row.cycle,
        "row": row,
        "step": step,
        "form": form,
        "others": [each for each in members if not each.is_to_be_rated],
        "out_of_turn": _why_not_yet(row, step),
        "is_done": row.done.filter(kind=step).exists(),
    }
    return render(request, "evaluations/proposals.html", context)


def _asks_mended(cycle):
    return read_scheme(cycle.scheme.definition).conditions.shortcomings_mended


def _propose(request, row, form, step):
    who = {"by": request.user, "on": request.acting.today, "at": timezone.now()}
    changed = propose(row, step=step, proposals=form.proposals, **who)
    if mended := form.mended:
        state_mended(row, mended=mended, **who)
    sentence = ngettext("%(count)d proposal saved.", "%(count)d proposals saved.", changed)
    messages.success(request, sentence % {"count": changed})


def _why_not_yet(row, step):
    try:
        require_turn(row, step)
    except ValidationError as error:
        return error.messages[0]
    return ""


def _posted(request):
    return request.POST if request.method == "POST" else None


def _kept(request, pk, branch, step):
    """The branch, for who does this step of it; 404 for who does not see it."""
    row = visible_branch(request, pk, branch)
    if step == StepKind.SECTION and row.section_id is None:
        raise Http404
    if not may_do_step(row, step, by=request.user, on=request.acting.today):
        raise PermissionDenied
    return row


def _back(request, row):
    address = request.acting.url("evaluations:cycle_branch", row.cycle_id, row.branch_id)
    return HttpResponseRedirect(address)


@require_http_methods(["GET", "POST"])
@acts
@once
def comments(request, pk, branch):
    """Which comments are asked for, received or missing, of every member of the branch."""
    row = _kept(request, pk, branch, StepKind.COMMENTS)
    counts = {
        kind: needed.exclude(comments__kind=kind).count()
        for kind, needed in needed_comments(row).items()
    }
    initial = {"asked_on": request.acting.today, "kinds": [k for k, n in counts.items() if n]}
    form = AskForm(_posted(request), counts=counts, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request, row, form)
            return HttpResponseRedirect(
                request.acting.url("evaluations:comments", row.cycle_id, row.branch_id)
            )
        except ValidationError as error:
            form.show(error)
    context = {
        "cycle": row.cycle,
        "row": row,
        "form": form,
        "lines": _comment_lines(row),
        "kinds": list(CommentKind),
        "is_done": row.done.filter(kind=StepKind.COMMENTS).exists(),
        "may_ask": any(counts.values()),
    }
    return render(request, "evaluations/comments.html", context)


def _ask(request, row, form):
    added = ask_for_comments(
        row,
        kinds=form.cleaned_data["kinds"],
        asked_on=form.cleaned_data["asked_on"],
        by=request.user,
        on=request.acting.today,
        at=timezone.now(),
    )
    sentence = ngettext(
        "%(count)d comment is waited for.", "%(count)d comments are waited for.", added
    )
    messages.success(request, sentence % {"count": added})


def _comment_lines(row):
    """[(appraisal, [(CommentKind, Comment or None)])] by name."""
    found = {}
    for each in Comment.objects.filter(appraisal__cycle_branch=row):
        found[each.appraisal_id, each.kind] = each
    people = row.appraisals.to_be_rated().select_related("member")
    return [
        (each, [(kind, found.get((each.pk, kind))) for kind in CommentKind])
        for each in people.order_by("member__sort_key", "member__code")
    ]


@require_http_methods(["GET", "POST"])
@acts
@once
def comment_write(request, pk, kind):
    """One comment on a member: who asked when, what came, or why it is not needed."""
    acting = request.acting
    appraisal = visible_appraisal(request, pk)
    if kind not in CommentKind.values:
        raise Http404
    row = appraisal.cycle_branch
    if not may_do_step(row, StepKind.COMMENTS, by=request.user, on=acting.today):
        raise PermissionDenied
    comment = _locked_comment(request, appraisal, kind)
    form = CommentForm(
        _posted(request),
        row=comment,
        organizations=Organization.objects.visible_to(request.user, on=acting.today),
    )
    if request.method == "POST" and form.is_valid():
        try:
            values = {name: form.cleaned_data[name] for name in form.fields if name != "seen"}
            write_comment(
                appraisal, kind=kind, by=request.user, on=acting.today, at=timezone.now(), **values
            )
            messages.success(request, _("The comment is saved."))
            return HttpResponseRedirect(
                acting.url("evaluations:comments", row.cycle_id, row.branch_id)
            )
        except ValidationError as error:
            form.show(error)
    context = {
        "appraisal": appraisal,
        "row": row,
        "cycle": appraisal.cycle,
        "kind": CommentKind(kind),
        "form": form,
    }
    return render(request, "evaluations/comment_write.html", context)


def _locked_comment(request, appraisal, kind):
    rows = Comment.objects.select_related("organization")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    return rows.filter(appraisal=appraisal, kind=kind).first()
