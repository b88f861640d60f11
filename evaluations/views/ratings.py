"""The year-end board and one rating explained."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from accounts.recording import log_access
from branches.acting import acts, read_year
from branches.as_of import Seen, as_of
from branches.listing import render_list, wants_list
from branches.models import Meeting, Member, Organization

from .. import exports
from ..board import charts, read_board
from ..board.history import history_of
from ..board.population import read_population
from ..deciding.conditions import conditions_of
from ..deciding.decided import read_way, with_decided_level, with_decisions, with_way
from ..explaining import explain_rating
from ..explaining.why_not import why_not
from ..filters.ratings import RatingFilter
from ..models import Rating
from ..rolling_up.runs import latest_runs, rated_years, ratings_of
from ..tables.ratings import RatingTable


@require_safe
@acts
def rating_board(request):
    acting = request.acting
    acting.require("see_ratings")
    runs = latest_runs(acting)
    years = rated_years(runs)
    year = shown_year(request, years)
    ratings = _decided_ratings(acting, runs, year=year)
    population = _population(request, ratings, year=year)
    filters = _rating_filter(request, ratings, population)
    context = {"year": year, "years": years, "may_start": acting.may("start_roll_up")}
    if not wants_list(request):
        context |= _picture(acting, read_board(population))
    if acting.may("export_ratings"):
        context["downloads"] = [
            {"label": kind.upper(), "url": _download_url(request, kind, year)}
            for kind in ("csv", "xlsx")
        ]
    rows = filters.qs.select_related("member").with_branch_name()
    table = RatingTable(rows)
    response = render_list(
        request,
        "evaluations/board.html",
        table=table,
        filters=filters,
        counted=ngettext_lazy("%(number)s member", "%(number)s members", "count"),
        **context,
    )
    _log(request, "ratings_seen", organization=acting.organization, rows=len(table.page), year=year)
    return response


@require_safe
@acts
def rating_download(request, kind):
    """The rows that the list shows, with the columns of `export_ratings`, as CSV or XLSX."""
    acting = request.acting
    acting.require("export_ratings")
    year = read_year(request)
    if kind not in ("csv", "xlsx") or year is None:
        raise Http404
    ratings = _decided_ratings(acting, latest_runs(acting), year=year)
    population = _population(request, ratings, year=year)
    ratings = exports.for_reader(
        _rating_filter(request, ratings, population).qs, user=request.user, today=acting.today
    )
    _log(
        request,
        "ratings_exported",
        organization=acting.organization,
        rows=ratings.count(),
        year=year,
    )
    name = f"ratings-{acting.organization.code}-{year}.{kind}"
    if kind == "csv":
        response = StreamingHttpResponse(
            exports.csv_lines(ratings), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    file = TemporaryFile()
    try:
        exports.write_xlsx(ratings, file)
    except exports.ExportError as error:
        file.close()
        messages.error(request, str(error))
        return HttpResponseRedirect(acting.url("evaluations:board", year=year))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)


@require_safe
@acts
def rating_detail(request, pk):
    """One rating with everything behind it."""
    acting = request.acting
    rating = _find_rating(acting, pk)
    cut_off = rating.roll_up.as_of
    above = Organization.objects.above(rating.branch, on=cut_off)
    explanation = explain_rating(rating)
    as_of([rating.branch, rating.unit, *explanation.organizations], on=cut_off)
    _log(request, "ratings_seen", member=rating.member, rows=1, year=rating.roll_up.year)
    way = read_way(rating, acting)
    context = {
        "rating": rating,
        "explanation": explanation,
        "above": above,
        "way": way,
        "why_not": why_not(explanation, way),
        "limits": conditions_of([way], cycle=way.cycle).get(way.pk, ()) if way else (),
        "history": history_of(rating.member_id, acting, until=rating.roll_up.year),
        "cut_off": Seen(on=cut_off, today=acting.today),
        "seen_meetings": _seen_meetings(request, explanation),
        "opens_board": acting.organization is not None and acting.may("see_ratings"),
    }
    return render(request, "evaluations/rating.html", context)


def _find_rating(acting, pk):
    """A rating that the reader sees, with what was decided, and whether the member's page opens."""
    visible = Rating.objects.visible_to(acting.user, on=acting.today)
    members = Member.objects.visible_to(acting.user, on=acting.today)
    rows = with_way(with_decided_level(visible, acting), acting).annotate(
        sees_member=Exists(members.filter(pk=OuterRef("member")))
    )
    related = ("roll_up__scheme", "roll_up__organization", "member", "branch", "unit")
    return get_object_or_404(rows.select_related(*related), pk=pk)


def _log(request, kind, *, year, **what):
    log_access(kind, by=request.user, at=timezone.now(), note=str(year), **what)


def shown_year(request, years):
    """The year of the address, or the newest of those with ratings up to the day."""
    on = request.acting.on
    return read_year(request) or next((year for year in years if year <= on.year), on.year)


def _decided_ratings(acting, runs, *, year):
    return with_decisions(ratings_of(acting, runs, year=year), year=year, acting=acting)


def _picture(acting, board):
    """The board, its groups with the address that each leads to, and the chart of them."""
    if board is None:
        return {"board": None}
    addresses = [_address_of(acting, board, bar.organization) for bar in board.bars]
    return {
        "board": board,
        "lost": [
            each
            for each in board.roll_ups
            if each.warnings and each.organization_id == acting.organization.pk
        ],
        "may_decide": board.cycle and acting.may("decide_ratings"),
        "groups": list(zip(board.bars, addresses, strict=True)),
        "chart": charts.level_chart(board, addresses=addresses),
    }


def _address_of(acting, board, organization):
    """One step down: the board of what stands below, or the members of a branch in the list."""
    if board.by != "branch" and organization.reachable:
        query = f"?org={organization.pk}&year={board.year}{acting.day}"
        return reverse("evaluations:board") + query
    narrowed = {
        "below": {},
        "unit": {"unit": organization.pk},
        "branch": {"branch": organization.pk},
    }
    return f"{acting.url('evaluations:board', year=board.year, **narrowed[board.by])}#list"


def _population(request, ratings, *, year):
    """The ratings counted, as the board and its filters need them; of the rows alone, only where
    a filter must know its choices."""
    if _shows_rows_alone(request) and not request.GET.keys() & {"unit", "branch"}:
        ratings = ratings.none()
    return read_population(ratings, acting=request.acting, year=year)


def _shows_rows_alone(request):
    return wants_list(request) or request.resolver_match.view_name != "evaluations:board"


def _rating_filter(request, ratings, population):
    return RatingFilter(
        request.GET,
        ratings,
        request=request,
        units=population.units,
        branches=population.branches,
    )


def _download_url(request, kind, year):
    """The address of the download of exactly the rows that the list shows."""
    query = request.GET.copy()
    for name in ("page", "sort"):
        query.pop(name, None)
    query["year"] = year
    query["org"] = request.acting.organization.pk
    if not request.acting.is_today:
        query["on"] = request.acting.on.isoformat()
    return f"{reverse('evaluations:ratings_download', args=[kind])}?{query.urlencode()}"


def _seen_meetings(request, explanation):
    """The ids of the meetings behind a rating that the reader may open."""
    ids = {line.meeting.pk for line in explanation.meetings}
    for duty in explanation.duties:
        for period in duty.periods:
            ids.update(meeting.pk for meeting in period.visits)
    visible = Meeting.objects.visible_to(request.user, on=request.acting.today)
    return set(visible.filter(pk__in=ids).values_list("pk", flat=True))
