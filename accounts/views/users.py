"""Pages of users and of what they hold: for administrators, and for auditors to read."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from branches.acting import acts
from branches.as_of import as_of
from branches.listing import render_list
from branches.models import Organization

from .. import access, services
from ..invitations import invitation_link
from ..models import Grant, User
from ..navigation import roles_here
from ..rules import ROLES_FOR
from ..user_filters import UserFilter
from ..user_forms import GrantForm, InviteForm, ReasonForm, SwitchForm, UserForm
from ..user_tables import UserTable


@require_safe
@acts
def user_list(request):
    """Users of the organization acted for and those below it, and invited ones without any."""
    acting = request.acting
    roles = roles_here(acting)
    if not ROLES_FOR["see_access"] & roles:
        raise PermissionDenied
    grants = Grant.objects.visible_to(request.user, on=acting.today)
    filters = UserFilter(
        request.GET,
        _listed_users(acting, grants),
        request=request,
        grants=grants,
        organizations=acting.subtree.filter(pk__in=grants.values("organization")).order_by("code"),
    )
    return render_list(
        request,
        "accounts/users.html",
        table=UserTable(filters.qs),
        filters=filters,
        counted=ngettext_lazy("%(number)s user", "%(number)s users", "count"),
        administers=bool(ROLES_FOR["manage_users"] & roles),
    )


@require_safe
@acts
def user_detail(request, pk):
    """What a user holds and held, and what that opens on the day."""
    acting = request.acting
    user = _visible_user(request, pk)
    grants = Grant.objects.visible_to(request.user, on=acting.today).filter(user=user)
    opening = grants.valid_on(acting.on).with_people().order_by("organization__code", "role")
    reach = _reach(opening, on=acting.on)
    open_grants = _with_withdrawable(request, grants.open_on(acting.today))
    earlier = list(_by_first_day(grants.exclude(pk__in=grants.open_on(acting.today))))
    named = [*(grant for grant, _more in (*reach, *open_grants)), *earlier]
    as_of((grant.organization for grant in named), on=acting.on)
    return render(
        request,
        "accounts/user.html",
        {
            "account": user,
            "manages": _manages(request, user),
            "gives": _gives_to(request, user),
            "may_ask": _may_ask(request, user),
            "grants": open_grants,
            "earlier": earlier,
            "elsewhere": user.grants.open_on(acting.today).exclude(pk__in=grants).exists(),
            "reach": reach,
            "sessions": _count_sessions(user, at=timezone.now()),
        },
    )


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def user_invite(request):
    """Create a user and show the link by which they come in, this once."""
    acting = request.acting
    acting.require("manage_users")
    form = InviteForm(_posted(request), by=request.user, on=acting.today)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.invite_user(**form.cleaned_data, by=request.user, on=acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            return _show_invitation(request, user)
    return render(request, "accounts/user_invite.html", {"form": form})


@require_http_methods(["GET", "POST"])
@never_cache
@acts
def user_invitation(request, pk):
    """Make a new link, for one who lost the first or can sign in no more."""
    user = _managed_user(request, pk)
    if request.method == "POST" and user.is_active:
        if request.POST.get("forget"):
            services.forget_second_factor(user, by=request.user, on=request.acting.today)
        return _show_invitation(request, user)
    return render(request, "accounts/user_invitation.html", {"account": user})


@require_http_methods(["GET", "POST"])
@acts
def user_change(request, pk):
    acting = request.acting
    user = _managed_user(request, pk)
    form = UserForm(_posted(request), user=user, by=request.user, on=acting.today)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_user(
                user,
                full_name=form.cleaned_data["full_name"],
                email=form.cleaned_data["email"],
                member=form.linked(),
                by=request.user,
                on=acting.today,
            )
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, user, _("The account is changed."))
    return render(request, "accounts/user_change.html", {"account": user, "form": form})


@require_http_methods(["GET", "POST"])
@acts
def user_switch(request, pk):
    """Switch an account off, or on again: one page that says what it does."""
    acting = request.acting
    user = _managed_user(request, pk)
    button = _("Switch off") if user.is_active else _("Switch on")
    initial = {"to": "off" if user.is_active else "on"}
    form = SwitchForm(_posted(request), initial=initial, button=button)
    if request.method == "POST" and form.is_valid():
        active = form.cleaned_data["to"] == "on"
        services.switch_user(
            user,
            active=active,
            reason=form.cleaned_data["reason"],
            by=request.user,
            on=acting.today,
        )
        done = _("The account is switched on.") if active else _("The account is switched off.")
        return _back_to(request, user, done)
    sessions = _count_sessions(user, at=timezone.now())
    return render(
        request,
        "accounts/user_switch.html",
        {"account": user, "form": form, "button": button, "sessions": sessions},
    )


@require_http_methods(["GET", "POST"])
@acts
def grant_give(request, pk):
    acting = request.acting
    user = _visible_user(request, pk)
    if not _gives_to(request, user):
        raise PermissionDenied
    form = _grant_form(request)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_grant(user, **form.cleaned_data, by=request.user, on=acting.today)
        except ValidationError as error:
            form.show(error)
        else:
            return _back_to(request, user, _("The role is given."))
    return render(request, "accounts/grant_give.html", {"account": user, "form": form})


@require_http_methods(["GET", "POST"])
@acts
def grant_withdraw(request, pk):
    """End a grant, after a page that names what will be lost."""
    acting = request.acting
    visible = Grant.objects.visible_to(request.user, on=acting.today).open_on(acting.today)
    reach = access.with_reach(visible.with_people(), on=acting.today)
    grant = get_object_or_404(reach, pk=pk)
    if not Grant.objects.managed_by(request.user, on=acting.today).filter(pk=pk).exists():
        raise PermissionDenied
    form = ReasonForm(_posted(request), button=_("Withdraw the role"))
    if request.method == "POST" and form.is_valid():
        services.withdraw_grant(
            grant, reason=form.cleaned_data["reason"], by=request.user, on=acting.today
        )
        done = _("The role is withdrawn and the user signed out. To undo it, give it again.")
        return _back_to(request, grant.user, done)
    parts = access.parts_of(grant.role, access.REACH_PARTS)
    return render(
        request, "accounts/grant_withdraw.html", {"grant": grant, "form": form, "parts": parts}
    )


def _posted(request):
    return request.POST if request.method == "POST" else None


def _listed_users(acting, grants):
    below = Organization.objects.below(acting.organization, on=acting.on)
    visible = User.objects.visible_to(acting.user, on=acting.today)
    shown = grants.valid_on(acting.on).filter(organization__in=below.values("pk"))
    shown = shown.select_related("organization").order_by("organization__code", "role")
    return (
        visible.here_or_nowhere(below, on=acting.on)
        .with_name()
        .with_second_factor()
        .prefetch_related(Prefetch("grants", shown, to_attr="shown_grants"))
    )


def _visible_user(request, pk):
    visible = User.objects.visible_to(request.user, on=request.acting.today)
    users = visible.select_related("member", "invited_by__member")
    return get_object_or_404(users.with_second_factor(), pk=pk)


def _managed_user(request, pk):
    """404 for users whom the reader does not see, 403 for accounts they may not change."""
    user = _visible_user(request, pk)
    if not _manages(request, user):
        raise PermissionDenied
    return user


def _manages(request, user):
    managed = User.objects.managed_by(request.user, on=request.acting.today)
    return managed.filter(pk=user.pk).exists()


def _gives_to(request, user):
    """Whether the reader may give the user a role, on some organization: nobody to themself."""
    return user != request.user and services.administers(request.user, on=request.acting.today)


def _may_ask(request, user):
    """Whether the reader may ask who sees the linked member."""
    scope = request.user.scope_for("see_access", on=request.acting.today)
    return user.own_branches(on=request.acting.today).filter(pk__in=scope.values("pk")).exists()


def _grant_form(request):
    """For organizations that the reader administers; those at or below the one acted for are
    offered."""
    acting = request.acting
    scope = request.user.scope_for("manage_users", on=acting.today).valid_on(acting.today)
    return GrantForm(
        _posted(request),
        initial={"organization": acting.organization.code},
        scope=scope,
        offered=acting.subtree.filter(pk__in=scope.values("pk")).order_by("code"),
    )


def _with_withdrawable(request, grants):
    """Pairs (grant, whether the reader may withdraw it)."""
    managed = Grant.objects.managed_by(request.user, on=request.acting.today)
    withdrawable = set(managed.filter(pk__in=grants).values_list("pk", flat=True))
    return [(grant, grant.pk in withdrawable) for grant in _by_first_day(grants)]


def _by_first_day(grants):
    return grants.with_people().order_by("-validity", "organization__code", "role")


def _reach(grants, *, on):
    """Pairs (grant with its counts, labels of what it opens)."""
    return [
        (grant, access.parts_of(grant.role, access.REACH_PARTS))
        for grant in access.with_reach(grants, on=on)
    ]


def _count_sessions(user, *, at):
    keys = UserSession.objects.filter(user=user).values("session_key")
    return Session.objects.filter(session_key__in=keys, expire_date__gt=at).count()


def _show_invitation(request, user):
    return render(
        request,
        "accounts/user_invited.html",
        {"account": user, "link": invitation_link(user, request)},
    )


def _back_to(request, user, message):
    messages.success(request, message)
    return HttpResponseRedirect(request.acting.url("accounts:user", user.pk))
