"""Entering, changing, ending and deleting posts at organizations."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..acting import acts
from ..forms.members import DeleteForm
from ..forms.positions import PositionAddForm, PositionChangeForm, PositionEndForm
from ..masking import sight_of
from ..models import Member, Organization, Position
from ..services import positions
from .member_editing import EDIT, posted


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def position_add(request):
    """Begin a post; `?member=` and `?organization=` fill the boxes beforehand."""
    acting = request.acting
    acting.require(EDIT)
    members = Member.objects.visible_to(request.user, on=acting.today)
    organizations = request.user.scope_for(EDIT, on=acting.today)
    initial = {
        "member": _named(members, request.GET.get("member")),
        "organization": _named(organizations, request.GET.get("organization")),
    }
    form = PositionAddForm(
        posted(request),
        members=members,
        sight=sight_of(request),
        organizations=organizations,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = positions.add_position(**form.cleaned_data, by=request.user, on=acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, row, _("The position is entered."))
    return _page(request, form, _("Enter a position"), member=initial["member"])


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def position_change(request, pk):
    row = _row(request, pk)
    form = PositionChangeForm(posted(request), row=row)
    if request.method == "POST" and _save(request, form, row, positions.change_position):
        return _back(request, row, _("The position is changed."))
    return _page(request, form, _("Change a position"), row=row, member=row.member)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def position_end(request, pk):
    row = _row(request, pk)
    form = PositionEndForm(posted(request), row=row)
    if request.method == "POST" and _save(request, form, row, positions.end_position):
        return _back(request, row, _("The position is ended."))
    return _page(request, form, _("End a position"), row=row, member=row.member)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def position_delete(request, pk):
    """Delete a position that was entered by mistake, with a reason."""
    row = _row(request, pk)
    form = DeleteForm(posted(request), row=row)
    if request.method == "POST" and form.is_valid():
        request.give_reason(form.cleaned_data["reason"])
        try:
            positions.delete_position(
                row, seen=form.cleaned_data["seen"], by=request.user, on=request.acting.today
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back(request, row, _("The position is deleted."))
    return _page(request, form, _("Delete a position"), row=row, member=row.member, deletes=True)


def _row(request, pk):
    """The position of this id: 404 when the reader sees its holder or its organization not, 403
    when they may not enter posts of the organization."""
    acting = request.acting
    rows = Position.objects.select_related("member", "organization").filter(
        member__in=Member.objects.visible_to(request.user, on=acting.today),
        organization__in=Organization.objects.visible_to(request.user, on=acting.today),
    )
    if request.method == "POST":
        rows = rows.select_for_update(of=("self",))
    row = get_object_or_404(rows, pk=pk)
    if not request.user.may(EDIT, row.organization, on=acting.today):
        raise PermissionDenied
    return row


def _named(rows, pk):
    """The row that the address names, if the reader may."""
    return rows.filter(pk=pk).first() if pk and pk.isdecimal() and len(pk) <= 18 else None


def _save(request, form, row, service):
    """Whether the service took what the form says; what is wrong stands in the form."""
    if not form.is_valid():
        return False
    try:
        service(row, **form.cleaned_data, by=request.user, on=request.acting.today)
    except ValidationError as error:
        form.show(error)
        return False
    return True


def _back(request, row, message):
    """To the committee when one came from there, else to the member's page."""
    messages.success(request, message)
    page, pk = "branches:member", row.member_id
    if request.GET.get("back") == "committee":
        page, pk = "branches:committee", row.organization_id
    return HttpResponseRedirect(request.acting.url(page, pk))


def _page(request, form, heading, **more):
    return render(
        request, "branches/position_form.html", {"form": form, "heading": heading, **more}
    )
