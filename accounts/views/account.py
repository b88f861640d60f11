"""One's own account: password, second factor, sessions, language."""

from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from branches.acting import acts

from ..choices import AccessKind
from ..second_factor import has_second_factor, needs_second_factor
from ..sessions import describe_browser, end_sessions, live_sessions
from ..sign_in_log import log


@acts
@require_GET
def account(request):
    return render(
        request,
        "accounts/account.html",
        {
            "second_factor": has_second_factor(request.user),
            "sessions": len(live_sessions(request.user)),
        },
    )


@method_decorator(acts, name="dispatch")
class SecondFactorView(IndexView):
    """What second factors there are; for who must have one, why other pages do not open yet."""

    def get_context_data(self, **kwargs):
        user = self.request.user
        keys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
        return super().get_context_data(
            required=needs_second_factor(user, on=timezone.localdate()),
            second_factor=has_second_factor(user),
            passkeys=keys.order_by("created_at"),
            **kwargs,
        )


@acts
@require_GET
def sessions(request):
    listed = sorted(
        live_sessions(request.user),
        key=lambda session: (not session.is_current(), -session.last_seen_at.timestamp()),
    )
    rows = [(session, describe_browser(session.user_agent)) for session in listed]
    return render(request, "accounts/sessions.html", {"rows": rows})


@require_POST
def end_session(request, pk):
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.is_current():
        messages.info(request, _("This is the session you are in: sign out to end it."))
    else:
        session.end()
        log(AccessKind.SESSION_ENDED, request, request.user)
        messages.success(request, _("The session is ended: that device is signed out."))
    return redirect("accounts:sessions")


@require_POST
def end_other_sessions(request):
    end_sessions(request.user, keep=request.session.session_key)
    log(AccessKind.SESSION_ENDED, request, request.user)
    messages.success(request, _("All other devices are signed out."))
    return redirect("accounts:sessions")


# allauth tells these two from a callback of the commit, which comes when the answer is made.
@method_decorator(acts, name="dispatch")
class AppView(ActivateTOTPView):
    def form_valid(self, form):
        response = super().form_valid(form)
        said = _("The app is set up: from now on you sign in with password and code.")
        messages.success(self.request, said)
        return response


@method_decorator(acts, name="dispatch")
class NewCodesView(GenerateRecoveryCodesView):
    def form_valid(self, form):
        response = super().form_valid(form)
        messages.success(self.request, _("You have new recovery codes."))
        return response


@require_GET
def passkeys(request):
    """allauth goes here after a change to a key: ours stand with the other second factors."""
    return redirect("mfa_index")
