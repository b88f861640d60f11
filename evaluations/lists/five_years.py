"""The list of members with five good years in a row, for its page and file."""

from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.acting import read_year
from branches.columns import ListOf

from ..board.history import GOOD, five_years, set_histories
from ..filters.comparisons import FiveYearFilter
from ..rolling_up.runs import latest_runs, rated_years
from ..tables.comparisons import FiveYearTable
from ..templatetags.ratings import short_level

PAGE = "evaluations:five_years"
CHUNK = 1000


def shown_until(request, runs):
    """The last of the five years: that of the address, or the newest with ratings."""
    on = request.acting.on
    rated = (year for year in rated_years(runs) if year <= on.year)
    return read_year(request) or next(rated, on.year)


def five_year_filter(request, runs, *, until):
    """The bound filter of the list, over the rows that the address asks for."""
    excellent = request.GET.get("level") == "excellent"
    rows = five_years(
        request.acting,
        runs,
        until=until,
        levels=(Level.EXCELLENT,) if excellent else GOOD,
        decided_alone=request.GET.get("basis") == "decided",
    )
    return FiveYearFilter(request.GET, rows, request=request)


def _rows(request, columns):
    request.acting.require("export_ratings")
    runs = latest_runs(request.acting)
    until = shown_until(request, runs)
    found = five_year_filter(request, runs, until=until).qs
    table = FiveYearTable(
        found.select_related("member", "roll_up").with_branch_name(),
        acting=request.acting,
        until=until,
    )
    table.order_by = request.GET.getlist(table.prefixed_order_by_field) or table.order_by
    rows = [row.record for row in table.rows]
    return len(rows), _cells(request.acting, rows, columns, until)


def _cells(acting, rows, columns, until):
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        set_histories(part, acting, until=until)
        for rating in part:
            cells = {"member": rating.member.full_name, "branch": rating.branch_name_on}
            for number, line in enumerate(rating.history.years):
                cells[f"year_{number}"] = f"{line.year}: {short_level(line.level)}"
            yield [cells[name] for name in columns]


COLUMNS = {
    "member": _("Member"),
    "branch": _("Branch"),
    "year_0": _("First year"),
    "year_1": _("Second year"),
    "year_2": _("Third year"),
    "year_3": _("Fourth year"),
    "year_4": _("Fifth year"),
}
LIST = ListOf(PAGE, _("Five years in a row"), COLUMNS, tuple(COLUMNS), _rows)
