"""Who must have a second factor, and where they go until they have one."""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What stays open until then: one's own account, and the way out.
OPEN = ("account_", "mfa_", "accounts:account", "accounts:session", "accounts:login")
OPEN += ("accounts:logout", "accounts:invitation", "set_language")
OPEN += ("service_worker", "manifest", "offline")  # which a browser asks for by itself


def has_second_factor(user):
    return Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists()


def must_have_second_factor(held):
    """Whether a role among `held`, pairs (role, organization) of grants, needs a second factor."""
    return any(role in settings.SECOND_FACTOR_ROLES for role, _organization in held)


def needs_second_factor(user, *, on):
    """Whether the user holds a role today that must have a second factor, and has none."""
    return must_have_second_factor(user.held(on=on)) and not has_second_factor(user)


def remove_second_factor(user):
    """For who has lost phone, passkeys and recovery codes: back to the password alone."""
    Authenticator.objects.filter(user=user).delete()


def was_trusted_elsewhere(request, user):
    """Whether the user came by single sign-on, and its second factor is trusted."""
    return settings.OIDC_TRUST_SECOND_FACTOR and any(
        record["method"] == "socialaccount" for record in get_authentication_records(request, user)
    )


class SecondFactorStage(AuthenticateStage):
    """The second step of signing in."""

    def _should_handle(self, request):
        trusted = was_trusted_elsewhere(request, self.login.user)
        return not trusted and super()._should_handle(request)


class SecondFactorMiddleware:
    """Sends who must still set up a second factor to the page where that is done."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        # First the page: what is open to everybody then asks no database who is there.
        user = request.user
        if request.resolver_match.view_name.startswith(OPEN) or not user.is_authenticated:
            return None
        if was_trusted_elsewhere(request, user):
            return None
        # The grants that the gate has asked for; a page open to everybody does without.
        if user.second_factor or not must_have_second_factor(getattr(request, "held", ())):
            return None
        redirect = HttpResponseClientRedirect if request.htmx else HttpResponseRedirect
        return redirect(reverse("mfa_index"))
