"""The papers of a meeting on its page."""

from django import template
from django.db.models import Exists, OuterRef, Sum

from branches.models import Meeting, Minutes

register = template.Library()


@register.inclusion_tag("assignments/_meeting_papers.html", takes_context=True)
def meeting_papers(context, meeting):
    """The ways to the minutes and the quality of a meeting, and how far both are. One query."""
    told = Meeting.objects.filter(pk=meeting.pk).values_list(
        Exists(Minutes.objects.filter(meeting=OuterRef("pk"))), Sum("score__lines__points")
    )
    has_minutes, given = told.get()
    return {
        "request": context["request"],
        "meeting": meeting,
        "has_minutes": has_minutes,
        "given": given,
    }
