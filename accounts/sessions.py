"""The sessions of a user, which are listed and can be ended."""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession

UNKNOWN_ADDRESS = "0.0.0.0"


@receiver(user_logged_in)
def list_session(sender, request, user, **_more):
    """Every session is listed from its first moment on, whatever signed the user in: one that is
    not listed could not be ended."""
    has_address = bool(request.META.get("REMOTE_ADDR"))
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": get_adapter().get_client_ip(request) if has_address else UNKNOWN_ADDRESS,
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        },
    )


def end_sessions(user, *, keep=None):
    """Sign the user out everywhere, at once; but for the session of the key `keep`.

    Returns how many sessions ended, which are gone from the session store as well.
    """
    sessions = UserSession.objects.filter(user=user).exclude(session_key=keep)
    for session in sessions:
        session.end()
    return len(sessions)
