"""What `manage.py check` says of the table of pages."""

from django.core import checks
from django.urls import URLPattern, get_resolver

from .pages import PAGES
from .rules import ROLES_FOR


def route_names(resolver=None, namespaces=()):
    """Yield (name with its namespaces, URLPattern) of every route of the site; a route without a
    name goes by the path of its view, as `resolver_match.view_name` has it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*namespaces, pattern.name or pattern.lookup_str]), pattern
        else:
            inner = [pattern.namespace] if pattern.namespace else []
            yield from route_names(pattern, [*namespaces, *inner])


@checks.register(checks.Tags.security)
def check_pages(app_configs, **_more):
    """Every route stands in the table of pages, with an action that there is."""
    errors = [
        checks.Error(
            f"The route “{name}” does not stand in the table of pages, and so opens to nobody.",
            hint="Say in accounts/pages.py what it needs.",
            obj=str(pattern.pattern),
            id="accounts.E001",
        )
        for name, pattern in route_names()
        if name not in PAGES
    ]
    errors += [
        checks.Error(
            f"The page “{name}” needs “{need.action}”, which no role may do.",
            hint="Actions stand in accounts/rules.py.",
            id="accounts.E002",
        )
        for name, need in PAGES.items()
        if need.action and not ROLES_FOR.get(need.action)
    ]
    return errors
