"""Trials of rating sets: asking for one, how far it is, and what it says."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from accounts.recording import log_access
from accounts.submitting import once
from branches.acting import acts, read_year
from branches.as_of import as_of
from branches.listing import render_list, wants_list
from branches.models import Organization

from .. import scheme_words
from ..forms.schemes import TrialForm
from ..models import Cycle, Scheme
from ..services.trials import require_trials, start_trial
from ..tables.schemes import ChangeTable
from ..trials import pages as trial_pages
from ..trials import runs as trial_runs
from ..trials.files import HEADING, file_rows
from ..trials.results import MOST_CHANGES
from .files import KINDS, send_list


@require_http_methods(["GET", "HEAD", "POST"])
@acts
@once
def trial_start(request, pk):
    """What to try a rating set on."""
    acting = request.acting
    require_trials(acting.organization, by=request.user, on=acting.today)
    scheme = get_object_or_404(Scheme.objects.visible_to(request.user, on=acting.today), pk=pk)
    form = TrialForm(request.POST or None, initial=_initial(request, scheme))
    request.submitted_form = form
    if request.method == "POST" and form.is_valid():
        try:
            trial = start_trial(
                acting.organization,
                scheme=scheme,
                **form.cleaned_data,
                by=request.user,
                on=acting.today,
                at=timezone.now(),
            )
            return HttpResponseRedirect(acting.url("evaluations:trial", trial.token))
        except ValidationError as error:
            form.show(error)
    return render(request, "evaluations/trial_start.html", {"scheme": scheme, "form": form})


@require_safe
@vary_on_headers("HX-Request")
@acts
def trial_detail(request, token):
    """How far a trial is, then what it says; for the one who asked for it alone."""
    trial, organization = _own_trial(request, token)
    context = {
        "trial": trial,
        "organization": organization,
        "scheme": Scheme.objects.filter(pk=trial.scheme).first(),
        "stalled": trial.is_stalled(at=timezone.now()),
        "hours": trial_runs.KEPT_HOURS,
    }
    if trial.result and request.htmx.target == "progress":
        return HttpResponseClientRefresh()  # it was asked how far it is: now there is a whole page
    if trial.result:
        return _show_result(request, trial, context)
    return render(
        request,
        "evaluations/_trial_progress.html" if request.htmx else "evaluations/trial.html",
        context,
    )


def _own_trial(request, token):
    """(the Trial, its organization), for who asked for it and still may; else 404 or 403."""
    trial = trial_runs.find(token, user=request.user)
    if trial is None:
        raise Http404
    organization = get_object_or_404(Organization.objects, pk=trial.organization)
    require_trials(organization, by=request.user, on=request.acting.today)
    as_of([organization], on=trial.as_of)
    return trial, organization


@require_safe
@acts
def trial_file(request, token, kind):
    """Who changes level, as the list is filtered, as CSV or XLSX."""
    trial, organization = _own_trial(request, token)
    if kind not in KINDS or not trial.result:
        raise Http404
    request.acting.require("export_ratings")
    units = trial_pages.name_units(trial.result, on=trial.as_of)
    changes = trial_pages.ChangeFilter(request.GET, trial.result, units).rows
    log_access(
        "list_exported",
        by=request.user,
        at=timezone.now(),
        organization=organization,
        rows=len(changes),
        note=f"evaluations:trial {kind}",
    )
    rows = file_rows(request, changes, cut_off=trial.as_of)
    return send_list(HEADING, rows, name=f"trial-{organization.code}-{trial.year}.{kind}")


def _downloads(request, trial, filters):
    """The addresses of the files of exactly the rows that the list shows."""
    if not request.acting.may("export_ratings"):
        return []
    named = {name: request.GET.get(name) for name in filters.filters}
    url = request.acting.url
    return [
        {"label": kind.upper(), "url": url("evaluations:trial_file", trial.token, kind, **named)}
        for kind in KINDS
    ]


def _show_result(request, trial, context):
    result = trial.result
    units = trial_pages.name_units(result, on=trial.as_of)
    filters = trial_pages.ChangeFilter(request.GET, result, units)
    if not wants_list(request):
        context |= _whole_page(trial, units)
    table = ChangeTable(filters.rows, cut_off=trial.as_of)
    response = render_list(
        request,
        "evaluations/trial.html",
        table=table,
        filters=filters,
        downloads=_downloads(request, trial, filters),
        counted=ngettext_lazy(
            "%(number)s member changes level", "%(number)s members change level", "count"
        ),
        **context,
    )
    log_access(
        "ratings_seen",
        by=request.user,
        at=timezone.now(),
        organization=context["organization"],
        rows=len(table.page),
        note=str(trial.year),
    )
    return response


def _whole_page(trial, units):
    result = trial.result
    bases = trial_pages.bases(result)
    changes = []
    if bases:
        before = bases[0][0].scheme.definition
        changes = scheme_words.changes_in_words(before, trial.definition)
    return {
        "levels": trial_pages.LEVELS,
        "matrix": trial_pages.matrix(result),
        "sums": trial_pages.matrix_sums(result),
        "known": result.members - result.unknown,
        "chart": trial_pages.sankey(result),
        "caps": [(units[cap.unit], cap) for cap in result.caps],
        "units": trial_pages.most_changed(result, units),
        "bases": bases,
        "changes": changes,
        "unnamed": max(0, result.changed - MOST_CHANGES),
    }


def _initial(request, scheme):
    """The year of the address or the cycle's, with the cut-off date of the cycle that is open."""
    acting = request.acting
    year = read_year(request)
    cycles = Cycle.objects.open().filter(organization__in=acting.above)
    if year:
        cycles = cycles.filter(year=year)
    cycle = cycles.order_by("-year").first()
    if cycle:
        return {"year": cycle.year, "as_of": cycle.cut_off}
    latest = min(acting.on.year, scheme.last_year or acting.on.year)
    return {"year": year or max(latest, scheme.first_year)}
