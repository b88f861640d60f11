"""Signing in and out, and getting back in without the password."""

from allauth.account import views
from django.conf import settings
from django.http import HttpResponseNotAllowed


class SignInView(views.LoginView):
    template_name = "accounts/login.html"

    def get_context_data(self, **kwargs):
        single_sign_on = settings.OIDC_NAME if settings.SOCIALACCOUNT_PROVIDERS else ""
        return super().get_context_data(single_sign_on=single_sign_on, **kwargs)


class SignOutView(views.LogoutView):
    """Only by POST, so that no link of another site can sign anybody out."""

    http_method_names = ("post", "options")


class ForgottenView(views.PasswordResetView):
    """Asking for a link by e-mail; where no e-mail goes out, the page says whom to ask instead."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(mail_goes_out=settings.EMAIL_CONFIGURED, **kwargs)

    def post(self, request, *args, **kwargs):
        if not settings.EMAIL_CONFIGURED:
            return HttpResponseNotAllowed(["GET"])
        return super().post(request, *args, **kwargs)
