"""Addresses that keep the organization acted for and the day."""

from django import template
from django.urls import reverse

from branches import periods

register = template.Library()


@register.simple_tag(takes_context=True)
def address(context, name, *args, **query):
    """The address of the page `name`; keyword arguments become its query."""
    acting = getattr(context["request"], "acting", None)
    return acting.url(name, *args, **query) if acting else reverse(name, args=args)


@register.filter
def first_day(days):
    """The first day of a period, None when it has no beginning."""
    return periods.first_day(days)


@register.filter
def last_day(days):
    """The last day of a period, None when it is open."""
    return periods.last_day(days)
