"""Rating sets: the list, one version in words, drafts, differences, adoption."""

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

from .. import scheme_words
from ..forms.schemes import SchemeAdoptForm, SchemeCopyForm, SchemeForm
from ..models import Cycle, Scheme
from ..rules.scheme_values import read_values
from ..services import schemes as services
from ..tables.schemes import SchemeTable


@require_safe
@acts
def scheme_list(request):
    acting = request.acting
    acting.require("see_ratings")
    below = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    schemes = _visible(request).concerning(acting.above, below)
    return render_list(
        request,
        "evaluations/schemes.html",
        table=SchemeTable(schemes.select_related("organization", "made_by")),
        counted=ngettext_lazy("%(number)s version", "%(number)s versions", "count"),
        may_edit=acting.may("edit_schemes"),
    )


@require_safe
@acts
def scheme_detail(request, pk):
    """One version in words, what differs from what it was made from, and the others of its key."""
    scheme = _scheme(request, pk)
    versions = _visible(request).filter(key=scheme.key).order_by("-version")
    context = {
        "scheme": scheme,
        "sections": _sections(scheme.definition),
        "versions": list(versions),
        "others": _others(request, scheme),
        "cycles": _cycles(request).filter(scheme=scheme).select_related("organization"),
        "may_copy": request.acting.may("edit_schemes"),
        "may_change": _may_change(request, scheme),
        "may_try": request.acting.may("edit_schemes") and request.acting.may("see_ratings"),
    }
    if scheme.based_on:
        context["changes"] = scheme_words.changes_in_words(
            scheme.based_on.definition, scheme.definition
        )
    return render(request, "evaluations/scheme.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@acts
@once
def scheme_copy(request, pk):
    """Make a draft of a version, for the organization acted for."""
    acting = request.acting
    scheme = _scheme(request, pk)
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
            return HttpResponseRedirect(acting.url("evaluations:scheme_change", draft.pk))
        except ValidationError as error:
            form.show(error)
    return render(request, "evaluations/scheme_copy.html", {"scheme": scheme, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@acts
@once
def scheme_change(request, pk):
    """The editor of a draft. Saving it goes on to what it does, or stays here."""
    acting = request.acting
    scheme = _draft(request, pk)
    form = SchemeForm(request.POST or None, row=scheme)
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
            page = "trial_start" if "try" in request.POST else "scheme"
            return HttpResponseRedirect(acting.url(f"evaluations:{page}", scheme.pk))
        except ValidationError as error:
            form.show(error)
    return render(request, "evaluations/scheme_change.html", {"scheme": scheme, "form": form})


@require_safe
@acts
def scheme_diff(request, pk, other):
    """What differs between two versions, in words: `other` is the former one."""
    scheme, former = _scheme(request, pk), _scheme(request, other)
    return render(
        request,
        "evaluations/scheme_diff.html",
        {
            "scheme": scheme,
            "former": former,
            "changes": scheme_words.changes_in_words(former.definition, scheme.definition),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@acts
@once
def scheme_adopt(request, pk):
    acting = request.acting
    scheme = _draft(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = SchemeAdoptForm(posted, cycles=_undecided_cycles(request, scheme))
    request.submitted_form = form
    if request.method == "POST" and form.is_valid():
        cycle = form.cleaned_data["cycle"]
        try:
            services.adopt_scheme(
                scheme, cycle=cycle, by=request.user, on=acting.today, at=timezone.now()
            )
            messages.success(request, _adopted(cycle))
            return HttpResponseRedirect(acting.url("evaluations:scheme", scheme.pk))
        except ValidationError as error:
            form.show(error)
    changes = []
    if scheme.based_on:
        before = scheme.based_on.definition
        changes = scheme_words.changes_in_words(before, scheme.definition)
    context = {"scheme": scheme, "form": form, "changes": changes}
    return render(request, "evaluations/scheme_adopt.html", context)


@require_POST
@acts
@once
def scheme_discard(request, pk):
    acting = request.acting
    services.discard_scheme(_draft(request, pk), by=request.user, on=acting.today)
    messages.success(request, _("The draft is gone."))
    return HttpResponseRedirect(acting.url("evaluations:schemes"))


def _visible(request):
    return Scheme.objects.visible_to(request.user, on=request.acting.today)


def _scheme(request, pk):
    related = ("organization", "based_on", "made_by", "adopted_by")
    scheme = get_object_or_404(_visible(request).select_related(*related), pk=pk)
    as_of([scheme.organization], on=request.acting.on)
    return scheme


def _draft(request, pk):
    """A draft that the reader sees; 403 unless they may edit it, locked where they do."""
    scheme = _scheme(request, pk)
    if not _may_change(request, scheme):
        raise PermissionDenied
    if request.method == "POST":
        Scheme.objects.select_for_update(of=("self",)).get(pk=pk)
        scheme.refresh_from_db()
    return scheme


def _may_change(request, scheme):
    return (
        Scheme.objects.editable_by(request.user, on=request.acting.today)
        .filter(pk=scheme.pk)
        .exists()
    )


def _sections(definition):
    """[(heading, [(label, group of a criterion, value in words)])], in the order of the values."""
    sections = {}
    values = read_values(definition)
    names = scheme_words.group_names(definition)
    for path, value in values.items():
        part, _dot, key = path.partition(".")
        if part == "group_of":
            continue
        group = names.get(values.get(f"group_of.{key}"), "") if part == "criteria" else ""
        label = scheme_words.label_of(path, definition)
        line = (label, group, scheme_words.word_of(path, value, definition))
        sections.setdefault(scheme_words.section_of(path), []).append(line)
    return list(sections.items())


def _others(request, scheme):
    """Other versions to compare with: what it was made from, and those offered here."""
    offered = Scheme.objects.offered_to(request.acting.above)
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


def _adopted(cycle):
    if cycle is None:
        return _("The version is adopted. Cycles that are opened from now on may use it.")
    return _(
        "The version is adopted, and %(cycle)s is rated by it: run the roll-up again, then take "
        "the suggestions."
    ) % {"cycle": cycle}
