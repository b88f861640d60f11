"""Deciding on members: the list with the cap beside it, one or many at once, and ties."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.recording import log_access
from accounts.submitting import once
from branches.acting import acts
from branches.listing import show_page, wants_list
from branches.templatetags.numbers import number

from ..deciding.rows import count_rows, meters, rows_of, units_of, with_ways
from ..deciding.ties import read_ties, tied_appraisals
from ..forms.decisions import TAKE_BACK, DecideForm, DecisionFilter, TieForm
from ..models import Cycle
from ..rules import read_scheme
from ..services import decisions as services
from ..tables.decisions import DecisionTable
from .cycles import visible_cycle

MOST_CHOSEN = 50  # so many of those chosen are listed before they are decided on
TIES_OF_A_PAGE = 20


@require_safe
@acts
def decision_list(request, pk):
    """Who is decided on, with the use of the cap; what is ticked goes to `decide`."""
    acting = request.acting
    visible = Cycle.objects.visible_to(request.user, on=acting.today)
    cycle = get_object_or_404(visible.select_related("organization", "scheme"), pk=pk)
    units = units_of(cycle, user=request.user, on=acting.today)
    if not units:
        raise PermissionDenied
    rows = rows_of(cycle, user=request.user, on=acting.today)
    tied = tied_appraisals(cycle)
    found = DecisionFilter(request.GET, rows, request=request, units=units, tied=tied)
    by_class = read_scheme(cycle.scheme.definition).cap_by_class
    table = DecisionTable(with_ways(found.qs, on=acting.on), by_class=by_class, tied=tied)
    show_page(request, table)
    _log(request, cycle, rows=len(table.page))
    context = {
        "cycle": cycle,
        "table": table,
        "filters": found,
        "chosen": any(request.GET.get(name) for name in found.filters),
        "cleared": acting.url("evaluations:decisions", cycle.pk),
        "count": table.page.paginator.count,
        "form": DecideForm(initial={"decided_on": max(acting.today, cycle.cut_off)}),
        "filtered": _filtered(request),
    }
    if not wants_list(request):
        context |= {"counts": count_rows(rows, tied=tied), "many_units": len(units) > 1}
        context["caps"], context["all_caps"] = meters(cycle, units, unit=request.GET.get("unit"))
    template = "_decision_rows" if wants_list(request) else "decisions"
    response = render(request, f"evaluations/{template}.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _log(request, cycle, *, rows):
    log_access(
        "ratings_seen",
        by=request.user,
        at=timezone.now(),
        organization=cycle.organization,
        rows=rows,
        note=str(cycle.year),
    )


def _filtered(request):
    """The filters of the address, to be sent with what is decided."""
    query = request.GET.copy()
    for name in ("page", "sort"):
        query.pop(name, None)
    return query.urlencode()


@require_POST
@never_cache
@acts
@once
def decide(request, pk):
    """Decide on those ticked, or on all that pass the filters of the address; where something is
    missing, the page asks for it with those chosen."""
    acting = request.acting
    cycle = visible_cycle(request, pk)
    rows = rows_of(cycle, user=request.user, on=acting.today)
    is_all = "all" in request.POST
    chosen = _all_found(request, cycle, rows) if is_all else _ticked(request, rows)
    form = DecideForm(request.POST)
    request.submitted_form = form
    if form.is_valid():
        try:
            return _decided(request, cycle, _decide(request, chosen, form))
        except ValidationError as error:
            form.show(error)
    count = chosen.count()
    context = {
        "cycle": cycle,
        "form": form,
        "is_all": is_all,
        "ids": [] if is_all else list(chosen.values_list("pk", flat=True)),
        "count": count,
        "more": max(count - MOST_CHOSEN, 0),
        "rows": with_ways(chosen, on=acting.on).order_by("member__sort_key", "member__code")[
            :MOST_CHOSEN
        ],
        "filtered": _filtered(request),
    }
    return render(request, "evaluations/decide.html", context)


def _ticked(request, rows):
    ids = [text for text in request.POST.getlist("ids") if text.isdecimal() and len(text) <= 18]
    return rows.filter(pk__in=ids)


def _all_found(request, cycle, rows):
    units = units_of(cycle, user=request.user, on=request.acting.today)
    tied = tied_appraisals(cycle)
    return DecisionFilter(request.GET, rows, request=request, units=units, tied=tied).qs


def _decide(request, chosen, form):
    values = form.cleaned_data | {
        "by": request.user,
        "on": request.acting.today,
        "at": timezone.now(),
    }
    if values["level"] == TAKE_BACK:
        del values["level"], values["document"]
        return services.take_back(chosen, **values)
    return services.decide(chosen, **values)


def _decided(request, cycle, count):
    sentence = ngettext("%(count)s decision is written.", "%(count)s decisions are written.", count)
    messages.success(request, sentence % {"count": number(count)})
    address = request.acting.url("evaluations:decisions", cycle.pk, **_kept(request))
    return HttpResponseRedirect(address)


def _kept(request):
    return {name: value for name, value in request.GET.items() if name not in ("org", "on")}


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def ties(request, pk):
    """All ties at the cap in one place: who of those with equal records is excellent."""
    acting = request.acting
    cycle = visible_cycle(request, pk)
    units = units_of(cycle, user=request.user, on=acting.today)
    if not units:
        raise PermissionDenied
    found = read_ties(cycle, units=[unit.pk for unit in units])
    page = _page_of_ties(request, found)
    forms = [_tie_form(request, cycle, tie) for tie in page]
    sent = next((form for form in forms if form.is_bound), None)
    if sent and sent.is_valid():
        try:
            return _settled(request, cycle, _settle(request, cycle, sent))
        except ValidationError as error:
            sent.show(error)
    context = {"cycle": cycle, "forms": forms, "form": sent, "page": page}
    return render(request, "evaluations/ties.html", context)


def _page_of_ties(request, found):
    """The page of the address, or that of the tie that was sent."""
    number = request.GET.get("page")
    for at, tie in enumerate(found):
        if tie.name == request.POST.get("tie"):
            number = 1 + at // TIES_OF_A_PAGE
    return Paginator(found, TIES_OF_A_PAGE).get_page(number)


def _tie_form(request, cycle, tie):
    """Bound when it is the one that was sent."""
    is_sent = request.method == "POST" and request.POST.get("tie") == tie.name
    initial = {"decided_on": max(request.acting.today, cycle.cut_off)}
    form = TieForm(request.POST if is_sent else None, tie=tie, initial=initial, auto_id=False)
    if is_sent:
        request.submitted_form = form
    return form


@transaction.atomic
def _settle(request, cycle, form):
    """Decide on all of the tie, who is excellent last: the others may give up a place first."""
    values = {name: form.cleaned_data[name] for name in ("reason", "document", "decided_on")}
    values |= {"by": request.user, "on": request.acting.today, "at": timezone.now()}
    rows = rows_of(cycle, user=request.user, on=request.acting.today)
    tied = rows.filter(pk__in=[each.pk for each in form.tie.appraisals])
    best = tied.filter(pk__in=form.cleaned_data["excellent"])
    others = tied.exclude(pk__in=form.cleaned_data["excellent"])
    return sum(
        services.decide(some, level=level, **values)
        for some, level in ((others, "good"), (best, "excellent"))
        if some
    )


def _settled(request, cycle, count):
    sentence = ngettext(
        "The tie is settled: %(count)s decision.", "The tie is settled: %(count)s decisions.", count
    )
    messages.success(request, sentence % {"count": number(count)})
    address = request.acting.url("evaluations:ties", cycle.pk, page=request.GET.get("page"))
    return HttpResponseRedirect(address)
