"""The sessions of a user, which are listed and can be ended."""

from allauth.account.adapter import get_adapter
from allauth.core.internal.sessionkit import get_session_user
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.dispatch import receiver

UNKNOWN_ADDRESS = "0.0.0.0"
# As browsers name themselves: those that also carry the name of another one come first.
BROWSERS = {
    "coc_coc_browser": "Cốc Cốc",
    "Edg/": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@receiver(user_logged_in)
def list_session(sender, request, user, **_more):
    """Every session is listed from its first moment on, whatever signed the user in: one that is
    not listed could not be ended."""
    if request.session.session_key is None:
        request.session.save()
    has_address = bool(request.META.get("REMOTE_ADDR"))
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "ip": get_adapter().get_client_ip(request) if has_address else UNKNOWN_ADDRESS,
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:200],
        },
    )


def live_sessions(user):
    """The listed sessions of the user that still open something."""
    return [
        session
        for session in UserSession.objects.filter(user=user)
        if session.exists() and get_session_user(session._session_store(session.session_key))
    ]


def clear_sessions():
    """Forget the sessions that ended by themselves, and the addresses they came from."""
    SessionStore.clear_expired()
    kept = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=kept).delete()


def end_sessions(user, *, keep=None):
    """Sign the user out everywhere, at once; but for the session of the key `keep`.

    Returns how many sessions ended, which are gone from the session store as well.
    """
    sessions = UserSession.objects.filter(user=user).exclude(session_key=keep)
    for session in sessions:
        session.end()
    return len(sessions)


def describe_browser(user_agent):
    """“Chrome, Windows” from what a browser says of itself; "" when it says nothing known."""
    found = [
        next((name for mark, name in names.items() if mark in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found))
