"""Entering, changing and deleting statuses and disciplines of a member."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..acting import acts
from ..forms.members import DeleteForm
from ..forms.statuses import DisciplineEntryForm, StatusForm
from ..models import Discipline, MemberStatus, Organization
from ..services import statuses
from .member_editing import back_to_member, posted
from .visible import editable_member


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_status_add(request, pk):
    return _status(request, editable_member(request, pk), None)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_status_change(request, pk):
    """Change a status: give it a last day, another decision, or put right what was entered."""
    row = _row(request, MemberStatus, pk)
    return _status(request, row.member, row)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_discipline_add(request, pk):
    return _discipline(request, editable_member(request, pk), None)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_discipline_change(request, pk):
    row = _row(request, Discipline, pk)
    return _discipline(request, row.member, row)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_status_delete(request, pk):
    return _delete(request, _row(request, MemberStatus, pk))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_discipline_delete(request, pk):
    return _delete(request, _row(request, Discipline, pk))


def _row(request, model, pk):
    """The row of this id, of a member whom the reader may edit; locked when it is to be changed."""
    rows = model.objects.select_related("member")
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    row = get_object_or_404(rows, pk=pk)
    editable_member(request, row.member_id)
    return row


def _status(request, member, row):
    acting = request.acting
    seen = Organization.objects.visible_to(request.user, on=acting.today)
    form = StatusForm(posted(request), row=row, organizations=seen)
    if request.method == "POST" and form.is_valid():
        try:
            statuses.save_status(
                row, member=member, by=request.user, on=acting.today, **form.values()
            )
        except ValidationError as error:
            form.show(error)
        else:
            return back_to_member(request, member, _("The status is saved."))
    heading = _("Change a status") if row else _("Enter a status")
    context = {"member": member, "form": form, "row": row, "heading": heading}
    return render(request, "branches/status_form.html", context)


def _discipline(request, member, row):
    form = DisciplineEntryForm(posted(request), row=row)
    if request.method == "POST" and form.is_valid():
        try:
            statuses.save_discipline(
                row, member=member, by=request.user, on=request.acting.today, **form.values()
            )
        except ValidationError as error:
            form.show(error)
        else:
            return back_to_member(request, member, _("The discipline is saved."))
    heading = _("Change a discipline") if row else _("Enter a discipline")
    context = {"member": member, "form": form, "row": row, "heading": heading}
    return render(request, "branches/status_form.html", context)


def _delete(request, row):
    form = DeleteForm(posted(request), row=row)
    if request.method == "POST" and form.is_valid():
        request.give_reason(form.cleaned_data["reason"])
        statuses.delete_row(
            row, seen=form.cleaned_data["seen"], by=request.user, on=request.acting.today
        )
        return back_to_member(request, row.member, _("It is deleted."))
    context = {"member": row.member, "form": form, "row": row}
    return render(request, "branches/status_delete.html", context)
