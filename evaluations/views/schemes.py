"""Rating sets of members and of organizations: the list, one version in words, drafts, differences,
adoption."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.submitting import once
from branches.acting import acts
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization

from ..forms.schemes import SchemeAdoptForm, SchemeCopyForm
from ..models import Cycle
from ..services import schemes as services
from .scheme_kinds import MEMBERS


@require_safe
@acts
def scheme_list(request, kind=MEMBERS):
    acting = request.acting
    acting.require("see_ratings")
    below = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    schemes = _visible(request, kind).concerning(acting.above, below)
    return render_list(
        request,
        "evaluations/schemes.html",
        kind=kind,
        table=kind.table(schemes.select_related("organization", "made_by")),
        counted=ngettext_lazy("%(number)s version", "%(number)s versions", "count"),
        may_edit=acting.may("edit_schemes"),
    )


@require_safe
@acts
def scheme_detail(request, pk, kind=MEMBERS):
    """One version in words, what differs from what it was made from, and the others of its key."""
    scheme = _scheme(request, pk, kind)
    may_edit = request.acting.may("edit_schemes")
    versions = _visible(request, kind).filter(key=scheme.key).order_by("-version")
    context = {
        "kind": kind,
        "scheme": scheme,
        "sections": _sections(scheme.definition, kind),
        "versions": list(versions),
        "others": _others(request, scheme, kind),
        "cycles": _cycles(request).filter(**{kind.cycles: scheme}).select_related("organization"),
        "may_copy": may_edit,
        "may_change": _may_change(request, scheme, kind),
        "may_try": kind.has_trials and may_edit and request.acting.may("see_ratings"),
    }
    if scheme.based_on:
        context["changes"] = kind.words.changes_in_words(
            scheme.based_on.definition, scheme.definition
        )
    return render(request, "evaluations/scheme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acts
@once
def scheme_copy(request, pk, kind=MEMBERS):
    """Make a draft of a version, for the organization acted for."""
    acting = request.acting
    scheme = _scheme(request, pk, kind)
    acting.require("edit_schemes")
    form = SchemeCopyForm(request.POST or None, initial={"name": scheme.name})
    request.submitted_form = form
    if request.method == "POST" and form.is_valid():
        try:
            draft = services.copy_scheme(
                scheme,
                organization=acting.organization,
                name=form.cleaned_data["name"],
                by=request.user,
                on=acting.today,
                at=timezone.now(),
            )
            messages.success(request, _("The draft is made: change it, try it, then adopt it."))
            return HttpResponseRedirect(acting.url(kind.change, draft.pk))
        except ValidationError as error:
            form.show(error)
    context = {"kind": kind, "scheme": scheme, "form": form}
    return render(request, "evaluations/scheme_copy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acts
@once
def scheme_change(request, pk, kind=MEMBERS):
    """The editor of a draft. Saving it goes on to what it does, or stays here."""
    acting = request.acting
    scheme = _draft(request, pk, kind)
    form = kind.form(request.POST or None, row=scheme)
    request.submitted_form = form
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "first_year", "last_year")}
        try:
            services.change_scheme(
                scheme,
                **values,
                definition=form.cleaned_data["definition"],
                by=request.user,
                on=acting.today,
            )
            messages.success(request, _("The draft is saved."))
            tries = kind.has_trials and "try" in request.POST
            page = "evaluations:trial_start" if tries else kind.detail
            return HttpResponseRedirect(acting.url(page, scheme.pk))
        except ValidationError as error:
            form.show(error)
    context = {"kind": kind, "scheme": scheme, "form": form}
    return render(request, "evaluations/scheme_change.html", context)


@require_safe
@acts
def scheme_diff(request, pk, other, kind=MEMBERS):
    """What differs between two versions, in words: `other` is the former one."""
    scheme, former = _scheme(request, pk, kind), _scheme(request, other, kind)
    return render(
        request,
        "evaluations/scheme_diff.html",
        {
            "kind": kind,
            "scheme": scheme,
            "former": former,
            "changes": kind.words.changes_in_words(former.definition, scheme.definition),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acts
@once
def scheme_adopt(request, pk, kind=MEMBERS):
    acting = request.acting
    scheme = _draft(request, pk, kind)
    posted = request.POST if request.method == "POST" else None
    cycles = _undecided_cycles(request, scheme) if kind == MEMBERS else None
    form = SchemeAdoptForm(posted, cycles=cycles)
    request.submitted_form = form
    if request.method == "POST" and form.is_valid():
        cycle = form.cleaned_data.get("cycle")
        try:
            services.adopt_scheme(
                scheme, cycle=cycle, by=request.user, on=acting.today, at=timezone.now()
            )
            messages.success(request, _adopted(cycle, kind))
            return HttpResponseRedirect(acting.url(kind.detail, scheme.pk))
        except ValidationError as error:
            form.show(error)
    changes = []
    if scheme.based_on:
        before = scheme.based_on.definition
        changes = kind.words.changes_in_words(before, scheme.definition)
    context = {"kind": kind, "scheme": scheme, "form": form, "changes": changes}
    return render(request, "evaluations/scheme_adopt.html", context)


@require_POST
@acts
@once
def scheme_discard(request, pk, kind=MEMBERS):
    acting = request.acting
    services.discard_scheme(_draft(request, pk, kind), by=request.user, on=acting.today)
    messages.success(request, _("The draft is gone."))
    return HttpResponseRedirect(acting.url(kind.list))


def _visible(request, kind):
    return kind.model.objects.visible_to(request.user, on=request.acting.today)


def _scheme(request, pk, kind):
    related = ("organization", "based_on", "made_by", "adopted_by")
    scheme = get_object_or_404(_visible(request, kind).select_related(*related), pk=pk)
    as_of([scheme.organization], on=request.acting.on)
    return scheme


def _draft(request, pk, kind):
    """A draft that the reader sees; 403 unless they may edit it, locked where they do."""
    scheme = _scheme(request, pk, kind)
    if not _may_change(request, scheme, kind):
        raise PermissionDenied
    if request.method == "POST":
        kind.model.objects.select_for_update(of=("self",)).get(pk=pk)
        scheme.refresh_from_db()
    return scheme


def _may_change(request, scheme, kind):
    editable = kind.model.objects.editable_by(request.user, on=request.acting.today)
    return editable.filter(pk=scheme.pk).exists()


def _sections(definition, kind):
    """[(heading, [(label, group of a criterion, value in words)])], in the order of the values."""
    sections = {}
    values, words = kind.values.read_values(definition), kind.words
    names = words.group_names(definition)
    for path, value in values.items():
        part, _dot, key = path.partition(".")
        if part == "group_of":
            continue
        group = names.get(values.get(f"group_of.{key}"), "") if part == "criteria" else ""
        label = words.label_of(path, definition)
        line = (label, group, words.word_of(path, value, definition))
        sections.setdefault(words.section_of(path), []).append(line)
    return list(sections.items())


def _others(request, scheme, kind):
    """Other versions to compare with: what it was made from, and those offered here."""
    offered = kind.model.objects.offered_to(request.acting.above)
    return [each for each in offered if each.pk not in (scheme.pk, scheme.based_on_id)]


def _cycles(request):
    return Cycle.objects.visible_to(request.user, on=request.acting.today)


def _undecided_cycles(request, scheme):
    """Open cycles that the reader manages, of the years of the set, in which nobody is decided on,
    of the organization that made it or below."""
    acting = request.acting
    below = Organization.objects.below(scheme.organization, on=acting.today)
    managed = request.user.scope_for("manage_cycles", on=acting.today)
    cycles = (
        _cycles(request)
        .open()
        .filter(
            year__gte=scheme.first_year,
            organization__in=below.filter(pk__in=managed.values("pk")).values("pk"),
        )
    )
    if scheme.last_year:
        cycles = cycles.filter(year__lte=scheme.last_year)
    undecided = cycles.exclude(appraisals__decisions__isnull=False)
    return undecided.select_related("organization")


def _adopted(cycle, kind):
    if kind != MEMBERS:
        return _(
            "The version is adopted: it is offered where the levels of the organizations of a "
            "cycle are suggested."
        )
    if cycle is None:
        return _("The version is adopted. Cycles that are opened from now on may use it.")
    return _(
        "The version is adopted, and %(cycle)s is rated by it: run the roll-up again, then take "
        "the suggestions."
    ) % {"cycle": cycle}
