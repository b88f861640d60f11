"""Puts into the log of access who signed in, who could not, and what changed about how.

The user of an entry is the one whose account it concerns; of a failed attempt nobody knows who
made it. The note is the address that it came from.
"""

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.dispatch import receiver
from django.utils import timezone

from .backends import find_user
from .choices import AccessKind
from .recording import log_access


def log(kind, request, user):
    address = get_adapter().get_client_ip(request)
    log_access(kind, by=user, at=timezone.now(), note=address)


def log_lock(request, key, user):
    """One entry a lock: whoever goes on guessing shall not fill the log."""
    if cache.add(f"lock-logged:{key}", True, settings.SIGN_IN_LOCK_MINUTES * 60):
        log(AccessKind.LOCKED_OUT, request, user)


@receiver(user_logged_in)
def log_sign_in(request, user, **_more):
    if "REMOTE_ADDR" in request.META:  # else nobody came: a test's client was let in
        log(AccessKind.SIGNED_IN, request, user)


@receiver(user_logged_out)
def log_sign_out(request, user, **_more):
    if user is not None and "REMOTE_ADDR" in request.META:
        log(AccessKind.SESSION_ENDED, request, user)


@receiver(user_login_failed)
def log_wrong_password(credentials, request=None, **_more):
    if request is not None:
        log(AccessKind.SIGN_IN_FAILED, request, find_user(credentials.get("username") or ""))


@receiver(authentication_failed)
def log_wrong_code(request, user, **_more):
    log(AccessKind.SIGN_IN_FAILED, request, user)


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
def log_second_factor(request, user, **_more):
    log(AccessKind.SECOND_FACTOR_CHANGED, request, user)


@receiver([password_changed, password_set, password_reset])
def log_password(request, user, **_more):
    log(AccessKind.PASSWORD_CHANGED, request, user)
