"""What of assignments and tasks is told on pages that enter members and committees."""

from collections import defaultdict

from django import template

from assignments.models import Assignment, Task
from branches.as_of import as_of

register = template.Library()
MOST_SHOWN = 20


@register.inclusion_tag("assignments/_touched_work.html", takes_context=True)
def touched_work(context, member):
    """Open assignments and tasks of a member who is about to go, and who guides the member's work:
    going ends none of them by itself."""
    request = context["request"]
    acting = request.acting
    assignments = (
        Assignment.objects.visible_to(request.user, on=acting.today)
        .filter(member=member, validity__contains=acting.today)
        .select_related("target")
        .order_by("target__code")
    )
    tasks = (
        Task.objects.visible_to(request.user, on=acting.today)
        .filter(member=member, state__in=("draft", "registered", "in_progress", "reported"))
        .order_by("year", "pk")
    )
    return {
        "request": request,
        "assignments": assignments[:MOST_SHOWN],
        "tasks": tasks[:MOST_SHOWN],
    }


@register.simple_tag(takes_context=True)
def assigned_units(context, holders):
    """{id of a member: names of the units that they are assigned to on the day}, as far as the
    reader sees these assignments, in two queries for all `holders`."""
    request = context["request"]
    acting = request.acting
    rows = list(
        Assignment.objects.visible_to(request.user, on=acting.today)
        .filter(member__in=[each.member.pk for each in holders], validity__contains=acting.on)
        .select_related("target")
        .order_by("target__code")
    )
    as_of((row.target for row in rows), on=acting.on)
    units = defaultdict(list)
    for row in rows:
        units[row.member_id].append(row.target.name_on)
    return units


@register.filter
def of(units, member_id):
    return units.get(member_id, [])
