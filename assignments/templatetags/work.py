"""Panels about assignments and tasks on the pages of the party organization."""

from django import template

from assignments.assigning import pages
from assignments.models import Assignment, Task
from branches.acting import read_year

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
