"""Cycles: the list, opening one, how far it is by unit and branch, and what the board changes."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.acting import acts, read_year
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization

from ..choices import StepKind
from ..cycles.progress import (
    due_days,
    late_branches,
    unit_progress,
    whole_progress,
    with_steps,
)
from ..forms.cycles import OpenForm, StepsForm
from ..models import Appraisal, Cycle, CycleBranch, Scheme
from ..services import cycles as services
from ..services.cycle_steps import ACTIONS, UNIT, finish_for_unit
from ..services.cycles import units_without_suggestions
from ..tables.cycles import BranchTable, CycleTable, UnitTable

MOST_NAMED = 20
MOST_DIGITS = 18


@require_safe
@acts
def cycle_list(request):
    """Cycles that hold the organization acted for, or are held below it."""
    acting = request.acting
    acting.require("see_ratings")
    below = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    visible = Cycle.objects.visible_to(request.user, on=acting.today)
    here = visible.filter(
        Q(organization__in=below) | Q(pk__in=_branches_below(below).values("cycle"))
    )
    rows = here.select_related("organization", "scheme").annotate(
        members=_count(Appraisal.objects.all()),
        to_decide=_count(Appraisal.objects.to_be_rated()),
        decided=_count(
            Appraisal.objects.to_be_rated()
            .filter(decision__isnull=False)
            .exclude(decision__level="")
        ),
    )
    return render_list(
        request,
        "evaluations/cycles.html",
        table=CycleTable(rows),
        counted=ngettext_lazy("%(number)s cycle", "%(number)s cycles", "count"),
        may_open=acting.may("manage_cycles"),
    )


def _branches_below(below):
    return CycleBranch.objects.filter(branch__in=below)


def _count(appraisals):
    own = appraisals.filter(cycle=OuterRef("pk")).order_by().values("cycle")
    return Coalesce(Subquery(own.annotate(count=Count("pk")).values("count")), 0)


@require_http_methods(["GET", "POST"])
@acts
def cycle_open(request):
    acting = request.acting
    acting.require("manage_cycles")
    initial = {"year": read_year(request) or acting.today.year}
    schemes = Scheme.objects.offered_to(acting.above)
    form = OpenForm(_posted(request), initial=initial, schemes=schemes)
    if request.method == "POST" and form.is_valid():
        try:
            cycle = services.open_cycle(
                acting.organization,
                year=form.cleaned_data["year"],
                cut_off=form.cleaned_data["cut_off"],
                scheme=form.cleaned_data["scheme"],
                steps=form.steps,
                **form.counting,
                by=request.user,
                on=acting.today,
                at=timezone.now(),
            )
            return HttpResponseRedirect(acting.url("evaluations:cycle", cycle.pk))
        except ValidationError as error:
            form.show(error)
    return render(request, "evaluations/cycle_open.html", {"form": form})


@require_safe
@acts
def cycle_detail(request, pk):
    """How far the cycle is, and who is late: its units, or the branches of one."""
    acting = request.acting
    cycle = visible_cycle(request, pk)
    days = due_days(cycle)
    branches = _shown_branches(request, cycle)
    progress = unit_progress(branches, days=days, on=acting.today)
    unit = _chosen_unit(request, progress)
    context = {
        "cycle": cycle,
        "whole": whole_progress([progress[unit.pk]] if unit else progress.values()),
        "late_only": "late" in request.GET,
        "may_manage": cycle.is_managed,
    }
    if unit:
        return _branch_list(request, branches, unit, days, context)
    units = Organization.objects.filter(pk__in=progress)
    if context["late_only"]:
        units = units.filter(pk__in=[pk for pk, each in progress.items() if each.late])
    return render_list(
        request,
        "evaluations/cycle.html",
        table=UnitTable(units, progress=progress, days=days),
        counted=ngettext_lazy("%(number)s unit", "%(number)s units", "count"),
        **context,
    )


def _branch_list(request, branches, unit, days, context):
    branches = branches.filter(unit=unit)
    context["unit"] = unit
    context["unit_steps"] = _unit_steps(context["cycle"], unit, context["whole"].steps)
    if context["late_only"]:
        branches = late_branches(branches, days=days, on=request.acting.today)
    rows = branches.select_related("branch", "unit").annotate(
        members=Count("appraisals", distinct=True)
    )
    return render_list(
        request,
        "evaluations/cycle.html",
        table=BranchTable(rows, days=days),
        counted=ngettext_lazy("%(number)s branch", "%(number)s branches", "count"),
        **context,
    )


def _unit_steps(cycle, unit, steps):
    """The steps that the reader may finish for the whole unit, since some of its branches have
    done the one before; `steps` are the StepCounts of the unit."""
    if cycle.is_locked or not unit.decides:
        return []
    offered, before = [], 0
    for kind, count in steps.items():
        if ACTIONS[kind] == UNIT and count.done < before:
            offered.append(kind)
        if kind != StepKind.SECTION:
            before = count.done
    return offered


@require_POST
@acts
def unit_step_all(request, pk, unit, kind):
    """Finish a step of the unit for every branch that waits for nothing else."""
    acting = request.acting
    cycle = visible_cycle(request, pk)
    units = Organization.objects.visible_to(request.user, on=acting.today)
    unit = get_object_or_404(units, pk=unit, pk__in=cycle.branches.values("unit"))
    if kind not in StepKind.values or ACTIONS[kind] != UNIT:
        raise Http404
    try:
        count = finish_for_unit(
            cycle, unit, kind, by=request.user, on=acting.today, at=timezone.now()
        )
        sentence = _("%(step)s: done for %(count)d branches.")
        messages.success(request, sentence % {"step": StepKind(kind).label, "count": count})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(acting.url("evaluations:cycle", cycle.pk, unit=unit.pk))


def visible_cycle(request, pk):
    """The cycle as the reader sees it, with its organization of the day, and `is_managed`: whether
    the reader manages it; else 404. One query."""
    acting = request.acting
    visible = with_steps(Cycle.objects.visible_to(request.user, on=acting.today))
    managed = request.user.scope_for(services.ACTION, on=acting.today)
    named = Organization.objects.on(acting.on).filter(pk=OuterRef("organization"))
    cycle = get_object_or_404(
        visible.select_related("organization", "scheme").annotate(
            is_managed=Exists(managed.filter(pk=OuterRef("organization"))),
            called=Subquery(named.values("name_on")),
        ),
        pk=pk,
    )
    cycle.organization.name_on = cycle.called
    return cycle


def _shown_branches(request, cycle):
    """Its branches that the reader sees, at or below the organization acted for."""
    acting = request.acting
    visible = CycleBranch.objects.visible_to(request.user, on=acting.today).filter(cycle=cycle)
    if acting.organization is None:
        return visible
    below = Organization.objects.below(acting.organization, on=acting.on)
    return visible.filter(branch__in=below.values("pk"))


def _chosen_unit(request, progress):
    """The unit of the address, or the only one that there is."""
    only = str(next(iter(progress))) if len(progress) == 1 else ""
    text = request.GET.get("unit", "") or only
    if not text:
        return None
    if not text.isdecimal() or len(text) > MOST_DIGITS or int(text) not in progress:
        raise Http404
    acting = request.acting
    deciding = request.user.scope_for(UNIT, on=acting.today).filter(pk=OuterRef("pk"))
    return Organization.objects.on(acting.on).annotate(decides=Exists(deciding)).get(pk=int(text))


@require_http_methods(["GET", "POST"])
@acts
def cycle_change(request, pk):
    """Steps and their last days; how votes are counted."""
    acting = request.acting
    cycle = _managed_cycle(request, pk)
    form = StepsForm(_posted(request), initial=StepsForm.initial_of(cycle))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_cycle(cycle, **form.counting, by=request.user, on=acting.today)
            services.change_steps(cycle, steps=form.steps, by=request.user, on=acting.today)
            messages.success(request, _("The cycle is changed."))
            return HttpResponseRedirect(acting.url("evaluations:cycle", cycle.pk))
        except ValidationError as error:
            form.show(error)
    return render(request, "evaluations/cycle_change.html", {"form": form, "cycle": cycle})


def _posted(request):
    return request.POST if request.method == "POST" else None


def _managed_cycle(request, pk):
    """The cycle, for who may manage it; 404 for who does not see it."""
    cycle = visible_cycle(request, pk)
    services.require_cycles_of(cycle.organization, by=request.user, on=request.acting.today)
    return cycle


@require_POST
@acts
def cycle_draw(request, pk):
    """List again who takes part."""
    acting = request.acting
    cycle = _managed_cycle(request, pk)
    try:
        drawn = services.draw_list(cycle, by=request.user, on=acting.today)
        sentence = _("Added: %(members)d, moved: %(moved)d, taken out: %(removed)d.")
        messages.success(request, sentence % drawn)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(acting.url("evaluations:cycle", cycle.pk))


@require_POST
@acts
def cycle_suggestions(request, pk):
    """Take the suggestions of the newest roll-ups."""
    acting = request.acting
    cycle = _managed_cycle(request, pk)
    try:
        taken = services.take_suggestions(
            cycle, by=request.user, on=acting.today, at=timezone.now()
        )
        messages.success(request, _taken_sentence(taken))
        _warn_of_gaps(request, cycle)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return HttpResponseRedirect(acting.url("evaluations:cycle", cycle.pk))


def _taken_sentence(taken):
    if not taken:
        return _("Nothing has changed: everybody has the newest suggestion.")
    sentence = ngettext(
        "%(count)d member has a new suggestion.", "%(count)d members have a new suggestion.", taken
    )
    return sentence % {"count": taken}


def _warn_of_gaps(request, cycle):
    units = units_without_suggestions(cycle)[: MOST_NAMED + 1]
    if units:
        names = ", ".join(str(unit) for unit in as_of(units, on=request.acting.on)[:MOST_NAMED])
        sentence = _("Some members have no suggestion in: %(units)s. Run a roll-up there.")
        messages.warning(request, sentence % {"units": names})
