"""Committees: who sits, which seats are empty, terms, and descriptions of posts."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..acting import acts
from ..committee_tables import CommitteeFilter, CommitteeTable
from ..committees import committee_on, committees_of, term_day
from ..forms.committees import JobForm, TermForm
from ..forms.members import DeleteForm
from ..listing import render_list
from ..models import CommitteeTerm, JobDescription, Organization
from ..services import committees
from .member_editing import EDIT, posted
from .visible import seen_members, visible_organization


@require_safe
@acts
def committee_list(request):
    acting = request.acting
    acting.require("see_members")
    filters = CommitteeFilter(request.GET, committees_of(acting), request=request)
    return render_list(
        request,
        "branches/committees.html",
        table=CommitteeTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s committee", "%(number)s committees", "count"),
    )


@require_safe
@acts
def committee(request, pk):
    """The roster of the day, with what is missing and what overlaps."""
    acting = request.acting
    organization = visible_organization(request, pk)
    if not request.user.may("see_members", organization, on=acting.today):
        raise PermissionDenied
    found = committee_on(organization, on=acting.on)
    holders = [*found.members, *found.others]
    people = [holder.member.pk for holder in holders]
    people += [each.position.member_id for each in found.vacancies if each.position]
    return render(
        request,
        "branches/committee.html",
        {
            "organization": organization,
            "above": Organization.objects.above(organization, on=acting.on)[:-1],
            "committee": found,
            "terms": [(term, term_day(term, on=acting.on)) for term in found.terms],
            "seen": seen_members(request, people),
            "edits": request.user.may(EDIT, organization, on=acting.today),
        },
    )


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def committee_term_add(request, pk):
    return _term(request, _editable(request, pk), None)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def committee_term_change(request, pk):
    row = _row(request, CommitteeTerm, pk)
    return _term(request, row.organization, row)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def committee_term_delete(request, pk):
    return _delete(request, _row(request, CommitteeTerm, pk), committees.delete_term)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def committee_job_add(request, pk):
    return _job(request, _editable(request, pk), None)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def committee_job_change(request, pk):
    row = _row(request, JobDescription, pk)
    return _job(request, row.organization, row)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def committee_job_delete(request, pk):
    return _delete(request, _row(request, JobDescription, pk), committees.delete_job)


def _editable(request, pk):
    """404 when the reader does not see the organization, 403 when they may not edit there."""
    organization = visible_organization(request, pk)
    if not request.user.may(EDIT, organization, on=request.acting.today):
        raise PermissionDenied
    return organization


def _row(request, model, pk):
    visible = Organization.objects.visible_to(request.user, on=request.acting.today)
    rows = model.objects.filter(organization__in=visible.values("pk"))
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    row = get_object_or_404(rows.select_related("organization"), pk=pk)
    _editable(request, row.organization_id)
    return row


def _term(request, organization, row):
    form = TermForm(posted(request), row=row)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data.copy()
        values["fields"] = values.pop("fields_text")
        try:
            _save(request, committees.save_term, row, organization, values)
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, organization, _("The term is saved."))
    heading = _("Change a term") if row else _("Enter a term")
    return _form(request, organization, form, heading, row=row)


def _job(request, organization, row):
    first = {"title": request.GET.get("title", "")[:200]} if row is None else None
    form = JobForm(posted(request), row=row, **({"initial": first} if first else {}))
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, committees.save_job, row, organization, form.cleaned_data)
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, organization, _("The job description is saved."))
    heading = _("Change a job description") if row else _("Describe a post")
    return _form(request, organization, form, heading, row=row)


def _save(request, service, row, organization, values):
    service(row, organization=organization, by=request.user, on=request.acting.today, **values)


def _delete(request, row, service):
    form = DeleteForm(posted(request), row=row)
    if request.method == "POST" and form.is_valid():
        request.give_reason(form.cleaned_data["reason"])
        seen = form.cleaned_data["seen"]
        service(row, seen=seen, by=request.user, on=request.acting.today)
        return _back(request, row.organization, _("It is deleted."))
    heading = _("Delete “%(row)s”") % {"row": row}
    return _form(request, row.organization, form, heading)


def _form(request, organization, form, heading, row=None):
    return render(
        request,
        "branches/committee_form.html",
        {"organization": organization, "form": form, "heading": heading, "row": row},
    )


def _back(request, organization, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("branches:committee", organization.pk))
