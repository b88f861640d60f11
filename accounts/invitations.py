"""One-time links by which somebody sets a password: a new user, or one who lost access.

A link holds for as long as the password field of the user stays what it was when the link was
made. So it needs no table: setting a password spends it, and a newer link replaces it.
"""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "accounts.invitations"
DAY = 24 * 3600  # seconds


class InvitationSpent(Exception):
    """The link was used, replaced by a newer one, is too old, or was never one of ours."""


def invitation_link(user, request):
    """The absolute address at which `user` may once set a password, within INVITATION_DAYS.

    Links made before stop working. So does the old password and with it every session: who needs
    a link has no password, has lost it, or should no longer be let in by it.
    """
    return request.build_absolute_uri(invitation_path(user))


def invitation_path(user):
    """The same without the name of the site."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    token = TimestampSigner(salt=SALT).sign(f"{user.pk}-{_fingerprint(user)}")
    return reverse("accounts:invitation", args=[token])


def find_invited(token, *, users=None):
    """The user whom the link's token invites. Raises InvitationSpent when it invites nobody now.

    `users` is the queryset to look in, by default all users.
    """
    try:
        signed = TimestampSigner(salt=SALT).unsign(token, max_age=settings.INVITATION_DAYS * DAY)
    except BadSignature:  # too old, too
        raise InvitationSpent from None
    pk, _dash, fingerprint = signed.partition("-")
    users = get_user_model().objects.all() if users is None else users
    user = users.filter(pk=pk, is_active=True).first()
    if user is None or not constant_time_compare(fingerprint, _fingerprint(user)):
        raise InvitationSpent
    return user


@transaction.atomic
def accept_invitation(token, password):
    """Set the invited user's password, which spends the link; returns the user.

    Raises InvitationSpent: of two who use one link at once, one comes too late.
    """
    user = find_invited(token, users=get_user_model().objects.select_for_update())
    user.set_password(password)
    user.save(update_fields=["password"])
    return user


def _fingerprint(user):
    return salted_hmac(SALT, user.password, algorithm="sha256").hexdigest()[:32]
