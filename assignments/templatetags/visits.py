"""The word of each state of a visit and its colour: one of each, wherever it stands."""

from django import template

from branches.choices import VisitState

register = template.Library()

# Expected and not held are nobody's fault, and not reported is no absence: they have no colour.
CHIPS = {
    VisitState.LOGGED: "chip-info",
    VisitState.CONFIRMED: "chip-fine",
    VisitState.DISPUTED: "chip-warning",
    VisitState.EXCUSED: "chip-warning",
    VisitState.UNEXCUSED: "chip-bad",
}


@register.filter
def visit_word(state):
    """The label of a state; "" for none."""
    return VisitState(state).label if state else ""


@register.filter
def visit_chip(state):
    """The class that gives the chip of a state its colour; "" for none."""
    return CHIPS.get(state, "")
