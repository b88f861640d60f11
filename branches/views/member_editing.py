"""Entering members, and what is known of them; where they belong."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..acting import acts
from ..choices import OrganizationKind, PersonClass
from ..forms.members import LeaveForm, MemberAddForm, MemberChangeForm, TransferForm, UndoForm
from ..models import Member
from ..services import members, moving
from .visible import editable_member

EDIT = "edit_members"
MOST_ALIKE = 10


def posted(request):
    return request.POST if request.method == "POST" else None


def back_to_member(request, member, message):
    """To the page where all of the member can be changed, with a word of what was done."""
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("branches:member_edit", member.pk))


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_add(request):
    acting = request.acting
    acting.require(EDIT)
    form = MemberAddForm(
        posted(request),
        branches=editable_branches(request),
        initial=_first_values(acting),
    )
    alike = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data.copy()
        alike = [] if values.pop("is_another") else _alike(request, values)
        if alike:
            form.ask_whether_another()
        else:
            try:
                member = members.add_member(**values, by=request.user, on=acting.today)
            except ValidationError as error:
                form.show(error)
            else:
                return back_to_member(request, member, _("The member is entered."))
    return render(request, "branches/member_add.html", {"form": form, "alike": alike})


@require_safe
@acts
def member_edit(request, pk):
    """Everything that can be changed of a member, on one page."""
    member = editable_member(request, pk)
    scope = request.user.scope_for(EDIT, on=request.acting.today)
    positions = member.positions.select_related("organization").order_by("-validity")
    own = set(scope.filter(positions__member=member).values_list("pk", flat=True))
    return render(
        request,
        "branches/member_edit.html",
        {
            "member": member,
            "last": moving.last_membership(member),
            "step": moving.last_step(member),
            "statuses": member.statuses.order_by("-validity"),
            "disciplines": member.disciplines.order_by("-decided_on"),
            "positions": [(each, each.organization_id in own) for each in positions],
        },
    )


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_change(request, pk):
    member = editable_member(request, pk, lock=request.method == "POST")
    form = MemberChangeForm(posted(request), row=member)
    if request.method == "POST" and form.is_valid():
        values = {key: form.cleaned_data[key] for key in form.fields if key != "seen"}
        try:
            members.change_member(member, **values, by=request.user, on=request.acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            return back_to_member(request, member, _("The member is changed."))
    return _page(request, "branches/member_change.html", member, form)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_transfer(request, pk):
    member = editable_member(request, pk, lock=request.method == "POST")
    last = moving.last_membership(member)
    held = list(_open_positions(member))
    form = TransferForm(
        posted(request),
        row=member,
        membership=last,
        positions=held,
        chosen=[each for each in held if each.organization_id == last.branch_id],
        branches=editable_branches(request),
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        request.give_reason(values["reason"])
        try:
            moving.transfer_member(
                member,
                branch=values["branch"],
                since=values["since"],
                positions=form.chosen_positions,
                reason=values["reason"],
                by=request.user,
                on=request.acting.today,
            )
        except ValidationError as error:
            form.show(error)
        else:
            return back_to_member(request, member, _("The member is transferred."))
    return _page(request, "branches/member_transfer.html", member, form, last=last)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_leave(request, pk):
    member = editable_member(request, pk, lock=request.method == "POST")
    last, held = moving.last_membership(member), list(_open_positions(member))
    form = LeaveForm(posted(request), row=member, membership=last, positions=held, chosen=held)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        request.give_reason(values["left_note"])
        try:
            moving.leave_member(
                member,
                left_on=values["left_on"],
                left_reason=values["left_reason"],
                left_note=values["left_note"],
                positions=form.chosen_positions,
                by=request.user,
                on=request.acting.today,
            )
        except ValidationError as error:
            form.show(error)
        else:
            return back_to_member(request, member, _("It is entered that the member left."))
    return _page(request, "branches/member_leave.html", member, form, last=last)


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def member_undo(request, pk):
    """Take back the last transfer or leaving, for a reason."""
    member = editable_member(request, pk, lock=request.method == "POST")
    step = moving.last_step(member)
    ended = moving.positions_ended(member, step.day) if step else []
    last = moving.last_membership(member)
    form = UndoForm(posted(request), row=member, membership=last, positions=ended, chosen=ended)
    if request.method == "POST" and form.is_valid():
        request.give_reason(form.cleaned_data["reason"])
        try:
            moving.undo_last_step(
                member,
                positions=form.chosen_positions,
                by=request.user,
                on=request.acting.today,
            )
        except ValidationError as error:
            form.show(error)
        else:
            return back_to_member(request, member, _("It is undone."))
    return _page(request, "branches/member_undo.html", member, form, step=step)


def _page(request, template, member, form, **more):
    return render(request, template, {"member": member, "form": form, **more})


def editable_branches(request):
    """The branches that the reader may enter members into."""
    acting = request.acting
    scope = request.user.scope_for(EDIT, on=acting.today)
    return scope.filter(kind=OrganizationKind.BRANCH)


def _first_values(acting):
    """The branch acted for, when it is one."""
    here = acting.organization
    branch = here if here.kind == OrganizationKind.BRANCH else None
    return {"branch": branch, "person_class": PersonClass.OUTSIDE}


def _alike(request, values):
    visible = Member.objects.visible_to(request.user, on=request.acting.today)
    found = members.alike(visible, full_name=values["full_name"], birth_date=values["birth_date"])
    return list(found.with_branch(on=request.acting.today)[:MOST_ALIKE])


def _open_positions(member):
    return member.positions.filter(validity__upper_inf=True).select_related("organization")
