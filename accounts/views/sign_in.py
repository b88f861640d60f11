"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView

from ..forms import SignInForm


class SignInView(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOutView(LogoutView):
    """Only by POST, so that no link of another site can sign anybody out."""
