"""Places for excellent of one unit: those beyond the cap, and the unit's own percent."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.submitting import once
from assignments.forms.reasons import ReasonForm
from branches.acting import acts
from branches.as_of import as_of
from branches.models import Organization

from ..deciding.cap_units import cap_units_of
from ..deciding.rows import units_of
from ..forms.decisions import PlacesForm, UnitCapForm
from ..models import CapOverride, Cycle, UnitCap
from ..rules import read_scheme
from ..services import caps as services
from .cycles import visible_cycle


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def cap_places(request, pk, unit):
    """How the cap of a unit is used, the places given beyond it, and giving more."""
    cycle, unit = _cycle_and_unit(request, pk, unit)
    by_class = read_scheme(cycle.scheme.definition).cap_by_class
    asked = {"person_class": request.GET.get("class")}
    form = PlacesForm(request.POST or None, by_class=by_class, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_places(cycle, unit, **form.cleaned_data, **_who(request))
            messages.success(request, _("The places are given."))
            return _to_unit(request, cycle.pk, unit.pk)
        except ValidationError as error:
            form.show(error)
    given = CapOverride.objects.filter(cycle=cycle, unit=unit)
    context = {
        "cycle": cycle,
        "unit": unit,
        "form": form,
        "caps": cap_units_of(cycle, [unit]),
        "given": given.select_related("given_by", "withdrawn_by").order_by("-given_at", "-pk"),
    }
    return render(request, "evaluations/cap_places.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def unit_cap(request, pk, unit):
    """The unit's own percent in the year of the cycle."""
    cycle, unit = _cycle_and_unit(request, pk, unit)
    own = UnitCap.objects.filter(unit=unit, year=cycle.year).first()
    form = UnitCapForm(request.POST or None, initial={"percent": own and own.percent.normalize()})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_unit_cap(
                unit,
                year=cycle.year,
                **form.cleaned_data,
                by=request.user,
                on=request.acting.today,
            )
            messages.success(request, _("The percent of this unit is saved."))
            return _to_unit(request, cycle.pk, unit.pk)
        except ValidationError as error:
            form.show(error)
    context = {"cycle": cycle, "unit": unit, "form": form}
    return render(request, "evaluations/unit_cap.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def places_withdraw(request, pk):
    """Withdraw places that were given beyond the cap."""
    cycles = Cycle.objects.visible_to(request.user, on=request.acting.today)
    rows = CapOverride.objects.filter(cycle__in=cycles).select_related("unit", "cycle")
    override = get_object_or_404(rows, pk=pk)
    _cycle, unit = _cycle_and_unit(request, override.cycle_id, override.unit_id)
    form = ReasonForm(request.POST or None, button=_("Withdraw the places"))
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_places(override, **form.cleaned_data, **_who(request))
            messages.success(request, _("The places are withdrawn."))
            return _to_unit(request, override.cycle_id, unit.pk)
        except ValidationError as error:
            form.show(error)
    context = {"override": override, "unit": unit, "cycle": _cycle, "form": form}
    return render(request, "evaluations/places_withdraw.html", context)


def _cycle_and_unit(request, pk, unit):
    """Both as the reader sees them, for who may give places there; else 404 or 403."""
    cycle = visible_cycle(request, pk)
    visible = Organization.objects.visible_to(request.user, on=request.acting.today)
    held = visible.filter(pk__in=cycle.branches.values("unit"))
    unit = get_object_or_404(held, pk=unit)
    if unit not in units_of(cycle, user=request.user, on=request.acting.today):
        raise PermissionDenied
    as_of([unit], on=cycle.cut_off)
    return cycle, unit


def _who(request):
    return {"by": request.user, "on": request.acting.today, "at": timezone.now()}


def _to_unit(request, cycle, unit):
    return HttpResponseRedirect(request.acting.url("evaluations:cap_places", cycle, unit))
