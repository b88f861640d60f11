"""The lists of members at risk of removal and of members who are not rated, for page and file."""

from django.utils.translation import gettext_lazy as _

from branches.acting import read_year
from branches.columns import ListOf
from branches.views.visible import branches_here

from ..filters.year_end import NotRatedFilter, RiskFilter
from ..tables.year_end import (
    NOT_RATED_COLUMNS,
    RISK_COLUMNS,
    NotRatedTable,
    RiskTable,
    months_in_words,
)
from ..templatetags.ratings import short_level
from .not_rated import WHY, cycle_years, members_not_rated
from .removal_risk import members_at_risk

AT_ONCE = 1000


def risk_year(request):
    return read_year(request) or request.acting.on.year


def risk_filter(request):
    """The filters of the address, bound: `.qs` are the members at risk."""
    acting = request.acting
    return RiskFilter(
        request.GET,
        members_at_risk(acting, year=risk_year(request)),
        request=request,
        branches=branches_here(acting),
    )


def not_rated_year(request, years=None):
    """The year of the address, or the newest with a cycle."""
    years = cycle_years(request.acting) if years is None else years
    return read_year(request) or next(iter(years), request.acting.on.year)


def not_rated_filter(request, *, year):
    """The filters of the address, bound: `.qs` are the appraisals without a decided level."""
    acting = request.acting
    rows = members_not_rated(acting, year=year)
    return NotRatedFilter(request.GET, rows, request=request, branches=branches_here(acting))


def not_rated_table(filters):
    return NotRatedTable(filters.qs.select_related("member", "cycle", "cycle_branch__branch"))


def _risk_rows(request, columns):
    request.acting.require("see_members")
    rows = _sorted(request, RiskTable(risk_filter(request).qs))
    cells = (
        {
            "member": row.full_name,
            "branch": row.branch_name_on,
            "months": row.months,
            "which": months_in_words(row.missed),
            "rated_months": row.rated_months,
            "last_present": row.last_present,
            "secretary": row.secretary,
        }
        for row in rows.iterator(chunk_size=AT_ONCE)
    )
    return rows.count(), ([each[name] for name in columns] for each in cells)


def _not_rated_rows(request, columns):
    request.acting.require("export_ratings")
    filters = not_rated_filter(request, year=not_rated_year(request))
    rows = _sorted(request, not_rated_table(filters))
    cells = (
        {
            "member": row.member.full_name,
            "branch": row.branch_name_on,
            "why": str(WHY[row.why]),
            "suggested": str(short_level(row.suggested_level)) if row.suggested_level else "",
        }
        for row in rows.iterator(chunk_size=AT_ONCE)
    )
    return rows.count(), ([each[name] for name in columns] for each in cells)


def _sorted(request, table):
    if sort := request.GET.getlist("sort"):
        table.order_by = sort
    return table.data.data


RISK = ListOf(
    "evaluations:removal_risk",
    _("Risk of removal"),
    RISK_COLUMNS,
    tuple(RISK_COLUMNS),
    _risk_rows,
)
NOT_RATED = ListOf(
    "evaluations:not_rated",
    _("Not rated"),
    NOT_RATED_COLUMNS,
    tuple(NOT_RATED_COLUMNS),
    _not_rated_rows,
)
