"""The organizations of a cycle: suggesting, deciding, one explained, places beyond the cap."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.submitting import once
from assignments.forms.reasons import ReasonForm
from branches.acting import acts
from branches.as_of import as_of
from branches.models import Organization
from branches.templatetags.numbers import number

from ..explaining.organizations import explain_organization
from ..forms.organization_ratings import (
    TAKE_BACK,
    OrganizationDecideForm,
    OrganizationPlacesForm,
    OrganizationSuggestForm,
    ShortcomingsForm,
)
from ..models import OrganizationAppraisal, OrganizationPlaces
from ..organizations import read_cap_groups
from ..rules import read_organization_scheme
from ..services import organization_places as places_services
from ..services import organization_ratings as services
from ..services.shortcomings import state_for_organization, stated_of_organization
from .cycles import visible_cycle
from .organization_boards import offered_schemes, visible_rows


@require_POST
@never_cache
@acts
@once
def organization_suggest(request, pk):
    """List the organizations and suggest levels for those that are ready."""
    cycle = visible_cycle(request, pk)
    if not services.may_suggest(cycle, by=request.user, on=request.acting.today):
        raise PermissionDenied
    form = OrganizationSuggestForm(request.POST, schemes=offered_schemes(request, cycle))
    request.submitted_form = form
    try:
        if form.is_valid():
            services.suggest_organizations(cycle, **form.cleaned_data, **_who(request))
            messages.success(request, _("The suggestions are made."))
    except ValidationError as error:
        form.show(error)
    for texts in form.errors.values():
        messages.error(request, " ".join(texts))
    return _to_board(request, cycle)


@require_POST
@never_cache
@acts
@once
def organization_decide(request, pk):
    """Decide on those ticked; where something is missing, the page asks for it."""
    cycle = visible_cycle(request, pk)
    rows = visible_rows(request, cycle).decided_by(request.user, on=request.acting.today)
    ids = [text for text in request.POST.getlist("ids") if text.isdecimal() and len(text) <= 18]
    chosen = rows.filter(pk__in=ids)
    form = OrganizationDecideForm(request.POST)
    request.submitted_form = form
    if chosen.exists() and form.is_valid():
        try:
            count = _decide(request, chosen, form)
        except ValidationError as error:
            form.show(error)
        else:
            _say_decided(request, count)
            return _to_board(request, cycle)
    shown = list(chosen.with_organizations().order_by("organization__code"))
    as_of((each.organization for each in shown), on=cycle.cut_off)
    context = {"cycle": cycle, "form": form, "rows": shown}
    return render(request, "evaluations/organization_decide.html", context)


def _decide(request, chosen, form):
    values = form.cleaned_data | _who(request)
    if values["level"] == TAKE_BACK:
        del values["level"], values["document"]
        return services.take_back_organizations(chosen, **values)
    return services.decide_organizations(chosen, **values)


def _say_decided(request, count):
    sentence = ngettext("%(count)s decision is written.", "%(count)s decisions are written.", count)
    messages.success(request, sentence % {"count": number(count)})


@require_safe
@acts
def organization_rating(request, pk):
    """One organization explained, and what was decided on it."""
    on = request.acting.today
    visible = OrganizationAppraisal.objects.visible_to(request.user, on=on).with_organizations()
    row = get_object_or_404(visible, pk=pk)
    cycle = row.cycle
    may_decide = row.committee_id in set(
        request.user.scope_for("decide_ratings", on=on).values_list("pk", flat=True)
    )
    initial = {True: "yes", False: "no", None: ""}[stated_of_organization(row)]
    form = ShortcomingsForm(initial={"mended": initial})
    as_of([row.organization, row.committee, row.cap_organization, cycle.organization],
          on=cycle.cut_off)  # fmt: skip
    scheme = cycle.organization_round.scheme
    group = next(each for each in read_cap_groups(cycle) if each.key == row.cap_key)
    context = {
        "row": row,
        "cycle": cycle,
        "scheme": scheme,
        "asks_mended": read_organization_scheme(scheme.definition).shortcomings_mended,
        "form": form,
        "mended": initial,
        "group": group,
        "explanation": explain_organization(row, scheme),
        "decisions": row.decisions.select_related("decided_by").order_by("-revision"),
        "may_decide": may_decide,
        "below": _below(request, row),
        "decide_form": OrganizationDecideForm(
            initial={"decided_on": max(on, cycle.cut_off)}, auto_id="decide_%s"
        ),
    }
    return render(request, "evaluations/organization_rating.html", context)


@require_POST
@never_cache
@acts
@once
def organization_shortcomings(request, pk):
    """State whether earlier shortcomings of an organization are mended."""
    visible = OrganizationAppraisal.objects.visible_to(request.user, on=request.acting.today)
    row = get_object_or_404(visible.select_related("cycle"), pk=pk)
    form = ShortcomingsForm(request.POST)
    request.submitted_form = form
    try:
        if form.is_valid():
            state_for_organization(row, **form.cleaned_data, **_who(request))
            messages.success(request, _("The statement is saved."))
    except ValidationError as error:
        form.show(error)
    for texts in form.errors.values():
        messages.error(request, " ".join(texts))
    return HttpResponseRedirect(request.acting.url("evaluations:cycle_organization", pk))


def _below(request, row):
    """Those directly below, which the reader sees, with their levels."""
    rows = visible_rows(request, row.cycle).below(row).with_organizations()
    found = [each for each in rows if len(each.above) == len(row.above) + 1]
    as_of((each.organization for each in found), on=row.cycle.cut_off)
    return sorted(found, key=lambda each: each.organization.code)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def organization_places(request, pk, organization, kind):
    """How the cap of like organizations is used, places given beyond it, and giving more."""
    cycle = visible_cycle(request, pk)
    kind = "" if kind == "all" else kind
    visible = Organization.objects.visible_to(request.user, on=request.acting.today)
    held = visible_rows(request, cycle).filter(cap_kind=kind).values("cap_organization")
    organization = get_object_or_404(visible.filter(pk__in=held), pk=organization)
    if not request.user.may("override_cap", organization, on=request.acting.today):
        raise PermissionDenied
    form = OrganizationPlacesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            places_services.give_organization_places(
                cycle, organization, kind=kind, **form.cleaned_data, **_who(request)
            )
            messages.success(request, _("The places are given."))
            return HttpResponseRedirect(request.path)
        except ValidationError as error:
            form.show(error)
    as_of([organization], on=cycle.cut_off)
    given = OrganizationPlaces.objects.filter(cycle=cycle, organization=organization, kind=kind)
    context = {
        "cycle": cycle,
        "organization": organization,
        "form": form,
        "group": next(
            each for each in read_cap_groups(cycle) if each.key == (organization.pk, kind)
        ),
        "given": given.select_related("given_by", "withdrawn_by").order_by("-given_at", "-pk"),
    }
    return render(request, "evaluations/organization_places.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def organization_places_withdraw(request, pk):
    """Withdraw places that were given beyond the cap of organizations."""
    on = request.acting.today
    visible = Organization.objects.visible_to(request.user, on=on)
    rows = OrganizationPlaces.objects.filter(organization__in=visible.values("pk"))
    given = get_object_or_404(rows.select_related("organization", "cycle"), pk=pk)
    cycle = visible_cycle(request, given.cycle_id)
    if not request.user.may("override_cap", given.organization, on=on):
        raise PermissionDenied
    form = ReasonForm(request.POST or None, button=_("Withdraw the places"))
    if request.method == "POST" and form.is_valid():
        try:
            places_services.withdraw_organization_places(
                given, **form.cleaned_data, **_who(request)
            )
            messages.success(request, _("The places are withdrawn."))
            return _to_board(request, cycle)
        except ValidationError as error:
            form.show(error)
    as_of([given.organization], on=cycle.cut_off)
    context = {"given": given, "cycle": cycle, "form": form}
    return render(request, "evaluations/organization_places_withdraw.html", context)


def _who(request):
    return {"by": request.user, "on": request.acting.today, "at": timezone.now()}


def _to_board(request, cycle):
    return HttpResponseRedirect(request.acting.url("evaluations:cycle_organizations", cycle.pk))
