"""The board of a cycle's organizations: levels, the cap, the list, its file, and the years."""

from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from accounts.recording import log_access
from branches.acting import acts
from branches.as_of import as_of
from branches.listing import render_list, wants_list
from branches.models import Organization

from ..board.charts import year_chart
from ..forms.organization_ratings import (
    OrganizationDecideForm,
    OrganizationFilter,
    OrganizationSuggestForm,
)
from ..models import (
    OrganizationAppraisal,
    OrganizationRating,
    OrganizationRound,
    OrganizationScheme,
)
from ..organizations import board, has_step, read_cap_groups
from ..organizations.files import HEADING, file_rows
from ..organizations.years import count_years, read_years
from ..services import organization_ratings as services
from ..tables.organizations import OrganizationTable, YearsTable
from .cycles import visible_cycle
from .files import KINDS, send_list

COUNTED = ngettext_lazy("%(number)s organization", "%(number)s organizations", "count")
PAGE = "evaluations:cycle_organizations"
FILE = "evaluations:cycle_organizations_file"
YEARS = "evaluations:cycle_organizations_years"


@require_safe
@acts
def organization_ratings(request, pk):
    """Levels of organizations by committee and kind, the cap of like ones, and the list to decide
    from."""
    cycle = visible_cycle(request, pk)
    rows = visible_rows(request, cycle)
    filters = _filters(request, cycle, rows)
    table = _table(request, rows, filters)
    may_export = request.acting.may("export_ratings")
    return render_list(
        request,
        "evaluations/organization_ratings.html",
        table=table,
        filters=filters,
        counted=COUNTED,
        cycle=cycle,
        may_decide=bool(table.committees),
        downloads=_downloads(request, cycle, filters) if may_export else [],
        form=OrganizationDecideForm(
            initial={"decided_on": max(request.acting.today, cycle.cut_off)}, auto_id="decide_%s"
        ),
        **({} if wants_list(request) else _board(request, cycle, rows)),
    )


@require_safe
@acts
def organization_file(request, pk, kind):
    """The rows that the list shows, in its order, as CSV or XLSX."""
    acting = request.acting
    acting.require("export_ratings")
    if kind not in KINDS:
        raise Http404
    cycle = visible_cycle(request, pk)
    rows = visible_rows(request, cycle)
    table = _table(request, rows, _filters(request, cycle, rows))
    table.order_by = request.GET.getlist(table.prefixed_order_by_field) or table.order_by
    found = table.data.data
    log_access(
        "list_exported",
        by=request.user,
        at=timezone.now(),
        organization=acting.organization,
        rows=found.count(),
        note=f"{PAGE} {kind}",
    )
    name = f"organizations-{cycle.organization.code}-{cycle.year}.{kind}"
    return send_list(HEADING, file_rows(found, on=acting.on), name=name)


@require_safe
@acts
def organization_years(request, pk):
    """The levels of the cycle's organizations in its year and in those before it."""
    cycle = visible_cycle(request, pk)
    rows = visible_rows(request, cycle)
    filters = _filters(request, cycle, rows)
    years = read_years(cycle, rows)
    context = {}
    if not wants_list(request):
        context["counts"] = count_years(years, organizations=rows.count())
        context["chart"] = year_chart(context["counts"])
    return render_list(
        request,
        "evaluations/organization_years.html",
        table=YearsTable(filters.qs.select_related("organization", "committee"), years=years),
        filters=filters,
        counted=COUNTED,
        cycle=cycle,
        **context,
    )


def visible_rows(request, cycle):
    visible = OrganizationAppraisal.objects.visible_to(request.user, on=request.acting.today)
    return visible.filter(cycle=cycle)


def _filters(request, cycle, rows):
    committees = Organization.objects.filter(pk__in=rows.order_by().values("committee"))
    named = sorted(committees, key=lambda each: each.code)
    as_of(named, on=cycle.cut_off)
    return OrganizationFilter(request.GET, rows, request=request, committees=named)


def _table(request, rows, filters):
    own = rows.decided_by(request.user, on=request.acting.today).order_by()
    committees = set(own.values_list("committee", flat=True))
    return OrganizationTable(filters.qs.with_organizations(), committees=committees)


def _downloads(request, cycle, filters):
    """The addresses of the files of exactly the rows that the list shows."""
    named = {name: request.GET.get(name) for name in (*filters.filters, "sort")}
    url = request.acting.url
    return [{"label": kind.upper(), "url": url(FILE, cycle.pk, kind, **named)} for kind in KINDS]


def _board(request, cycle, rows):
    shown = list(rows.select_related("committee", "decision").defer("facts", "above"))
    as_of((each.committee for each in shown), on=cycle.cut_off)
    groups = [each for each in read_cap_groups(cycle) if each.key in {row.cap_key for row in shown}]
    round_ = OrganizationRound.objects.select_related("scheme").filter(cycle=cycle).first()
    return {
        "pictures": [
            _picture(request, cycle, "committee", board.bars_by_committee(shown, groups)),
            _picture(request, cycle, "kind", board.bars_by_kind(shown, groups)),
        ]
        if shown
        else [],
        "totals": board.count_all(shown),
        "groups": groups,
        "round": round_,
        "has_step": has_step(cycle),
        "own_rating": _own_rating(request, cycle),
        "suggest_form": _suggest_form(request, cycle, round_),
    }


def _picture(request, cycle, by, bars):
    """The bars with the addresses that they lead to, and what the picture is drawn from."""
    addresses = [
        request.acting.url(PAGE, cycle.pk, **{by: getattr(bar.of, "pk", bar.of)}) for bar in bars
    ]
    return {
        "by": by,
        "bars": list(zip(bars, addresses, strict=True)),
        "chart": board.organization_chart(bars, addresses=addresses),
    }


def _own_rating(request, cycle):
    """The recorded rating of the cycle's organization itself, for who sees it."""
    organization, on = cycle.organization, request.acting.today
    if not request.user.may("see_ratings", organization, on=on):
        return None
    return OrganizationRating.objects.filter(organization=organization, year=cycle.year).first()


def _suggest_form(request, cycle, round_):
    """The form for who may suggest; None for others, and in a locked cycle."""
    by, on = request.user, request.acting.today
    if cycle.is_locked or not services.may_suggest(cycle, by=by, on=on):
        return None
    scheme = round_.scheme if round_ else _scheme_of_year(cycle)
    return OrganizationSuggestForm(
        initial={"scheme": scheme},
        schemes=offered_schemes(request, cycle),
        auto_id="suggest_%s",
    )


def offered_schemes(request, cycle):
    """The rating sets for a cycle: those that come with the software, those adopted by its
    organization or above, and the present one."""
    schemes = OrganizationScheme.objects
    above = Organization.objects.way_to(cycle.organization, on=request.acting.today).values("pk")
    own = schemes.filter(Q(organization=None) | Q(organization__in=above))
    present = OrganizationRound.objects.filter(cycle=cycle).values("scheme")
    return schemes.filter(Q(pk__in=own.newest().values("pk")) | Q(pk__in=present))


def _scheme_of_year(cycle):
    schemes = OrganizationScheme.objects
    return schemes.for_year(cycle.year) if schemes.exists() else None
