"""Pages on which the local committee says what it thinks of an assigned cadre's year."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from branches.acting import FIRST_YEAR, acts, read_year
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization

from .. import reviewing
from ..assigning.pages import with_results
from ..forms.reviews import MOST_ROWS, ReviewForm, ReviewsForm
from ..models import Assignment, Review
from ..services import reviews as services
from ..tables.reviews import ReviewFilter, ReviewTable

EARLIER_YEARS = 4


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def review_list(request):
    """The cadres assigned in the year, with what is said of each; many are written at once."""
    acting = request.acting
    acting.require("see_assignments")
    year = min(read_year(request) or acting.on.year, acting.on.year)
    below = Organization.objects.below(acting.organization, on=acting.on)
    visible = Assignment.objects.visible_to(request.user, on=acting.today)
    rows = reviewing.of_year(visible.of_targets(below), year=year)
    form = _posted(request, year) if request.method == "POST" else None
    if form is not None and form.is_valid() and (saved := _save(request, form, year)):
        return saved
    filters = ReviewFilter(request.GET, rows.select_related("member", "target"), request=request)
    shown = rows.filter(pk__in=[each.pk for each in form.assignments]) if form else filters.qs
    shown = with_results(shown.select_related("member", "target"), year=year)
    table = ReviewTable(
        shown,
        make_form=lambda page: form or _form_of(request, page),
        extra_columns=(),
    )
    counts = reviewing.count_levels(rows)
    return render_list(
        request,
        "assignments/reviews.html",
        table=table,
        filters=filters,
        counted=ngettext_lazy("%(number)s assignment", "%(number)s assignments", "count"),
        counts=counts,
        **({} if counts["assignments"] else _nobody(year)),
        year=year,
        years=list(range(acting.on.year, acting.on.year - EARLIER_YEARS - 1, -1)),
        may_review=bool(acting.held) and acting.may(reviewing.ACTION),
    )


def _nobody(year):
    return {
        "empty_title": _("Nobody was assigned here in %(year)s.") % {"year": year},
        "empty_text": _("Cadres stand here who are assigned to this organization or one below it."),
    }


def _form_of(request, page):
    """The form of those of the page that the reader reviews; None where there are none."""
    if not request.user.may_as({role for role, _where in request.acting.held}, reviewing.ACTION):
        return None
    rows = Assignment.objects.filter(pk__in=[each.pk for each in page])
    own = reviewing.reviewable(rows, user=request.user, on=request.acting.today)
    ids = set(own.values_list("pk", flat=True))
    own = [each for each in page if each.pk in ids]
    return ReviewsForm(assignments=own) if own else None


def _posted(request, year):
    """The form as it was sent: of the assignments that it names, whatever the list says now."""
    names = [name.removeprefix("level-") for name in request.POST if name.startswith("level-")]
    ids = {int(pk) for pk in names if pk.isdecimal() and len(pk) < 18}
    if not ids or len(ids) > MOST_ROWS:
        raise Http404
    acting = request.acting
    visible = Assignment.objects.visible_to(request.user, on=acting.today).filter(pk__in=ids)
    if visible.count() != len(ids):
        raise Http404
    own = reviewing.reviewable(visible, user=request.user, on=acting.today)
    rows = list(reviewing.of_year(own, year=year).select_related("member", "target"))
    if len(rows) != len(ids):
        raise PermissionDenied
    return ReviewsForm(request.POST, assignments=rows)


def _save(request, form, year):
    acting, reason = request.acting, form.cleaned_data["reason"]
    rows = [row for row in form.rows if (row[1], row[2]) != (row[0].level, row[0].comment)]
    try:
        count = 0
        if rows:
            count = services.review_cadres(
                rows, year=year, reason=reason, by=request.user, on=acting.today
            )
    except ValidationError as error:
        form.show(error)
        return None
    words = ngettext("%(count)d review is saved.", "%(count)d reviews are saved.", count)
    messages.success(request, words % {"count": count} if count else _("Nothing was changed."))
    return HttpResponseRedirect(request.get_full_path())


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def review_write(request, pk, year):
    """The review of one cadre, with what they did that year beside it."""
    acting = request.acting
    if not FIRST_YEAR <= year <= acting.today.year:
        raise Http404
    visible = Assignment.objects.visible_to(request.user, on=acting.today)
    rows = with_results(reviewing.of_year(visible, year=year), year=year)
    assignment = get_object_or_404(rows.select_related("member", "target"), pk=pk)
    own = Assignment.objects.filter(pk=pk)
    if not reviewing.reviewable(own, user=request.user, on=acting.today).exists():
        raise PermissionDenied
    reviews = Review.objects.filter(assignment=assignment, year=year)
    if request.method == "POST":
        reviews = reviews.select_for_update(of=("self",))
    form = ReviewForm(request.POST if request.method == "POST" else None, row=reviews.first())
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and (saved := _write(request, form, assignment, year)):
        return saved
    tasks = list(assignment.tasks.counted().filter(year=year).select_related("organization"))
    as_of([assignment.target, *(task.organization for task in tasks)], on=acting.on)
    context = {
        "assignment": assignment,
        "year": year,
        "form": form,
        "tasks": tasks,
        "above": Organization.objects.above(assignment.target, on=acting.on),
    }
    return render(request, "assignments/review_write.html", context)


def _write(request, form, assignment, year):
    said = form.cleaned_data
    try:
        services.review_cadres(
            [(assignment, said["level"], said["comment"])],
            year=year,
            reason=said.get("reason", ""),
            by=request.user,
            on=request.acting.today,
        )
    except ValidationError as error:
        form.show(error)
        return None
    messages.success(request, _("The review is saved."))
    return HttpResponseRedirect(request.acting.url("assignments:reviews", year=year))
