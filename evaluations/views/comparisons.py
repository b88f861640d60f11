"""The year-end board compared: with the run before, with other years, five years in a row."""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from accounts.recording import log_access
from branches.acting import acts, read_year
from branches.as_of import as_of
from branches.listing import render_list, wants_list
from branches.models import Organization

from ..board import changes
from ..board.charts import year_chart
from ..board.years import MOST_YEARS, compare_years
from ..filters.comparisons import ChangeFilter
from ..lists.five_years import PAGE, five_year_filter, shown_until
from ..rolling_up.runs import latest_runs, rated_years, ratings_of
from ..tables.comparisons import ChangeTable, FiveYearTable

MOST_UNITS = 30


@require_safe
@acts
def board_changes(request):
    """Whose suggestion the last run changed, and in what."""
    acting = request.acting
    acting.require("see_ratings")
    runs = latest_runs(acting)
    years = rated_years(runs)
    year = read_year(request) or next((y for y in years if y <= acting.on.year), acting.on.year)
    earlier = changes.earlier_runs(acting, year=year)
    context = {"year": year, "years": years, "earlier": earlier}
    if not earlier:
        return render(request, "evaluations/board_changes.html", context)
    rows = changes.with_changes(ratings_of(acting, runs, year=year), earlier)
    filters = ChangeFilter(request.GET, rows, request=request)
    if not wants_list(request):
        context["numbers"] = changes.count_changes(rows)
        context["gone"] = changes.gone(acting, earlier, year=year)
    table = ChangeTable(filters.qs.select_related("member").with_branch_name())
    response = render_list(
        request,
        "evaluations/board_changes.html",
        table=table,
        filters=filters,
        counted=ngettext_lazy("%(number)s member", "%(number)s members", "count"),
        cleared=acting.url("evaluations:board_changes", year=year),
        empty_title=_("Nothing changed since the run before."),
        empty_text=_("The same records give the same ratings."),
        **context,
    )
    _log(request, rows=len(table.page), year=year)
    return response


@require_safe
@acts
def board_years(request):
    """How the levels of the organization and of its units went over the years."""
    acting = request.acting
    acting.require("see_ratings")
    runs = latest_runs(acting)
    rated = rated_years(runs)
    year = read_year(request) or next((y for y in rated if y <= acting.on.year), acting.on.year)
    compared = [each for each in rated if each <= year][:MOST_YEARS]
    found = compare_years(acting, runs, years=compared)
    context = {"year": year, "years": rated, "compared": found}
    if found:
        context["chart"] = year_chart(found.years)
        context["units"] = _named_units(acting, found)
        _log(request, rows=sum(each.rated for each in found.years), year=year)
    return render(request, "evaluations/board_years.html", context)


def _named_units(acting, found):
    """(unit, its counts in each of the years or None), by code; none where they are many."""
    if not 1 < len(found.units) <= MOST_UNITS:
        return []
    units = as_of(Organization.objects.filter(pk__in=found.units).order_by("code"), on=acting.on)
    years = [each.year for each in found.years]
    return [(unit, [found.units[unit.pk].get(year) for year in years]) for unit in units]


@require_safe
@acts
def five_years(request):
    """Who was good or excellent for five years in a row."""
    acting = request.acting
    acting.require("see_ratings")
    runs = latest_runs(acting)
    until = shown_until(request, runs)
    filters = five_year_filter(request, runs, until=until)
    rows = filters.qs.select_related("member", "roll_up").with_branch_name()
    table = FiveYearTable(rows, acting=acting, until=until)
    downloads = []
    if acting.may("export_ratings"):
        downloads = [
            {"label": kind.upper(), "url": _download_url(request, kind, until)}
            for kind in ("csv", "xlsx")
        ]
    response = render_list(
        request,
        "evaluations/five_years.html",
        table=table,
        filters=filters,
        counted=ngettext_lazy("%(number)s member", "%(number)s members", "count"),
        cleared=acting.url("evaluations:five_years", year=until),
        year=until,
        years=rated_years(runs),
        first=until - 4,
        downloads=downloads,
        empty_title=_("Nobody has five such years in a row."),
        empty_text=_("Ratings of each of the five years are needed, of places that you see."),
    )
    _log(request, rows=len(table.page), year=until)
    return response


def _download_url(request, kind, until):
    """The address of the file of exactly the rows that the list shows."""
    named = {name: request.GET.get(name) for name in ("q", "level", "basis", "sort")}
    acting = request.acting
    return acting.url("accounts:list_download", kind, list=PAGE, year=until, **named)


def _log(request, *, rows, year):
    log_access(
        "ratings_seen",
        by=request.user,
        at=timezone.now(),
        organization=request.acting.organization,
        rows=rows,
        note=str(year),
    )
