"""Finding people and organizations, and choosing the organization and the day acted for."""

from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from .. import reports
from ..acting import acts
from ..filters import search_people
from ..models import Member, Organization

SEARCH_ROWS = 8


@require_safe
@vary_on_headers("HX-Request")
@acts
def search(request):
    """People and organizations by a part of the name or the beginning of the code."""
    acting = request.acting
    text = request.GET.get("q", "").strip()[:200]
    context = {"query": text}
    if text:
        visible = Member.objects.visible_to(request.user, on=acting.today)
        people = search_people(request, text, visible)
        organizations = Organization.objects.visible_to(request.user, on=acting.today)
        organizations = organizations.told(on=acting.on, today=acting.today)
        context |= {
            "answers": True,
            "people": people.with_branch(on=acting.on).order_by("sort_key", "code")[:SEARCH_ROWS],
            "organizations": organizations.named(text, on=acting.on)[:SEARCH_ROWS],
        }
    template = "branches/_answers.html" if request.htmx else "branches/search.html"
    return render(request, template, context)


@require_safe
@vary_on_headers("HX-Request")
@acts
def choose_acting(request):
    """Choose the organization and the day; each choice is a link back to the page it was for."""
    acting = request.acting
    page = request.GET.get("page", "")
    if not (page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)):
        page = "/"
    visible = Organization.objects.visible_to(request.user, on=acting.today)
    text = request.GET.get("q", "").strip()[:200]
    if text:
        choices = visible.valid_on(acting.on).named(text, on=acting.on)[:30]
    elif acting.organization:
        choices = reports.children_of(acting.organization, on=acting.on)[:100]
    else:
        choices = []
    # Where the reader holds a role, whatever stands between: the way to another tree.
    granted = {organization for _role, organization in acting.held}
    context = {
        "page": page,
        "query": text,
        "seen_above": acting.seen(acting.above),
        "choices": choices,
        "granted": Organization.objects.on(acting.on).filter(pk__in=granted).order_by("code"),
    }
    template = "branches/acting.html"
    if request.htmx:
        template = "branches/_choices.html" if "q" in request.GET else "branches/_acting.html"
    return render(request, template, context)
