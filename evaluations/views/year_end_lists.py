"""Members at risk of removal, and members who are not rated."""

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from accounts.recording import log_access
from branches.acting import acts
from branches.listing import render_list, wants_list

from ..lists.not_rated import cycle_years
from ..lists.removal_risk import day_of
from ..lists.year_end import (
    NOT_RATED,
    RISK,
    not_rated_filter,
    not_rated_table,
    not_rated_year,
    risk_filter,
    risk_year,
)
from ..tables.year_end import RiskTable

COUNTED = ngettext_lazy("%(number)s member", "%(number)s members", "count")
YEARS = 5
KINDS = ("csv", "xlsx")


@require_safe
@acts
def removal_risk(request):
    """Who missed two months of meetings of the year without a reason, or three and more."""
    acting = request.acting
    acting.require("see_members")
    year = risk_year(request)
    filters = risk_filter(request)
    return render_list(
        request,
        "evaluations/removal_risk.html",
        table=RiskTable(filters.qs),
        filters=filters,
        counted=COUNTED,
        year=year,
        years=range(acting.on.year, acting.on.year - YEARS, -1),
        day=day_of(year, on=acting.on),
        sees_ratings=acting.may("see_ratings"),
        cleared=acting.url("evaluations:removal_risk", year=year),
        downloads=_downloads(request, RISK, year, ("q", "branch", "months", "sort")),
        empty_title=_("Nobody missed two months of meetings."),
        empty_text=_("What is not recorded on a roster is a gap, and counts for nothing here."),
    )


@require_safe
@acts
def not_rated(request):
    """Members of the year's cycles without a decided level, and why."""
    acting = request.acting
    acting.require("see_ratings")
    years = cycle_years(acting)
    year = not_rated_year(request, years)
    if year not in years and not wants_list(request):
        return render(request, "evaluations/not_rated.html", {"year": year, "years": years})
    downloads = []
    if acting.may("export_ratings"):
        downloads = _downloads(request, NOT_RATED, year, ("q", "branch", "why", "sort"))
    filters = not_rated_filter(request, year=year)
    response = render_list(
        request,
        "evaluations/not_rated.html",
        table=not_rated_table(filters),
        filters=filters,
        counted=COUNTED,
        year=year,
        years=years,
        cleared=acting.url("evaluations:not_rated", year=year),
        downloads=downloads,
        empty_title=_("Everybody has a decided level."),
        empty_text=_("Choose another year, or take the filters away."),
    )
    _log(request, year)
    return response


def _downloads(request, listed, year, names):
    """The addresses of the files of exactly the rows that the list shows."""
    named = {name: request.GET.get(name) for name in names}
    url = request.acting.url
    return [
        {
            "label": kind.upper(),
            "url": url("accounts:list_download", kind, list=listed.page, year=year, **named),
        }
        for kind in KINDS
    ]


def _log(request, year):
    log_access(
        "ratings_seen",
        by=request.user,
        at=timezone.now(),
        organization=request.acting.organization,
        note=str(year),
    )
