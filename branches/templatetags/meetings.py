"""The words and colours of how far a meeting is."""

from django import template

from ..choices import MeetingState

register = template.Library()

# Planned and not held are nobody's fault; a roster that is missing is somebody's next task.
CHIPS = {
    MeetingState.PLANNED: "chip-info",
    MeetingState.ROSTER_MISSING: "chip-warning",
    MeetingState.ROSTER_CLOSED: "chip-fine",
}


@register.filter
def roster_word(state):
    return MeetingState(state).label


@register.filter
def roster_chip(state):
    """The class that gives the chip of a MeetingState its colour; "" for none."""
    return CHIPS.get(state, "")
