"""Addresses of saved views, and of what is done with a list as it is shown."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse

from branches.columns import address_of

register = template.Library()


@register.simple_tag(takes_context=True)
def view_address(context, view):
    return address_of(view, context["request"].acting)


@register.simple_tag(takes_context=True)
def list_address(context, name, choice, *args):
    """The address of a page that is about a list: it carries filters, sorting and the open view."""
    acting = context["request"].acting
    more = {"list": choice.of.page} | ({"view": choice.view.pk} if choice.view else {})
    parts = (acting.query.removeprefix("?"), choice.query, urlencode(more))
    return f"{reverse(name, args=args)}?{'&'.join(part for part in parts if part)}"
