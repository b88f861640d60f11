"""Finishing the steps of a branch, in their order, and taking that back."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from branches.services.members import day_text

from ..choices import StepKind
from ..models import CycleBranch, Decision, StepDone
from ..organizations import open_branches, require_rated, require_undecided
from ..voting import without_second_ballot
from .cycles import locked_for_change, require_open

BRANCH, SECTION, UNIT = "keep_appraisals", "propose_for_section", "decide_ratings"
ACTIONS = dict.fromkeys(StepKind, BRANCH) | {
    StepKind.SECTION: SECTION,
    StepKind.DECISION: UNIT,
    StepKind.ORGANIZATIONS: UNIT,
}
MISSING = {
    StepKind.SELF_REVIEW: gettext_lazy("a self-review handed in"),
    StepKind.COMMENTS: gettext_lazy("a comment that was asked for"),
    StepKind.PROPOSAL: gettext_lazy("a proposed level"),
    StepKind.VOTE: gettext_lazy("a vote, on excellent too where it was proposed"),
    StepKind.SECTION: gettext_lazy("a proposed level"),
    StepKind.DECISION: gettext_lazy("a decision"),
}


def steps_of(cycle_branch):
    """The kinds of the steps that the branch has, in order."""
    kinds = set(cycle_branch.cycle.steps.values_list("kind", flat=True))
    if cycle_branch.section_id is None:
        kinds.discard(StepKind.SECTION)
    return [kind for kind in StepKind if kind in kinds]


def next_step(cycle_branch):
    """The first step that the branch has not done; None when it is through."""
    done = set(cycle_branch.done.values_list("kind", flat=True))
    return next((kind for kind in steps_of(cycle_branch) if kind not in done), None)


def body_of_step(cycle_branch, kind):
    """(action, organization): who does the step must be allowed the action there."""
    action = ACTIONS[kind]
    bodies = {BRANCH: "branch", SECTION: "section", UNIT: "unit"}
    return action, getattr(cycle_branch, bodies[action])


def may_do_step(cycle_branch, kind, *, by, on):
    action, body = body_of_step(cycle_branch, kind)
    return body is not None and by.may(action, body, on=on)


def locked_branch(cycle_branch):
    """The branch of a cycle, fresh and locked. Raises ValidationError when the cycle is locked."""
    rows = CycleBranch.objects.select_related("cycle", "branch", "unit", "section")
    locked = rows.select_for_update(of=("self",), no_key=True).get(pk=cycle_branch.pk)
    require_open(locked.cycle)
    return locked


def require_turn(cycle_branch, kind):
    """Raise ValidationError unless every step before this one is done and the branch has it."""
    if kind not in steps_of(cycle_branch):
        raise ValidationError(_("This branch has no such step."))
    order = list(StepKind)
    first = next_step(cycle_branch)
    if first is not None and order.index(first) < order.index(kind):
        sentence = _("The step “%(first)s” comes first: finish it, then “%(step)s”.")
        names = {"first": first.label, "step": StepKind(kind).label}
        raise ValidationError(sentence % names)


@transaction.atomic
def finish_step(cycle_branch, kind, *, note="", by, on, at):
    """The branch has done a step.

    note  why, where somebody's part in it is missing

    Returns the StepDone. Raises PermissionDenied, and ValidationError: out of order, done already,
    or somebody's part is missing and the note does not say why.
    """
    kind = StepKind(kind)
    branch = locked_branch(cycle_branch)
    if not may_do_step(branch, kind, by=by, on=on):
        raise PermissionDenied
    require_turn(branch, kind)
    if branch.done.filter(kind=kind).exists():
        raise ValidationError(_("This step is done already."))
    _check_complete(branch, kind, note)
    if kind == StepKind.ORGANIZATIONS:
        require_rated(branch)
    done = StepDone(cycle_branch=branch, kind=kind, done_at=at, done_by=by, note=note)
    done.full_clean()
    done.save()
    return done


def _check_complete(branch, kind, note):
    missing = branch.appraisals.without(kind).count()
    if kind == StepKind.VOTE:
        _check_ballots(branch, missing)
    if missing and not note.strip():
        sentence = ngettext(
            "%(count)d member is without %(what)s. Say why the step is finished without them.",
            "%(count)d members are without %(what)s. Say why the step is finished without them.",
            missing,
        )
        raise ValidationError({"note": sentence % {"count": missing, "what": MISSING[kind]}})


def _check_ballots(branch, missing):
    """Raise ValidationError unless the branch has voted, and on the excellent where it has to."""
    if missing and not branch.votes.exists():
        raise ValidationError(_("The branch has not voted yet: record its vote first."))
    first = without_second_ballot(branch).first()
    if first is None:
        return
    sentence = ngettext(
        "%(count)d member was voted good on %(day)s, and there is no second ballot on who of them "
        "is excellent. Record it, or tick at the first ballot that nobody stands for excellent.",
        "%(count)d members were voted good on %(day)s, and there is no second ballot on who of "
        "them is excellent. Record it, or tick at the first ballot that nobody stands for "
        "excellent.",
        first.good,
    )
    raise ValidationError(
        sentence % {"count": first.good, "day": day_text(first.held_on)}, code="second_ballot"
    )


def branches_ready(cycle, unit, kind):
    """The branches of the unit whose next step it is, and of which nobody's part is missing."""
    branches = cycle.branches.filter(unit=unit).prefetch_related("done").order_by("pk")
    kinds = list(cycle.steps.values_list("kind", flat=True))
    order = [each for each in StepKind if each in kinds]
    waiting = [branch for branch in branches if _next_of(branch, order) == kind]
    if kind == StepKind.ORGANIZATIONS:
        unrated = open_branches(cycle)
        waiting = [branch for branch in waiting if branch.branch_id not in unrated]
    lacking = set(
        cycle.appraisals.filter(cycle_branch__in=waiting)
        .without(kind)
        .values_list("cycle_branch", flat=True)
    )
    return [branch for branch in waiting if branch.pk not in lacking]


