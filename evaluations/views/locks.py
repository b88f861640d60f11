"""Locking a cycle, what later corrections would change, and rating again."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.recording import log_access
from accounts.submitting import once
from branches.acting import acts
from branches.listing import PAGE_ROWS

from ..choices import NotRatedReason, StepKind
from ..forms.decisions import LockForm, ReRateForm
from ..locked import searches as change_searches
from ..locked.changes import find_changes
from ..locked.digest import digest_of
from ..locked.readiness import read_readiness
from ..models import Appraisal, Decision
from ..services import locking as services
from .appraisals import RELATED, name_organizations
from .cycles import visible_cycle


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def cycle_lock(request, pk):
    """What the cycle still needs, and the lock; of a locked one, whether its digest still holds."""
    acting = request.acting
    cycle = visible_cycle(request, pk)
    may_lock = request.user.may("lock_ratings", cycle.organization, on=acting.today)
    if not may_lock:
        raise PermissionDenied
    form = LockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.lock_cycle(cycle, by=request.user, on=acting.today, at=timezone.now())
            messages.success(request, _("The cycle is locked."))
            return HttpResponseRedirect(acting.url("evaluations:cycle_lock", cycle.pk))
        except ValidationError as error:
            form.show(error)
    context = {"cycle": cycle, "form": form, "readiness": read_readiness(cycle)}
    context["steps"] = _named(StepKind, context["readiness"].steps)
    context["not_rated"] = _named(NotRatedReason, context["readiness"].not_rated)
    if cycle.is_locked:
        context["again"] = Decision.objects.filter(
            appraisal__cycle=cycle, cause="re_rating"
        ).count()
        context["holds"] = digest_of(cycle) == cycle.digest if "check" in request.GET else None
    return render(request, "evaluations/cycle_lock.html", context)


def _named(choices, counts):
    return [(choices(value).label, count) for value, count in counts.items()]


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def cycle_changes(request, pk):
    """Who would be suggested otherwise today, with each fact that differs; a POST looks anew."""
    acting = request.acting
    cycle = visible_cycle(request, pk)
    if not cycle.is_locked:
        messages.info(request, _("This cycle is open: take the suggestions again instead."))
        return HttpResponseRedirect(acting.url("evaluations:cycle", cycle.pk))
    if request.method == "POST":
        services.look_for_late_changes(cycle, at=timezone.now())
        return HttpResponseRedirect(acting.url("evaluations:cycle_changes", cycle.pk))
    search = change_searches.read(cycle)
    context = {"cycle": cycle, "search": search}
    if search and search.is_done:
        visible = Appraisal.objects.visible_to(request.user, on=acting.today)
        changed = change_searches.changed_rows(search, visible.filter(cycle=cycle))
        page = Paginator(changed, PAGE_ROWS).get_page(request.GET.get("page"))
        context["page"] = change_searches.with_changes(page, search)
        context["added"] = change_searches.added_members(search, user=request.user, on=acting.today)
        log_access(
            "ratings_seen", by=request.user, at=timezone.now(), rows=len(page),
            organization=cycle.organization, note=str(cycle.year),
        )  # fmt: skip
    template = "_cycle_changes" if request.htmx else "cycle_changes"
    return render(request, f"evaluations/{template}.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
@once
def re_rate(request, pk):
    """Rate a member of a locked cycle again, with what has changed in the facts beside it."""
    acting = request.acting
    scope = request.user.scope_for("see_ratings", on=acting.today)
    visible = Appraisal.objects.filter(cycle_branch__branch__in=scope.values("pk"))
    appraisal = get_object_or_404(visible.select_related(*RELATED), pk=pk)
    name_organizations(request, appraisal)
    unit = appraisal.cycle_branch.unit
    if not request.user.may_on("decide_ratings", unit, appraisal.member, on=acting.today):
        raise PermissionDenied
    form = ReRateForm(request.POST or None, initial={"decided_on": acting.today})
    if request.method == "POST" and form.is_valid():
        try:
            services.re_rate(
                appraisal,
                **form.cleaned_data,
                by=request.user,
                on=acting.today,
                at=timezone.now(),
            )
            messages.success(request, _("The member is rated again; the old decision stays."))
            return HttpResponseRedirect(acting.url("evaluations:appraisal", appraisal.pk))
        except ValidationError as error:
            form.show(error)
    context = {"appraisal": appraisal, "cycle": appraisal.cycle, "row": appraisal.cycle_branch}
    context["form"] = form
    if appraisal.cycle.is_locked:
        changed, _added = find_changes(appraisal.cycle, unit=unit)
        context["changes"] = changed.get(appraisal.pk, [])
    return render(request, "evaluations/re_rate.html", context)
