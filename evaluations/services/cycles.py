"""Opening a cycle, its steps and who takes part in it."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import Organization
from branches.refusals import told_at

from ..choices import StepKind, VoteCounting
from ..cycles.taking_part import write_list, write_suggestions
from ..models import Cycle, CycleBranch, CycleStep, Decision, Scheme, StepDone, Vote
from ..rules import SchemeError, read_scheme

ACTION = "manage_cycles"
ALWAYS = (StepKind.VOTE, StepKind.DECISION)
REFUSED = {
    "decided_within_the_cap": gettext_lazy(
        "By the new suggestions more members are decided excellent than there are places: fewer "
        "are good now. Take a decision back or give more places first, then take the suggestions."
    ),
}
VOTE_VALUES = ("vote_share", "vote_counting", "second_ballot")


def require_cycles_of(organization, *, by, on):
    """Raise PermissionDenied unless `by` may open and change cycles of the organization."""
    if not by.may(ACTION, organization, on=on):
        raise PermissionDenied


def require_open(cycle):
    """Raise ValidationError for a cycle that is locked."""
    if cycle.is_locked:
        raise ValidationError(
            _("This cycle is locked. What turns out to be wrong is put right by a re-rating.")
        )


def locked_for_change(cycle):
    """The cycle, fresh and locked against others who change it. Raises ValidationError when it is
    locked for good."""
    cycle = Cycle.objects.select_for_update(of=("self",), no_key=True).get(pk=cycle.pk)
    require_open(cycle)
    return cycle


@transaction.atomic
def open_cycle(
    organization,
    *,
    year,
    scheme=None,
    cut_off=None,
    steps=None,
    vote_share="0.5",
    vote_counting=VoteCounting.EACH,
    second_ballot=True,
    note="",
    by,
    on,
    at,
):
    """Open the cycle of an organization and list who takes part.

    scheme   a Scheme; None for the one whose years hold `year`
    cut_off  a day of the year, 31 December if None
    steps    {StepKind: last day or None}; all steps without days if None
    on, at   the day whose tree and members are listed, at most the cut-off date; the moment

    Returns the Cycle. Raises PermissionDenied, ValidationError by field.
    """
    require_cycles_of(organization, by=by, on=on)
    cycle = Cycle(
        organization=organization,
        year=year,
        cut_off=cut_off or date(year, 12, 31),
        scheme=scheme or _scheme_of(year),
        vote_share=vote_share,
        vote_counting=vote_counting,
        second_ballot=second_ballot,
        note=note,
        opened_at=at,
        opened_by=by,
    )
    steps = dict.fromkeys(StepKind) if steps is None else steps
    _check_organization(cycle, day=min(on, cycle.cut_off))
    _check_scheme(cycle.scheme)
    _check_days(steps)
    cycle.full_clean()
    cycle.save()
    CycleStep.objects.bulk_create(
        CycleStep(cycle=cycle, kind=kind, due_on=due_on) for kind, due_on in steps.items()
    )
    _draw(cycle, on=on)
    return cycle


def _scheme_of(year):
    try:
        return Scheme.objects.for_year(year)
    except Scheme.DoesNotExist:
        raise ValidationError({"scheme": _("No rating set is loaded.")}) from None


def _check_organization(cycle, *, day):
    organization, year = cycle.organization, cycle.year
    above = Organization.objects.above(organization, on=day)
    if not Organization.objects.valid_on(day).filter(pk=organization.pk).exists():
        raise ValidationError({"organization": _("The organization does not exist on the day.")})
    units = [each for each in above[:-1] if each.grassroots_on]
    if units:
        sentence = _("Members here are decided on by %(unit)s: open the cycle there.")
        raise ValidationError({"organization": sentence % {"unit": units[-1]}})
    below = Organization.objects.below(organization, on=day).values("pk")
    # Two who open at once wait for each other here: organizations never move into another cycle.
    list(Organization.objects.select_for_update(no_key=True).filter(pk__in=[o.pk for o in above]))
    touching = Cycle.objects.filter(year=year).exclude(pk=cycle.pk)
    if touching.filter(organization=organization).exists():
        raise ValidationError({"year": _("This year's cycle is open already.")})
    taken = CycleBranch.objects.filter(year=year, branch__in=below).select_related("branch")
    if branch := taken.first():
        sentence = _("%(branch)s is in the cycle of %(organization)s of this year already.")
        names = {"branch": branch.branch, "organization": branch.cycle.organization}
        raise ValidationError({"organization": sentence % names})


def _check_scheme(scheme):
    try:
        read_scheme(scheme.definition)
    except SchemeError as error:
        raise ValidationError(
            {"scheme": _("No rating can be made with it: %(problems)s") % {"problems": error}}
        ) from error


def _check_days(steps):
    if missing := [kind for kind in ALWAYS if kind not in steps]:
        sentence = _("Every cycle has the step “%(step)s”.")
        raise ValidationError({missing[0].value: sentence % {"step": missing[0].label}})
    latest, before = None, None
    for kind in (kind for kind in StepKind if steps.get(kind)):
        if latest and steps[kind] < latest:
            sentence = _("This day is before that of the step “%(step)s”, which comes first.")
            raise ValidationError({kind.value: sentence % {"step": before.label}})
        latest, before = steps[kind], kind


@transaction.atomic
def change_steps(cycle, *, steps, by, on):
    """Give the cycle these steps and days: {StepKind: last day or None}.

    Raises PermissionDenied; ValidationError by the value of the step: for one that some branch has
    done and that is left out, and for a new one that a branch is past.
    """
    require_cycles_of(cycle.organization, by=by, on=on)
    cycle = locked_for_change(cycle)
    _check_days(steps)
    present = {step.kind: step for step in cycle.steps.all()}
    for kind in (kind for kind in StepKind if kind in present and kind not in steps):
        if StepDone.objects.filter(cycle_branch__cycle=cycle, kind=kind).exists():
            raise ValidationError({kind: _("Some branches have done this step: it stays.")})
    for kind in (kind for kind in StepKind if kind in steps and kind not in present):
        if _some_branch_is_past(cycle, kind):
            sentence = _("Some branches are past this step: it cannot be put before them.")
            raise ValidationError({kind: sentence})
    cycle.steps.exclude(kind__in=steps).delete()
    for kind, due_on in steps.items():
        if kind not in present:
            cycle.steps.create(kind=kind, due_on=due_on)
        elif present[kind].due_on != due_on:
            cycle.steps.filter(kind=kind).update(due_on=due_on)


def _some_branch_is_past(cycle, kind):
    later = list(StepKind)[list(StepKind).index(kind) + 1 :]
    past = StepDone.objects.filter(cycle_branch__cycle=cycle, kind__in=later)
    if kind == StepKind.SECTION:
        past = past.filter(cycle_branch__section__isnull=False)
    return past.exists()


@transaction.atomic
def change_cycle(cycle, *, vote_share, vote_counting, second_ballot, note, by, on):
    """Change how votes are counted, while no branch has voted, and the note."""
    require_cycles_of(cycle.organization, by=by, on=on)
    cycle = locked_for_change(cycle)
    before = [getattr(cycle, name) for name in VOTE_VALUES]
    cycle.vote_share, cycle.vote_counting = vote_share, vote_counting
    cycle.second_ballot, cycle.note = second_ballot, note
    cycle.full_clean()
    changed = before != [getattr(cycle, name) for name in VOTE_VALUES]
    if changed and Vote.objects.filter(cycle_branch__cycle=cycle).exists():
        sentence = _("Branches have voted already: how votes are counted stays as it was.")
        raise ValidationError({"vote_share": sentence})
    cycle.save(update_fields=[*VOTE_VALUES, "note"])
    return cycle


@transaction.atomic
def change_scheme(cycle, *, scheme, by, on):
    """Rate a cycle of which nobody is decided on by another rating set. Suggestions by the former
    one are given up, and are taken again after a roll-up."""
    require_cycles_of(cycle.organization, by=by, on=on)
    cycle = locked_for_change(cycle)
    _check_scheme(scheme)
    if Decision.objects.filter(appraisal__cycle=cycle).exists():
        sentence = _("Members are decided on by the present rating set already: it stays.")
        raise ValidationError({"scheme": sentence})
    cycle.scheme, cycle.suggested_at = scheme, None
    cycle.save(update_fields=["scheme", "suggested_at"])
    cycle.appraisals.update(rating=None, rated=None, not_rated_reason="", suggested_level="")
    return cycle


@transaction.atomic
def draw_list(cycle, *, by, on):
    """List again who takes part: who came is added, who left or went elsewhere is taken out or
    moved unless something was written of them.

    Returns {"branches", "members", "moved", "removed": how many}.
    """
    require_cycles_of(cycle.organization, by=by, on=on)
    return _draw(locked_for_change(cycle), on=on)


def _draw(cycle, *, on):
    return write_list(cycle, day=min(on, cycle.cut_off))


@transaction.atomic
def take_suggestions(cycle, *, by, on, at):
    """List again who takes part, and give them the suggestions of the newest finished roll-ups with
    the rating set and cut-off date of the cycle. Decisions stay as they are.

    Returns how many members got another suggestion. Raises ValidationError where there is no such
    roll-up of any unit, and where the decisions made would stand above the cap by the new ones.
    """
    require_cycles_of(cycle.organization, by=by, on=on)
    cycle = locked_for_change(cycle)
    with told_at(None, REFUSED):
        _draw(cycle, on=on)
        taken = write_suggestions(cycle)
    if not taken and not cycle.appraisals.filter(rating__isnull=False).exists():
        raise ValidationError(
            _("There is no roll-up yet with this rating set and cut-off date: start one first.")
        )
    cycle.suggested_at = at
    cycle.save(update_fields=["suggested_at"])
    return taken


def units_without_suggestions(cycle):
    """Units of the cycle some of whose members have no suggestion, by code."""
    lacking = cycle.appraisals.filter(rating=None).values("cycle_branch__unit")
    return Organization.objects.filter(pk__in=lacking).order_by("code")
