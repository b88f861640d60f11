"""What can be done about a meeting on its page, and what is on record of its guests."""

from django import template

from ..models import Visit
from ..occasions import of_meeting

register = template.Library()


@register.inclusion_tag("assignments/_meeting_actions.html", takes_context=True)
def meeting_actions(context, meeting):
    """The buttons of who keeps the meetings of the branch; nothing for everybody else."""
    request = context["request"]
    occasion = of_meeting(meeting, may_keep=meeting.may_keep)
    return {
        "request": request,
        "occasion": occasion,
        "meeting": meeting,
        "is_today": meeting.held_on == request.acting.today,
    }


@register.simple_tag
def look_at_visits(meeting, rows):
    """Set `visit` on the rows of attendance of assigned cadres: what is on record of each."""
    visits = Visit.objects.filter(meeting=meeting) if rows else []
    found = {visit.member_id: visit for visit in visits}
    for row in rows:
        row.visit = found.get(row.member_id)
    return ""
