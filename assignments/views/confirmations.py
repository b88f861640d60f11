"""The inbox of the office that confirms visits and tasks, and deciding on one visit."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import ROLES_FOR
from branches.acting import acts
from branches.listing import wants_list
from branches.templatetags.numbers import number

from ..choices import Outcome
from ..confirming.inbox import (
    BRANCH,
    CADRE,
    DISPUTED,
    DONE,
    ESCALATED,
    LATE,
    WAITING,
    Inbox,
    committees_below,
    filtered,
)
from ..forms.confirmations import ConfirmationFilter, read_keys
from ..forms.reasons import ReasonForm
from ..models import Task, Visit
from ..services import visits as services
from ..services.task_work import confirm_tasks, suggested_outcome

# What may be done to one visit with a reason: heading, button, what is said then, the service.
DECISIONS = {
    "confirm": (
        gettext_lazy("Confirm a disputed visit"),
        gettext_lazy("Confirm"),
        gettext_lazy("The visit is confirmed."),
        lambda visit, **who: services.confirm_visits([visit], **who),
    ),
    "refuse": (
        gettext_lazy("Refuse a visit"),
        gettext_lazy("Refuse"),
        gettext_lazy("The visit is refused: it counts as an absence."),
        services.refuse_visit,
    ),
    "dispute": (
        gettext_lazy("Dispute a visit"),
        gettext_lazy("Dispute"),
        gettext_lazy("The visit is disputed: the cadre reads your reason."),
        services.dispute_visit,
    ),
    "reopen": (
        gettext_lazy("Take a decision back"),
        gettext_lazy("Reopen"),
        gettext_lazy("The visit waits again."),
        services.reopen_visit,
    ),
}


@require_safe
@acts
def confirmations(request):
    """What waits for the reader, what they decided, and what waits too long below."""
    acting, at = request.acting, timezone.now()
    own, below = Inbox(request.user, at=at), _below(acting, at)
    tabs, late = _tabs(own, below, acting)
    tab = request.GET.get("tab")
    tab = tab if tab in tabs else next(iter(tabs), WAITING)
    by = CADRE if request.GET.get("by") == CADRE else BRANCH
    form = ConfirmationFilter(request.GET, on=acting.today)
    inbox = below if tab == ESCALATED else own
    rows = filtered(inbox.rows_of(tab), **form.values())
    context = {
        "tab": tab,
        "tabs": tabs,
        "by": by,
        "late": late,
        "within": settings.CONFIRM_WITHIN_DAYS,
        "escalate_after": settings.ESCALATE_AFTER_DAYS,
        "shown": inbox.show(rows, by=by, number=request.GET.get("page")),
        "outcomes": Outcome.choices,
        "filters": form,
        "chosen": any(form.values().values()),
        "cleared": acting.url("assignments:confirmations", tab=tab, by=by),
        "confirms": tab == WAITING,
    }
    template = "_confirmation_rows" if wants_list(request) else "confirmations"
    response = render(request, f"assignments/{template}.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _below(acting, at):
    """What waits at committees directly below the organization acted for, for who answers for it;
    None for others."""
    if acting.organization is None or not acting.may("review_work"):
        return None
    committees = committees_below(acting.organization, on=acting.today)
    return None if committees is None else Inbox(acting.user, at=at, committees=committees)


def _tabs(own, below, acting):
    """({tab: how many items it has, None where nobody counts them} of the tabs that the reader has,
    how many are past the deadline)."""
    tabs, late = {}, 0
    if any(role in ROLES_FOR["confirm_work"] for role, _organization in acting.held):
        counts = own.counts()
        tabs = {WAITING: counts[WAITING], DISPUTED: counts[DISPUTED], DONE: None}
        late = counts[LATE]
    if below and ((escalated := below.escalated()) or not tabs):
        tabs[ESCALATED] = escalated
    return tabs, late


@require_POST
@acts
def confirmations_confirm(request):
    """Confirm what was ticked, all at once."""
    ids, outcomes = read_keys(request.POST)
    visits = Visit.objects.confirmable_by(request.user, on=request.acting.today)
    visits = list(visits.filter(pk__in=ids, state="logged"))
    tasks = Task.objects.confirmable_by(request.user, on=request.acting.today).with_reported_at()
    tasks = list(tasks.waiting().filter(pk__in=outcomes))
    pairs = [(task, outcomes[task.pk] or suggested_outcome(task)) for task in tasks]
    try:
        with transaction.atomic():
            if visits:
                services.confirm_visits(visits, by=request.user, at=timezone.now())
            if pairs:
                confirm_tasks(pairs, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        _tell(request, len(visits) + len(pairs), asked=len(ids) + len(outcomes))
    return HttpResponseRedirect(_inbox(request))


def _tell(request, done, *, asked):
    if not asked:
        messages.warning(request, _("Tick what you confirm first."))
    if done:
        text = ngettext("%(number)s is confirmed.", "%(number)s are confirmed.", done)
        messages.success(request, text % {"number": number(done)})
    if done < asked:
        text = ngettext(
            "%(number)s was decided on or withdrawn meanwhile: it is as it was.",
            "%(number)s were decided on or withdrawn meanwhile: they are as they were.",
            asked - done,
        )
        messages.warning(request, text % {"number": number(asked - done)})


def _inbox(request):
    """Back to the list as it was filtered."""
    query = request.GET.copy()
    query.pop("page", None)
    address = reverse("assignments:confirmations")
    return f"{address}?{query.urlencode()}" if query else address


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def visit_confirm(request, pk):
    return _decide(request, pk, "confirm")


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def visit_refuse(request, pk):
    return _decide(request, pk, "refuse")


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def visit_dispute(request, pk):
    return _decide(request, pk, "dispute")


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def visit_reopen(request, pk):
    return _decide(request, pk, "reopen")


def _decide(request, pk, decision):
    """Ask why, beside what the three say of the visit, and do it."""
    visits = Visit.objects.visible_to(request.user, on=request.acting.today).with_people()
    visit = get_object_or_404(visits, pk=pk)
    mine = Visit.objects.confirmable_by(request.user, on=request.acting.today)
    if not mine.filter(pk=visit.pk).exists():
        raise PermissionDenied
    heading, button, done, service = DECISIONS[decision]
    form = ReasonForm(request.POST if request.method == "POST" else None, button=button)
    if request.method == "POST" and form.is_valid():
        try:
            service(visit, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, done)
            return HttpResponseRedirect(request.acting.url("assignments:confirmations"))
    context = {"visit": visit, "form": form, "heading": heading}
    return render(request, "assignments/confirmation.html", context)
