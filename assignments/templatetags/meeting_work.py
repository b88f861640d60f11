"""What can be done about a meeting on its page, and what is on record of its guests."""

from django import template
from django.db.models import Exists, OuterRef

from ..meetings.occasions import of_meeting
from ..models import Visit

register = template.Library()


@register.inclusion_tag("assignments/_meeting_actions.html", takes_context=True)
def meeting_actions(context, meeting, members):
    """The buttons of who keeps the meetings of the branch; nothing for everybody else. `members`
    are the rows of its roster: one without any is not closed."""
    request = context["request"]
    occasion = of_meeting(meeting, may_keep=meeting.may_keep)
    return {
        "request": request,
        "occasion": occasion,
        "meeting": meeting,
        "has_roster": bool(members),
        "csrf_token": context.get("csrf_token"),
        "is_today": meeting.held_on == request.acting.today,
    }


@register.simple_tag(takes_context=True)
def look_at_visits(context, meeting, rows):
    """Set `visit` on the rows of attendance of assigned cadres: what is on record of each, and
    whether the reader may open it (`is_opened`)."""
    request = context["request"]
    opened = Visit.objects.visible_to(request.user, on=request.acting.today)
    is_opened = Exists(opened.filter(pk=OuterRef("pk")))
    visits = Visit.objects.filter(meeting=meeting).annotate(is_opened=is_opened) if rows else []
    found = {visit.member_id: visit for visit in visits}
    for row in rows:
        row.visit = found.get(row.member_id)
    return ""
