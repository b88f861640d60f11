"""The votes of a branch: recording a ballot, withdrawing it, and what came of all rounds."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.submitting import once
from assignments.forms.reasons import ReasonForm
from branches.acting import acts, read_day
from branches.as_of import as_of
from branches.editing import mark_of

from .. import voting
from ..forms.votes import VoteForm
from ..models import CycleBranch
from ..rules import votes as rules
from ..services import votes as services


@require_safe
@acts
def votes(request, pk, branch):
    """What the branch voted, round by round, and what can be recorded next."""
    branch = _branch(request, pk, branch)
    rounds = voting.rounds_of(branch)
    context = {"cycle_branch": branch, "cycle": branch.cycle, "rounds": rounds}
    if services.may_record(branch, by=request.user, on=request.acting.today):
        context["steps"] = services.next_ballots(branch, rounds)
        context["next_step"] = next((each for each in context["steps"] if each.is_due), None)
    return render(request, "evaluations/votes.html", _with_names(request, context))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def vote_record(request, pk, branch, number, ballot):
    """Enter the numbers of a ballot, or correct them."""
    branch = _kept_branch(request, pk, branch)
    if not number or ballot not in _ballots(branch):
        raise Http404
    form = _form(request, branch, number, ballot)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_vote(
                branch,
                round_number=number,
                ballot=ballot,
                by=request.user,
                at=timezone.now(),
                **form.values(),
            )
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The ballot is recorded."))
            return _to_votes(request, branch)
    refusal = "" if request.method == "POST" else services.why_not(branch, number, ballot)
    context = {
        "cycle_branch": branch,
        "cycle": branch.cycle,
        "form": form,
        "number": number,
        "ballot": ballot,
        "refusal": refusal,
        "meetings": voting.meetings_of(branch.branch)[: voting.MEETINGS_OFFERED],
        "share": int(branch.cycle.vote_share * 10_000),
    }
    return render(request, "evaluations/vote_record.html", _with_names(request, context))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def vote_withdraw(request, pk, branch, number, ballot):
    """Take a ballot back that was none, for a reason that stands in the trail."""
    branch = _kept_branch(request, pk, branch)
    vote = get_object_or_404(
        branch.votes.select_related("cycle_branch__branch"), round=number, ballot=ballot
    )
    form = ReasonForm(request.POST or None, button=_("Withdraw the ballot"))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        request.give_reason(reason)
        try:
            services.withdraw_vote(vote, reason=reason, by=request.user, at=timezone.now())
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The ballot is withdrawn."))
            return _to_votes(request, branch)
    context = {"cycle_branch": branch, "cycle": branch.cycle, "form": form, "vote": vote}
    return render(request, "evaluations/vote_withdraw.html", _with_names(request, context))


def _branch(request, cycle, branch):
    visible = CycleBranch.objects.visible_to(request.user, on=request.acting.today)
    rows = visible.select_related("cycle__organization", "branch", "unit", "section")
    return get_object_or_404(rows, cycle=cycle, branch=branch)


def _kept_branch(request, cycle, branch):
    """One whose votes the reader records."""
    found = _branch(request, cycle, branch)
    if not services.may_record(found, by=request.user, on=request.acting.today):
        raise PermissionDenied
    return found


def _ballots(branch):
    return (rules.FIRST, rules.SECOND) if branch.cycle.second_ballot else (rules.FIRST,)


def _form(request, branch, number, ballot):
    appraisals = voting.to_vote_on(branch, round_number=number, ballot=ballot)
    voting.add_proposals(appraisals)
    stored = voting.stored_ballot(branch, round_number=number, ballot=ballot)
    return VoteForm(
        request.POST if request.method == "POST" else None,
        appraisals=appraisals,
        columns=rules.columns(ballot, second_ballot=branch.cycle.second_ballot),
        ballot=ballot,
        stored=stored,
        initial=_initial(request, branch, number, ballot, stored),
    )


def _initial(request, branch, number, ballot, stored):
    """The head as it is stored, as that of the first ballot of the round, or as the records of the
    day say: of `?held_on=`, or of the newest meeting of the last weeks."""
    known = stored
    if known is None and ballot == rules.SECOND:
        known = branch.votes.filter(round=number, ballot=rules.FIRST).first()
    seen = {"seen": mark_of(stored) if stored else ""}
    if known and not request.GET.get("held_on"):
        names = ("held_on", "is_secret", "nobody_stood", "tellers", *services.NUMBERS)
        return seen | {name: getattr(known, name) for name in names}
    day = _asked_day(request) or voting.likely_day(branch.branch, today=request.acting.today)
    suggested = voting.suggest_base(branch.branch, on=day)
    given = {"is_secret": known.is_secret if known else True, "invalid": 0}
    return seen | given | suggested.numbers


def _asked_day(request):
    try:
        return read_day(request.GET.get("held_on", ""))
    except ValidationError:
        return None


def _with_names(request, context):
    branch = context["cycle_branch"]
    on = min(branch.cycle.cut_off, request.acting.today)
    as_of([branch.branch, branch.unit, branch.cycle.organization], on=on)
    return context


def _to_votes(request, branch):
    address = request.acting.url("evaluations:votes", branch.cycle_id, branch.branch_id)
    return HttpResponseRedirect(address)
