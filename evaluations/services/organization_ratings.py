"""Rating the organizations of a cycle: suggest, decide, places beyond the cap, hand over to the
ratings of the year at the lock (docs/organization-rating-rules.md)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import recorded
from assignments.choices import Level
from branches.refusals import told_at

from ..choices import Cause, OrganizationNotRated, StepKind
from ..deciding.grounds import grounds_of
from ..models import (
    Cycle,
    OrganizationAppraisal,
    OrganizationDecision,
    OrganizationRating,
    OrganizationRound,
    OrganizationScheme,
    Shortcomings,
    StepDone,
)
from ..organizations import ready_ones, require_step
from ..organizations.computation import write_organizations
from ..rules import read_organization_scheme
from .cycles import locked_for_change
from .decisions import refuse_early
from .organization_refusals import REFUSALS

SUGGESTED = "suggested"  # beside the levels: each by its suggestion


@recorded
def suggest_organizations(cycle, *, scheme=None, by, on, at):
    """List the organizations of the cycle and suggest levels for those that are ready.

    scheme  an OrganizationScheme; None for the present one, at first that of the year

    Returns the OrganizationRound. Raises PermissionDenied; ValidationError: locked, no such step,
    no rating set, or another one after the first decision.
    """
    if not may_suggest(cycle, by=by, on=on):
        raise PermissionDenied
    cycle = locked_for_change(cycle)
    require_step(cycle)
    found = OrganizationRound.objects.filter(cycle=cycle).first()
    round_ = found or OrganizationRound(cycle=cycle)
    scheme = scheme or (found.scheme if found else _scheme_of(cycle.year))
    decisions = OrganizationDecision.objects.filter(appraisal__cycle=cycle)
    if found and found.scheme != scheme and decisions.exists():
        sentence = _("Organizations are decided on by the present rating set already: it stays.")
        raise ValidationError({"scheme": sentence})
    if scheme.is_draft:
        raise ValidationError({"scheme": _("A draft rates nobody: adopt it first.")})
    round_.scheme = scheme
    with told_at("scheme", REFUSALS):
        _suggest(cycle, round_, by=by, at=at)
    return round_


def may_suggest(cycle, *, by, on):
    return by.may("manage_cycles", cycle.organization, on=on)


def _scheme_of(year):
    try:
        return OrganizationScheme.objects.for_year(year)
    except OrganizationScheme.DoesNotExist:
        raise ValidationError({"scheme": _("No rating set of organizations is loaded.")}) from None


def _suggest(cycle, round_, *, by, at):
    round_.suggested_at, round_.suggested_by = at, by
    round_.save()
    write_organizations(cycle, round_.scheme)


@recorded
def decide_organizations(appraisals, *, level, reason="", document="", decided_on, by, on, at):
    """Decide on organizations of one cycle, all or none; of a locked one, rate them again.

    appraisals  a queryset; those that have this level already stay as they are
    level       a Level for all, or SUGGESTED: each by its suggestion
    reason      needed where one of them has a ground for it, or was decided on before

    Those above that become ready get their suggestions. Returns how many got a decision. Raises
    PermissionDenied; ValidationError by field.
    """
    cycle, chosen = _lock(appraisals, by=by, on=on)
    refuse_early(cycle, decided_on)
    _refuse_those_not_ready(cycle, chosen)
    round_ = cycle.organization_round
    wanted = {each: each.suggested_level if level == SUGGESTED else level for each in chosen}
    _refuse_without_level(wanted)
    wanted = {each: new for each, new in wanted.items() if new != each.decided_level}
    scheme = read_organization_scheme(round_.scheme.definition)
    not_mended = _not_mended(wanted) if scheme.shortcomings_mended else set()
    grounds = {each: _grounds(each, new, each.pk in not_mended) for each, new in wanted.items()}
    _require_reason(cycle, grounds, reason)
    values = {"document": document, "decided_on": decided_on, "decided_by": by, "decided_at": at}
    with told_at("level", REFUSALS):
        _write(wanted, grounds, reason, values, is_locked=cycle.is_locked)
        if cycle.is_locked:
            _record_ratings(cycle, wanted)
        else:
            _finish_steps(wanted, by=by, at=at)
            _suggest(cycle, round_, by=by, at=at)
    return len(wanted)


@recorded
def take_back_organizations(appraisals, *, reason, decided_on, by, on, at):
    """Take back what was decided on organizations of one cycle that is not locked: a revision
    without a level. Returns how many. Raises PermissionDenied; ValidationError by field."""
    cycle, chosen = _lock(appraisals, by=by, on=on)
    if cycle.is_locked:
        raise ValidationError(_("This cycle is locked: an organization may be rated again."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the decision is taken back.")})
    refuse_early(cycle, decided_on)
    chosen = [each for each in chosen if each.decided_level]
    values = {"document": "", "decided_on": decided_on, "decided_by": by, "decided_at": at}
    with told_at("level", REFUSALS):
        _write(dict.fromkeys(chosen, ""), dict.fromkeys(chosen, ()), reason, values)
        _steps_of(chosen).delete()
        _suggest(cycle, cycle.organization_round, by=by, at=at)
    return len(chosen)


def _lock(appraisals, *, by, on):
    cycles = list(Cycle.objects.filter(pk__in=appraisals.order_by().values("cycle"))[:2])
    if len(cycles) != 1:
        raise ValidationError(_("Choose on whom you decide: organizations of one cycle."))
    locked = Cycle.objects.select_for_update(of=("self",), no_key=True)
    cycle = locked.select_related("organization_round__scheme").get(pk=cycles[0].pk)
    chosen = list(appraisals.with_organizations().select_for_update(of=("self",)).order_by("pk"))
    allowed = OrganizationAppraisal.objects.decided_by(by, on=on)
    if allowed.filter(pk__in=[each.pk for each in chosen]).count() != len(chosen):
        raise PermissionDenied
    return cycle, chosen


def _refuse_those_not_ready(cycle, chosen):
    ready = ready_ones(cycle)
    for each in chosen:
        if each.not_rated_reason == OrganizationNotRated.NEW:
            sentence = _("%(name)s is not rated: it was founded too short a time ago.")
        elif each.pk not in ready or each.rated is None:
            sentence = _(
                "%(name)s is not ready: its members and the organizations below it come first."
            )
        else:
            continue
        raise ValidationError(sentence % {"name": each.organization})


def _refuse_without_level(wanted):
    for each, level in wanted.items():
        if level not in Level.values:
            sentence = _("Nothing is suggested for %(name)s: choose a level.")
            raise ValidationError({"level": sentence % {"name": each.organization}})


def _not_mended(appraisals):
    """The ids of those of which it is stated that earlier shortcomings are not mended."""
    rows = Shortcomings.objects.filter(organization_appraisal__in=appraisals, mended=False)
    return set(rows.values_list("organization_appraisal", flat=True))


def _grounds(appraisal, level, has_shortcomings):
    """Why a decision of this level needs its reason (docs/organization-rating-rules.md, 8)."""
    is_excellent = level == Level.EXCELLENT
    return grounds_of(
        level,
        suggested=appraisal.suggested_level,
        voted=level,
        disciplines=appraisal.has_disciplines,
        is_open=appraisal.needs_decision,
        is_tied=appraisal.tied,
        is_above_cap=is_excellent and appraisal.capped,
        has_unmet=is_excellent and has_shortcomings,
    )


def _require_reason(cycle, grounds, reason):
    if reason.strip():
        return
    for each, found in grounds.items():
        why = [str(ground.label) for ground in found]
        if each.decision_id:
            why.append(_("Decided on before"))
        if why:
            sentence = _("%(name)s: give the reason. %(why)s.")
            values = {"name": each.organization, "why": "; ".join(why)}
            raise ValidationError({"reason": sentence % values})


def _write(wanted, grounds, reason, values, *, is_locked=False):
    """A revision each, and let it be the one in force."""
    made = [
        OrganizationDecision(
            appraisal=each,
            revision=each.decision.revision + 1 if each.decision else 1,
            cause=_cause(each, is_locked),
            level=level,
            suggestion=_suggestion(each),
            grounds=list(grounds[each]),
            reason=reason,
            **values,
        )
        for each, level in wanted.items()
    ]
    for decision in made:
        # What was typed; to look each row up that it refers to would be most of the work.
        decision.clean_fields(exclude=["appraisal", "decided_by"])
    OrganizationDecision.objects.bulk_create(made)
    for decision in made:
        decision.appraisal.decision = decision
    OrganizationAppraisal.objects.bulk_update(wanted, ["decision"])


def _cause(appraisal, is_locked):
    if is_locked:
        return Cause.RE_RATING
    return Cause.CORRECTION if appraisal.decision_id else Cause.DECISION


def _suggestion(appraisal):
    return {
        "score": None if appraisal.score is None else str(appraisal.score),
        "level": appraisal.level,
        "suggested_level": appraisal.suggested_level,
        "facts": appraisal.facts,
    }


def _steps_of(chosen):
    """The rows of the step that is done by deciding on the organization of a branch."""
    cycles = {each.cycle_id for each in chosen}
    branches = [each.organization_id for each in chosen]
    return StepDone.objects.filter(
        kind=StepKind.ORGANIZATIONS,
        cycle_branch__cycle__in=cycles,
        cycle_branch__branch__in=branches,
    )


def _finish_steps(chosen, *, by, at):
    done = set(_steps_of(chosen).values_list("cycle_branch", flat=True))
    by_organization = {each.organization_id: each for each in chosen}
    if not by_organization:
        return
    cycle = next(iter(chosen)).cycle
    branches = cycle.branches.filter(branch__in=by_organization).exclude(pk__in=done)
    StepDone.objects.bulk_create(
        StepDone(cycle_branch=branch, kind=StepKind.ORGANIZATIONS, done_at=at, done_by=by)
        for branch in branches
    )


@transaction.atomic
def record_organization_ratings(cycle):
    """At the lock: let what is decided be the ratings of the year. Raises ValidationError where an
    organization was rated otherwise elsewhere."""
    decided = list(cycle.organizations.decided().select_related("organization", "decision"))
    known = dict(
        OrganizationRating.objects.filter(
            year=cycle.year, organization__in=[each.organization_id for each in decided]
        ).values_list("organization", "level")
    )
    for each in decided:
        level = known.get(each.organization_id, each.decision.level)
        if level != each.decision.level:
            sentence = _(
                "%(name)s is recorded as “%(recorded)s” for the year and decided as “%(decided)s”: "
                "put one of them right first."
            )
            levels = {"recorded": Level(level).label, "decided": each.decision.get_level_display()}
            raise ValidationError(sentence % ({"name": each.organization} | levels))
    OrganizationRating.objects.bulk_create(
        OrganizationRating(
            organization=each.organization, year=cycle.year, level=each.decision.level
        )
        for each in decided
        if each.organization_id not in known
    )


def _record_ratings(cycle, wanted):
    """After the lock: the rating of the year follows a re-rating."""
    for each, level in wanted.items():
        OrganizationRating.objects.update_or_create(
            organization=each.organization, year=cycle.year, defaults={"level": level}
        )
