"""Pages of directives."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts, read_day, read_year
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization
from branches.picking import find_rows
from branches.views.visible import seen_members

from ..assigning import pages
from ..choices import DirectiveKind
from ..directives import page as reads
from ..directives.numbering import suggest_numbers, tidy
from ..filters.assignments import AssignmentFilter
from ..filters.directives import DirectiveFilter
from ..forms.directives import DirectiveForm
from ..forms.reasons import ReasonForm
from ..models import Assignment, Directive
from ..services import directives as services
from ..tables.assignments import AssignmentTable
from ..tables.directives import DirectiveTable


@require_safe
@acts
def directive_list(request):
    """Documents issued by the organization acted for or below it, or that assign somebody there."""
    acting = request.acting
    acting.require("see_assignments")
    below = Organization.objects.below(acting.organization, on=acting.on)
    directives = (
        Directive.objects.visible_to(request.user, on=acting.today)
        .of_organizations(below)
        .filter(issued_on__lte=acting.on)
    )
    visible = Assignment.objects.visible_to(request.user, on=acting.today)
    here = visible.of_targets(below).told(on=acting.on, today=acting.today)
    issuers = Organization.objects.on(acting.on).filter(pk__in=directives.values("issuer"))
    filters = DirectiveFilter(
        request.GET,
        reads.with_counts(directives, assignments=here, on=acting.on),
        request=request,
        issuers=issuers.order_by("code"),
        years=[day.year for day in directives.order_by().dates("issued_on", "year", "DESC")],
    )
    return render_list(
        request,
        "assignments/directives.html",
        table=DirectiveTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s directive", "%(number)s directives", "count"),
        may_add=acting.may("assign_work"),
    )


@require_safe
@acts
def directive_detail(request, pk):
    acting = request.acting
    directive = _visible_directive(request, pk)
    page = reads.directive_page(
        directive, user=request.user, today=acting.today, on=acting.on, year=read_year(request)
    )
    may_change = _may_change(request, directive)
    people = [team.leader_id for team in page.teams]
    people += [each.member_id for each in page.assignments]
    return render(
        request,
        "assignments/directive.html",
        {
            "directive": directive,
            "page": page,
            "above": as_of(
                Organization.objects.above(directive.issuer, on=acting.on), on=acting.on
            ),
            "may_change": may_change,
            "may_make": may_change
            or request.user.may("make_documents", directive.issuer, on=acting.today),
            "seen_members": seen_members(request, people),
        },
    )


@require_safe
@acts
def directive_assignments(request, pk):
    """All assignments under the directive that the reader sees."""
    acting = request.acting
    directive = _visible_directive(request, pk)
    assignments = (
        Assignment.objects.visible_to(request.user, on=acting.today)
        .filter(directive=directive)
        .told(on=acting.on, today=acting.today)
        .with_people()
    )
    filters = AssignmentFilter(
        request.GET,
        pages.with_results(assignments, year=acting.on.year, until=acting.on),
        request=request,
    )
    return render_list(
        request,
        "assignments/directive_assignments.html",
        table=AssignmentTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s assignment", "%(number)s assignments", "count"),
        directive=directive,
    )


@require_http_methods(["GET", "POST"])
@acts
def directive_add(request):
    acting = request.acting
    acting.require("assign_work")
    form = DirectiveForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        issuers=_issuers(request),
        initial=_suggested(request),
        refresh=acting.url("assignments:directive_add"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            directive = services.issue_directive(
                **_with_number(form.cleaned_data),
                by=request.user,
                on=acting.today,
                at=timezone.now(),
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, directive, _("The document is entered."))
    return render(request, "assignments/directive_add.html", {"form": form})


@require_http_methods(["GET", "POST"])
@acts
def directive_change(request, pk):
    directive = changeable_directive(request, pk)
    form = DirectiveForm(
        request.POST if request.method == "POST" else None,
        issuers=_issuers(request),
        row=directive,
    )
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.initial}
        try:
            services.change_directive(directive, **values, by=request.user, on=request.acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, directive, _("The document is changed."))
    directive = Directive.objects.get(pk=pk)  # without what was refused
    return render(
        request, "assignments/directive_change.html", {"directive": directive, "form": form}
    )


@require_http_methods(["GET", "POST"])
@acts
def directive_delete(request, pk):
    """Delete a document under which nothing was issued, after a page that names what goes."""
    directive = changeable_directive(request, pk)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, button=_("Delete the document")
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.delete_directive(
                directive,
                reason=form.cleaned_data["reason"],
                by=request.user,
                on=request.acting.today,
            )
        except ValidationError as error:
            form.show(error)
        else:
            messages.success(request, _("The document is deleted."))
            return HttpResponseRedirect(request.acting.url("assignments:directives"))
    return render(
        request,
        "assignments/directive_delete.html",
        {
            "directive": directive,
            "form": form,
            "blocked": services.what_was_issued(directive),
            "attachments": directive.attachments.select_related("file").defer("file__content"),
        },
    )


def changeable_directive(request, pk):
    """404 for what the reader does not see, 403 for what they may not change. Locked where it is
    to be changed, so that of two who save at once the second is told."""
    directive = _visible_directive(request, pk, locked=request.method == "POST")
    if not _may_change(request, directive):
        raise PermissionDenied
    as_of([directive.issuer], on=request.acting.on)
    return directive


def _visible_directive(request, pk, *, locked=False):
    visible = Directive.objects.visible_to(request.user, on=request.acting.today)
    visible = visible.select_related("issuer")
    return get_object_or_404(visible.select_for_update(of=("self",)) if locked else visible, pk=pk)


def _may_change(request, directive):
    return request.user.may("assign_work", directive.issuer, on=request.acting.today)


def _issuers(request):
    today = request.acting.today
    return request.user.scope_for("assign_work", on=today).valid_on(today)


def _suggested(request):
    """What the form of a new document begins with: as the address says, or as is most common."""
    acting, asked = request.acting, request.GET
    kind = asked.get("kind", "")
    kind = kind if kind in DirectiveKind else DirectiveKind.DECISION
    named = asked.get("issuer", "")[:300]
    issuer = find_rows([named], _issuers(request))[named].row if named.strip() else None
    issuer = issuer or acting.organization
    try:
        issued_on = read_day(asked.get("issued_on", "")) or acting.today
    except ValidationError:
        issued_on = acting.today
    numbers = suggest_numbers(issuer, on=issued_on)
    typed = tidy(asked.get("number", "")[:100])
    is_own = typed and typed not in numbers.values()
    return {
        "kind": kind,
        "issuer": issuer,
        "issued_on": issued_on,
        "number": typed if is_own else numbers[kind],
    }


def _with_number(values):
    """The values of the form, with the next number where none was typed."""
    number = (
        values["number"]
        or suggest_numbers(values["issuer"], on=values["issued_on"])[values["kind"]]
    )
    return values | {"number": number}


def _back_to(request, directive, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("assignments:directive", directive.pk))
