"""What a phone keeps of the site for when there is no network, and for whom."""

from django.utils.crypto import salted_hmac

# The pages that open without a network. Each answer says for whose eyes it is, and the service
# worker (static/js/worker.js) keeps those that do, and no others.
KEPT_PAGES = frozenset(
    {
        "assignments:my_work",
        "assignments:visit_log",
        "assignments:roster",
        "assignments:plan_roster",
        "assignments:opinion_raise",
        "assignments:opinion_raise_on_visit",
        "assignments:task_report",
        "assignments:queue",
    }
)
KEPT_FOR = "Kept-For"


def user_key(user):
    """A name of the user for the browser, which tells nothing; "" for who is not signed in."""
    if not user.is_authenticated:
        return ""
    return salted_hmac("accounts.offline", str(user.pk), algorithm="sha256").hexdigest()[:32]


def keeping_middleware(get_response):
    """Name on each page to be kept whose it is. Today's alone: another day's is no page of work."""

    def middleware(request):
        response = get_response(request)
        match = request.resolver_match
        if match and match.view_name in KEPT_PAGES and _is_page_of_today(request, response):
            response.headers[KEPT_FOR] = user_key(request.user)
        return response

    return middleware


def _is_page_of_today(request, response):
    return request.method == "GET" and response.status_code == 200 and "on" not in request.GET
