"""Pages of reorganizations: choose, preview, confirm; what was done; undo."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.acting import acts
from branches.choices import ReorganizationKind
from branches.listing import render_list
from branches.masking import sight_of
from branches.models import Organization, Reorganization
from branches.views.visible import visible_organization

from ..forms.reorganization import FORMS, ConfirmForm, UndoForm
from ..forms.reorganization_base import ASSIGNMENT
from ..reorganizing import pages, roles, showing, undoing
from ..services import reorganizing
from ..tables.reorganizations import ReorganizationTable

OWN_FIELDS = ("csrfmiddlewaretoken", "step", "decision", "reason", "digest")


@require_safe
@acts
def reorganization_list(request):
    """What was reorganized within the organizations that the reader answers for."""
    request.acting.require("reorganize")
    return render_list(
        request,
        "assignments/reorganizations.html",
        table=ReorganizationTable(
            _done(request).defer("changes").select_related("done_by__member")
        ),
        counted=ngettext_lazy("%(number)s reorganization", "%(number)s reorganizations", "count"),
    )


@require_safe
@acts
def reorganize(request):
    """Choose what is to be done."""
    request.acting.require("reorganize")
    context = {"kinds": ReorganizationKind, "begun": _begun(request)}
    return render(request, "assignments/reorganize.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def reorganize_kind(request, kind):
    """Fill in, look at what it touches, confirm: one address, and nothing kept in between."""
    request.acting.require("reorganize")
    if kind not in FORMS:
        raise Http404
    form = _form(request, kind)
    if request.method == "POST" and request.POST.get("step") != "edit" and form.is_valid():
        try:
            return _preview_or_do(request, kind, form, form.plan())
        except ValidationError as error:
            form.show(error)
        except PermissionDenied:
            form.add_error(None, _not_allowed())
    context = {"form": form, "kind": ReorganizationKind(kind)}
    return render(request, "assignments/reorganize_kind.html", context)


def _preview_or_do(request, kind, form, plan):
    step, acting = request.POST.get("step", ""), request.acting
    confirming = ConfirmForm(request.POST if step == "confirm" else None)
    if step == "confirm" and confirming.is_valid():
        try:
            return _do(request, plan, confirming.cleaned_data)
        except reorganizing.ChangedMeanwhile as error:
            confirming.show(error)
    shown = reorganizing.preview(plan, by=request.user, today=acting.today)
    if step == "download":
        return pages.as_csv(shown.lines, f"{kind}-{plan.on}.csv")
    return _render_preview(request, kind, plan, shown, confirming)


def _do(request, plan, confirmed):
    acting = request.acting
    done = reorganizing.reorganize(
        plan,
        by=request.user,
        today=acting.today,
        at=timezone.now(),
        decision=confirmed["decision"],
        reason=confirmed["reason"],
        digest=confirmed["digest"],
    )
    messages.success(request, _("It is done."))
    return HttpResponseRedirect(acting.url("assignments:reorganization", done.pk))


def _render_preview(request, kind, plan, shown, confirming):
    sections = pages.sections(shown.lines, plan)
    chosen = {
        f"{ASSIGNMENT}{line.pk}" for section in sections for line, some in section.rows if some
    }
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in OWN_FIELDS and name not in chosen
    ]
    context = {
        "kind": ReorganizationKind(kind),
        "plan": plan,
        "shown": shown,
        "sections": sections,
        "chooses": bool(chosen),
        "form": confirming,
        "carried": carried,
    }
    return render(request, "assignments/reorganize_preview.html", context)


@require_http_methods(["GET", "POST"])
@acts
def reorganization_detail(request, pk):
    """What it touched, row by row; and undoing it."""
    acting = request.acting
    acting.require("reorganize")
    done = get_object_or_404(_done(request).select_related("done_by__member", "undone_by"), pk=pk)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reorganizing.undo(
                done, by=request.user, today=acting.today, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("It is undone: everything stands as before."))
            return HttpResponseRedirect(acting.url("assignments:reorganization", pk))
    changes = undoing.changes_of(done)
    offers = _offers(request, done, changes)
    context = {
        "done": done,
        "form": form,
        "sections": pages.sections(showing.lines_of(changes)),
        "named": Organization.objects.filter(pk__in=done.organization_ids),
        "hindrances": [] if done.undone_at else _hindrances(done),
        "offers": offers,
        "gives": any(offer.may_give for offer in offers),
    }
    return render(request, "assignments/reorganization.html", context)


@transaction.atomic
def _hindrances(done):
    return undoing.what_depends(undoing.undoing_of(done), done)


@require_safe
@acts
def reorganization_download(request, pk):
    """All that it touched, as CSV."""
    request.acting.require("reorganize")
    done = get_object_or_404(_done(request), pk=pk)
    lines = showing.lines_of(undoing.changes_of(done))
    return pages.as_csv(lines, f"{done.kind}-{done.on}.csv")


@require_POST
@acts
def reorganization_roles(request, pk):
    """Give roles on what ended anew at the successors: those ticked, by an administrator."""
    acting = request.acting
    acting.require("reorganize")
    done = get_object_or_404(_done(request).filter(undone_at=None), pk=pk)
    given = roles.give_anew(
        done,
        undoing.changes_of(done),
        set(request.POST.getlist("offer")),
        by=request.user,
        today=acting.today,
    )
    if given:
        messages.success(request, _("Roles given: %(count)d") % {"count": given})
    return HttpResponseRedirect(acting.url("assignments:reorganization", pk))


def _offers(request, done, changes):
    if done.undone_at:
        return []
    return roles.offers_of(done, changes, by=request.user, today=request.acting.today)


def _done(request):
    scope = request.user.scope_for("reorganize", on=request.acting.today)
    return Reorganization.objects.within(scope)


def _begun(request):
    """The organization from whose page somebody comes."""
    pk = request.GET.get("organization", "")
    return visible_organization(request, pk) if pk else None


def _form(request, kind):
    acting = request.acting
    form_class, begun = FORMS[kind], _begun(request)
    # Of the one acted for those below are offered to be ticked: it is not meant itself.
    if begun == acting.organization and "chosen" in form_class.base_fields:
        begun = None
    return form_class(
        request.POST if request.method == "POST" else None,
        scope=request.user.scope_for("reorganize", on=acting.today),
        sight=sight_of(request),
        offered=Organization.objects.children_of(acting.organization, on=acting.on).order_by(
            "code"
        ),
        begun=begun,
    )


def _not_allowed():
    return _(
        "You may not do this: it also touches an organization that you do not answer for, such as "
        "what stands above those that end or move."
    )
