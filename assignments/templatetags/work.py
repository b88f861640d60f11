"""Panels about assignments, tasks and opinions on the pages of the party organization."""

from django import template

from assignments import pages
from assignments.models import Assignment, Task
from branches.acting import read_year
from branches.as_of import as_of

register = template.Library()


@register.inclusion_tag("assignments/_member_work.html", takes_context=True)
def member_work(context, member):
    request = context["request"]
    user, acting = request.user, request.acting
    work = pages.member_work(
        member,
        assignments=Assignment.objects.visible_to(user, on=acting.today),
        tasks=Task.objects.visible_to(user, on=acting.today),
        on=acting.on,
        today=acting.today,
        year=read_year(request),
    )
    return {"request": request, "work": work}


@register.inclusion_tag("assignments/_organization_work.html", takes_context=True)
def organization_work(context, organization):
    """Who is assigned to the organization on the day."""
    request = context["request"]
    visible = Assignment.objects.visible_to(request.user, on=request.acting.today)
    assigned = pages.assignments_to(organization, assignments=visible, on=request.acting.on)
    return {"request": request, "assignments": assigned}


@register.inclusion_tag("assignments/_meeting_opinions.html", takes_context=True)
def meeting_opinions(context, meeting):
    """Opinions raised at a meeting that the reader may see."""
    opinions = list(meeting.opinions.select_related("referred_to"))
    as_of((opinion.referred_to for opinion in opinions), on=meeting.held_on)
    return {"request": context["request"], "opinions": opinions}
