"""The forms of signing in and of one's own account: allauth's, in our words and look."""

import struct
from contextlib import contextmanager

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.mfa.base import forms as code_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, password_validation
from django.contrib.auth.forms import SetPasswordForm
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from .sign_in_log import log_lock

NAME_ATTRIBUTES = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}


class Laid:
    """A form in a page's own <form>, with one button; labels stand above, nothing inside fields."""

    button = _("Save")
    labels = {}
    helps = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.add_input(Submit("send", self.button))


class SignInForm(Laid, account_forms.LoginForm):
    """User name or e-mail, and password; what is wrong is said once, above both fields."""

    button = _("Sign in")
    labels = {"login": _("User name or e-mail"), "password": _("Password")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].max_length = 254
        self.fields["login"].widget.attrs |= NAME_ATTRIBUTES | {"maxlength": "254"}

    def user_credentials(self):
        """The name, whichever it is: `NameOrEmailBackend` finds whose it is."""
        return {
            "username": self.cleaned_data["login"],
            "password": self.cleaned_data["password"],
        }


class TypedTwice:
    """A new password, with what is asked of it."""

    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[
            "password1"
        ].help_text = password_validation.password_validators_help_text_html()


class PasswordChangeForm(TypedTwice, Laid, account_forms.ChangePasswordForm):
    button = _("Change the password")


class PasswordSetForm(TypedTwice, Laid, account_forms.SetPasswordForm):
    button = _("Set the password")


class PasswordResetForm(TypedTwice, Laid, account_forms.ResetPasswordKeyForm):
    button = _("Set the password")


class ForgottenForm(Laid, account_forms.ResetPasswordForm):
    button = _("Send me a link")
    labels = {"email": _("Your e-mail address")}

    def clean_email(self):
        email = self.cleaned_data["email"]
        self.users = get_user_model().objects.filter(email__iexact=email, is_active=True)
        return email


class ConfirmForm(Laid, account_forms.ReauthenticateForm):
    button = _("Go on")
    labels = {"password": _("Password")}


class TypedCode(Laid):
    labels = {"code": _("Code")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].max_length = 20
        self.fields["code"].widget.attrs |= CODE_ATTRIBUTES | {"maxlength": "20"}


class UsedOnce(TypedCode):
    """A code of the app opens once, however long the tolerance for slow clocks lets it hold."""

    def clean_code(self):
        try:
            code = super().clean_code()
        except forms.ValidationError as error:
            if error.code == "too_many_login_attempts":
                log_lock(context.request, f"code:{self.user.pk}", self.user)
            raise
        if self.authenticator.type == Authenticator.Type.TOTP:
            held = settings.MFA_TOTP_TOLERANCE * 2 + 1
            cache.touch(self.authenticator.wrap()._get_used_cache_key(code), held * 30)
        return code


class CodeForm(UsedOnce, code_forms.AuthenticateForm):
    button = _("Sign in")


class ConfirmCodeForm(UsedOnce, code_forms.ReauthenticateForm):
    button = _("Go on")


class AuthenticatorForm(TypedCode, ActivateTOTPForm):
    button = _("Switch the app on")
    labels = {"code": _("Code that the app shows")}


class KeyField(forms.JSONField):
    """What a browser says of a key; the form does not show it again."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("Incorrect code."), "required": _("Incorrect code.")}

    def bound_data(self, data, initial):
        return None

    def to_python(self, value):
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class KeyOfBrowser:
    """A key that is none is a wrong code, in whatever way it is none: allauth foresees a few."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credential"] = KeyField()

    def clean_credential(self):
        with wrong_code_for_faults():
            return super().clean_credential()


@contextmanager
def wrong_code_for_faults():
    try:
        yield
    except NO_KEY as error:
        raise forms.ValidationError(_("Incorrect code."), code="incorrect_code") from error


NO_KEY = (ValueError, TypeError, LookupError, AttributeError, struct.error, InvalidSignature)


class PasskeySignInForm(KeyOfBrowser, LoginWebAuthnForm):
    pass


class PasskeyStepForm(KeyOfBrowser, AuthenticateWebAuthnForm):
    pass


class PasskeyConfirmForm(KeyOfBrowser, ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(Laid, AddWebAuthnForm):
    """A name for the key; the browser fills in the key itself (static/js/passkeys.js)."""

    button = _("Add the passkey")
    labels = {"name": _("Name")}
    helps = {"name": _("By which you tell your keys apart, such as “Office computer”.")}

    # Every key is one that signs in by itself: it asks for a finger, a face or a PIN.
    passwordless = forms.BooleanField(widget=forms.HiddenInput, initial=True, required=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 100
        self.fields["name"].widget.attrs["maxlength"] = "100"
        self.fields["credential"] = KeyField()

    def clean(self):
        with wrong_code_for_faults():
            return super().clean()


class PasskeyNameForm(Laid, EditWebAuthnForm):
    labels = {"name": _("Name")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 100


class InvitationForm(Laid, SetPasswordForm):
    """The first password, or a new one for somebody who lost access; typed twice."""

    button = _("Set the password")
    labels = {"new_password1": _("New password"), "new_password2": _("New password, once more")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[
            "new_password1"
        ].help_text = password_validation.password_validators_help_text_html()
