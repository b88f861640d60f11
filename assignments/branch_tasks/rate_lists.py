"""The list of branches with the rate of their members who have a task, for its page and file."""

from datetime import date

from django.utils.translation import gettext_lazy

from branches.acting import read_year
from branches.columns import ListOf

from ..tables.branch_rates import BranchRateTable
from .rates import branch_rates, percent

PAGE = "assignments:branch_tasks_rates"


def rates_year(request):
    """(the year that the page counts, its day): of a year that is over its last day, as reports
    have it (evaluations.reports.day_of_report)."""
    acting = request.acting
    year = read_year(request) or acting.on.year
    return year, min(acting.on, date(year, 12, 31))


def rates_of(request):
    """The BranchRate of each branch of the organization acted for that the reader sees."""
    acting = request.acting
    year, on = rates_year(request)
    seen = acting.user.scope_for("see_assignments", on=acting.today)
    return branch_rates(acting.organization, seen=seen, year=year, on=on)


def total_of(rates):
    """{what is counted: over all branches}."""
    names = ("members", "exempt", "due", "tasked", "unresolved")
    total = {name: sum(getattr(each, name) for each in rates) for name in names}
    return total | {"rate": percent(total["tasked"], total["due"])}


def _cells(rate):
    return {
        "branch": rate.branch.name_on,
        "code": rate.branch.code,
        "step": str(rate.step_label),
        "members": rate.members,
        "exempt": rate.exempt,
        "due": rate.due,
        "tasked": rate.tasked,
        "rate": "" if rate.rate is None else f"{rate.rate:.2f}",
        "unresolved": rate.unresolved,
    }


def _rows(request, columns):
    table = BranchRateTable(rates_of(request), year=rates_year(request)[0])
    table.order_by = request.GET.getlist(table.prefixed_order_by_field) or table.order_by
    rates = [row.record for row in table.rows]
    return len(rates), ([_cells(rate)[name] for name in columns] for rate in rates)


COLUMNS = {
    "branch": gettext_lazy("Branch"),
    "code": gettext_lazy("Code"),
    "step": gettext_lazy("Step"),
    "members": gettext_lazy("Members"),
    "exempt": gettext_lazy("Exempt"),
    "due": gettext_lazy("Due a task"),
    "tasked": gettext_lazy("With a task"),
    "rate": gettext_lazy("Rate (%)"),
    "unresolved": gettext_lazy("Tasks without a resolution"),
}
LIST = ListOf(PAGE, gettext_lazy("Tasks of branches"), COLUMNS, tuple(COLUMNS), _rows)
