"""Addresses that keep the organization acted for and the day."""

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branches import periods

register = template.Library()


@register.simple_tag(takes_context=True)
def address(context, name, *args, **query):
    """The address of the page `name`; keyword arguments become its query."""
    acting = getattr(context["request"], "acting", None)
    return acting.url(name, *args, **query) if acting else reverse(name, args=args)


@register.filter
def period_words(days):
    """A period of validity in words: both days, or the one that is known."""
    first, last = periods.first_day(days), periods.last_day(days)
    named = {
        "first": date_format(first, "SHORT_DATE_FORMAT") if first else "",
        "last": date_format(last, "SHORT_DATE_FORMAT") if last else "",
    }
    if first and last:
        return _("%(first)s to %(last)s") % named
    if first:
        return _("since %(first)s") % named
    return _("until %(last)s") % named if last else _("always")
