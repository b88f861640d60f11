"""Lists: sort, filters and pages of 50, all in the address; htmx swaps the rows alone."""

from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from .templatetags.numbers import number

PAGE_ROWS = 50


def render_list(request, template, *, table, counted, filters=None, **context):
    """The whole page `template`, or only its list when htmx asks for that.

    table    a django-tables2 table of all rows that pass the filters
    counted  a lazy plural by "count" that says with %(number)s how many rows there are
    filters  a bound FilterSet, for the form above the list
    """
    show_page(request, table)
    count = table.page.paginator.count
    context |= {
        "table": table,
        "filters": filters,
        "chosen": filters is not None and any(request.GET.get(name) for name in filters.filters),
        "cleared": context.get("cleared", request.path + request.acting.query),
        "counted": counted % {"count": count, "number": number(count)},
    }
    response = render(request, "includes/list.html" if wants_list(request) else template, context)
    # One address, two bodies: without this the Back button may show the rows alone.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def wants_list(request):
    """Whether htmx asks for the rows alone."""
    return bool(request.htmx) and request.htmx.target == "list"


def show_page(request, table):
    """Sort and page the table as the address says; a page that is not there is the nearest one.

    A table with organizations in its rows has `name_rows(rows, on=)`, which calls those of the page
    by their names of the day (branches.as_of).
    """
    table.request = request
    sort = request.GET.getlist(table.prefixed_order_by_field)
    if sort:
        table.order_by = sort
    table.paginate(per_page=PAGE_ROWS)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
    if hasattr(table, "name_rows"):
        table.name_rows([row.record for row in table.paginated_rows], on=request.acting.on)
