"""Opinions on the pages of meetings and branches."""

from django import template

from assignments.opinions import page as opinions
from assignments.opinions import rights as opinion_rights
from assignments.tables.opinions import state_chip

register = template.Library()


@register.simple_tag(takes_context=True)
def opinion_state(context, opinion):
    """The state of an opinion on the day of the page, as a chip."""
    return state_chip(opinion, on=context["request"].acting.on)


@register.inclusion_tag("assignments/_meeting_opinions.html", takes_context=True)
def meeting_opinions(context, meeting):
    """Opinions raised at a meeting, answers that the branch was told at it or could be, and the way
    to take down another one."""
    request = context["request"]
    user, acting = request.user, request.acting
    found = opinions.at_meeting(meeting, on=acting.on)
    may_keep = meeting.may_keep  # the view asked for it with the meeting
    assigned = not may_keep and opinion_rights.is_assigned(
        user.member_id, meeting.branch, on=meeting.held_on
    )
    return {
        "request": request,
        "meeting": meeting,
        "found": found,
        "may_raise": may_keep or assigned,
        "may_keep": may_keep,
    }


@register.inclusion_tag("assignments/_branch_opinions.html", takes_context=True)
def branch_opinions(context, organization):
    """What waits at a branch: opinions without an answer, and answers that it was not told."""
    acting = context["request"].acting
    return {
        "request": context["request"],
        "organization": organization,
        "found": opinions.waiting_at(organization, on=acting.on),
    }
