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
def period_words(days, seen=None):
    """A period of validity in words: both days, or the one that is known.

    seen  the day it is looked at, as `request.acting` has it (.on and .today). On a past day an
          end after it is left out, since it had not happened yet; without `seen` all is told

    In templates of pages with a day: `{{ row.validity|period_words:request.acting }}`; in a
    table's `render_…`: `period_words(value, self.request.acting)`.
    """
    if seen is not None:
        days = periods.seen_on(days, on=seen.on, today=seen.today)
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
