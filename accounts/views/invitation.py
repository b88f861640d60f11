"""The page on which an invited person sets a password."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..adapters import forget_failures
from ..choices import AccessKind
from ..forms import InvitationForm
from ..invitations import InvitationSpent, accept_invitation, find_invited
from ..sign_in_log import log


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request, token):
    try:
        user = find_invited(token)
        form = InvitationForm(user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            accept_invitation(token, form.cleaned_data["new_password1"])
            forget_failures(request, user)
            log(AccessKind.PASSWORD_CHANGED, request, user)
            logout(request)  # somebody else may be signed in on this device
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("accounts:login")
    except InvitationSpent:
        return render(request, "accounts/invitation_spent.html", status=410)
    return render(request, "accounts/invitation.html", {"form": form, "invited": user})
