"""Personal data on pages: whole to those whose role needs it, else masked."""

from django import template

from ..masking import sight_of

register = template.Library()


@register.simple_tag(takes_context=True)
def card_number(context, member):
    """The number of the member's party card; of a list, `look_at` it first."""
    return sight_of(context["request"]).show("code", member)


@register.simple_tag(takes_context=True)
def personal(context, member, column):
    """The identity_number, phone or email of the member."""
    return sight_of(context["request"]).show(column, member)


@register.simple_tag(takes_context=True)
def look_at(context, rows):
    """Ask at once what the reader sees of all members, or rows about members, of a list."""
    ids = [getattr(row, "member_id", row.pk) for row in rows]
    sight_of(context["request"]).look(ids)
    return ""
