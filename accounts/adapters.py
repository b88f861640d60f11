"""What django-allauth asks us: who may sign in, what is counted, how secrets are kept."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_username
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import lazystr
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .backends import find_user
from .recording import recording
from .sessions import end_sessions
from .sign_in_log import log_lock
from .tasks import send_mail

WRONG = _("The user name or the password is wrong. Mind capital letters and the typing of accents.")

WAYS = {
    "reauthenticate": _("Enter your password"),
    "mfa_reauthenticate": _("Enter a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class _Locked:
    """How long a lock lasts, said in the language of the page."""

    def __str__(self):
        return gettext(
            "Too many wrong attempts: signing in with a password or code is locked. Wait"
            " %(minutes)s minutes and try again. If you cannot wait, sign in with a passkey, set a"
            " new password, or ask the administrator of your committee for a link."
        ) % {"minutes": settings.SIGN_IN_LOCK_MINUTES}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "too_many_login_attempts": lazystr(_Locked()),
    }

    def is_open_for_signup(self, request):
        """Nobody signs up: administrators make the users."""
        return False

    def set_password(self, user, password):
        """Sets it, ends the user's other sessions, and lifts a lock: who could do this is the
        rightful user."""
        user.set_password(password)
        user.save(update_fields=["password"])
        end_sessions(user, keep=self.request.session.session_key)
        forget_failures(self.request, user)

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            key = self._get_login_attempts_cache_key(request, **credentials)
            log_lock(request, key, find_user(credentials.get("username") or ""))
            raise

    def send_mail(self, template_prefix, email, context):
        """By a worker: how long an answer takes must not tell whether an address is known."""
        message = self.render_mail(template_prefix, email, context | {"email": email})
        send_mail.delay_on_commit(message.subject, message.body, message.to)

    def get_password_change_redirect_url(self, request):
        return reverse("accounts:account")

    def get_reauthentication_methods(self, user):
        return [
            way | {"description": WAYS[way["id"]]}
            for way in super().get_reauthentication_methods(user)
        ]

    def get_login_stages(self):
        ours = {
            "allauth.mfa.stages.AuthenticateStage": "accounts.second_factor.SecondFactorStage",
        }
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Wrong passwords count for the account, whichever of its names was typed; those for
        names that nobody has count just the same, so that a lock tells nothing."""
        typed = credentials.get("username") or ""
        user = find_user(typed)
        return account_key(user) if user else f"name:{typed.lower()}"


def account_key(user):
    return f"user:{user.pk}"


def forget_failures(request, user):
    """Lift the lock that wrong passwords or codes have put on the user's account."""
    for key in (account_key(user), f"mfa-auth-user-{user.pk}"):
        ratelimit.clear(request, app="allauth.account", action="login_failed", key=key)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets lie encrypted in the database, under a key made of SECRET_KEY: a copy of the
    database alone opens no account."""

    def encrypt(self, text):
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def _get_user_identifier(self, user):
        return user_username(user)

    def generate_authenticator_name(self, user, type):  # noqa: A002 - allauth's own name
        return gettext("Passkey")

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": "Chi Bộ"}


def _cipher():
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [
        hashlib.sha256(b"accounts.second_factor" + each.encode()).digest() for each in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request, sociallogin):
        return False

    def pre_social_login(self, request, sociallogin):
        """Know people by an address that the provider has verified.

        The addresses of users come from administrators, so they need no second proof. From then
        on the provider's own number for the person is what counts.
        """
        sociallogin.account.extra_data = {}  # nothing of it is used again
        if sociallogin.is_existing:
            return
        verified = [address.email for address in sociallogin.email_addresses if address.verified]
        users = get_user_model().objects.filter(is_active=True)
        user = users.filter(email__iexact=verified[0]).first() if verified else None
        if user:
            # The answer of a provider comes by GET, outside of what is recorded by itself.
            with recording(user=user, source=request.path):
                sociallogin.connect(request, user)