def _next_of(branch, order):
    done = {each.kind for each in branch.done.all()}
    if branch.section_id is None:
        done.add(StepKind.SECTION)
    return next((kind for kind in order if kind not in done), None)


@transaction.atomic
def finish_for_unit(cycle, unit, kind, *, by, on, at):
    """Finish a step of the unit for all its branches whose turn it is and of which nothing is
    missing. Returns how many there were. Raises PermissionDenied, ValidationError."""
    kind = StepKind(kind)
    cycle = locked_for_change(cycle)
    if ACTIONS[kind] != UNIT or not by.may(UNIT, unit, on=on):
        raise PermissionDenied
    ready = branches_ready(cycle, unit, kind)
    StepDone.objects.bulk_create(
        StepDone(cycle_branch=branch, kind=kind, done_at=at, done_by=by) for branch in ready
    )
    return len(ready)


@transaction.atomic
def reopen_step(cycle_branch, kind, *, reason, by, on):
    """Take back that a step was done. The caller puts the reason down to the trail.

    Raises PermissionDenied for who does not do this step, ValidationError: without a reason, when a
    later step is done, or when there is a vote or a decision that was built on it.
    """
    kind = StepKind(kind)
    branch = locked_branch(cycle_branch)
    if not may_do_step(branch, kind, by=by, on=on):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the step is taken back.")})
    done = branch.done.filter(kind=kind).first()
    if done is None:
        raise ValidationError(_("This step is not done."))
    _check_nothing_follows(branch, kind)
    if kind == StepKind.ORGANIZATIONS:
        require_undecided(branch)
    done.delete()


def _check_nothing_follows(branch, kind):
    order = list(StepKind)
    later = order[order.index(kind) + 1 :]
    follower = next((each for each in later if branch.done.filter(kind=each).exists()), None)
    if follower:
        sentence = _("The step “%(step)s” is done already: take that back first.")
        raise ValidationError(sentence % {"step": follower.label})
    if order.index(kind) < order.index(StepKind.VOTE) and branch.votes.exists():
        raise ValidationError(_("The branch has voted already: withdraw its vote first."))
    decisions = Decision.objects.filter(appraisal__cycle_branch=branch).exclude(level="")
    in_force = decisions.filter(pk__in=branch.appraisals.values("decision"))
    if order.index(kind) < order.index(StepKind.DECISION) and in_force.exists():
        sentence = _("Members of the branch are decided on already: that is taken back first.")
        raise ValidationError(sentence)
