"""Every request that may change something is one transaction, put down to the one who sent it."""

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.urls import Resolver404, resolve

from .recording import give_reason, put_down_to, recording

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")
SERVER_ERROR = 500


def recording_middleware(get_response):
    """Stands behind the middleware that knows `request.user`.

    What a view raises undoes all that the request changed, also where it becomes a page that says
    "not found"; messages for workers go out after the commit.
    """

    def middleware(request):
        if request.method in SAFE_METHODS:
            return get_response(request)
        request.is_recorded = True
        # For rooms that know nothing of the trail: why the request changes what it does.
        request.give_reason = give_reason
        user = request.user if request.user.is_authenticated else None
        with recording(user=user, source=source_of(request)):
            response = get_response(request)
            if response.status_code >= SERVER_ERROR or getattr(request, "has_raised", False):
                transaction.set_rollback(True)
        return response

    def process_exception(request, exception):
        request.has_raised = True

    middleware.process_exception = process_exception
    return middleware


def source_of(request):
    """The path, without its query and with every part hidden that is no id: it may be a one-time
    token."""
    try:
        parts = resolve(request.path_info).kwargs.values()
    except Resolver404:
        return ""
    source = request.path
    for part in parts:
        if isinstance(part, str) and not part.isdecimal():
            source = source.replace(part, "…")
    return source


@receiver(user_logged_in)
def put_down_to_who_signed_in(sender, request, user, **_more):
    """A sign-in begins without a user: what it changes after the password was right is theirs."""
    if getattr(request, "is_recorded", False):
        put_down_to(user)
