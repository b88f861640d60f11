"""The main navigation."""

from django import template

from accounts.navigation import menu

register = template.Library()


@register.simple_tag(takes_context=True)
def navigation(context):
    """The items of the menu that the reader's roles open here."""
    return menu(context["request"])
