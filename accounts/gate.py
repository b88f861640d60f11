"""Who gets through to a page: the table of pages, read before every view."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, JsonResponse
from django.utils import timezone

from .pages import need_of
from .submitting import wants_json

METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class GateMiddleware(LoginRequiredMiddleware):
    """Let a request through when its page's need is met: what the table does not name is refused.

    Who is not signed in goes to the sign-in page, and from there to where they wanted to go; a
    script is told 401 {"state": "signed_out"}.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        need = need_of(request.resolver_match.view_name)
        if need is not None and need.public:
            return None
        if not request.user.is_authenticated:
            if wants_json(request):
                return JsonResponse({"state": "signed_out"}, status=401)
            return self.handle_no_permission(request, view_func)
        # Once a request: the page, its menu and its breadcrumb go by the same grants.
        request.held = request.user.held(on=timezone.localdate())
        if need is None or not need.is_met(request.user, roles={role for role, _ in request.held}):
            raise PermissionDenied
        return None
