"""Who the reader is to their own browser."""

from django import template

from accounts import offline

register = template.Library()


@register.simple_tag(takes_context=True)
def is_kept(context):
    """Whether the browser keeps this page for when there is no network."""
    match = context["request"].resolver_match
    return match is not None and match.view_name in offline.KEPT_PAGES


@register.simple_tag(takes_context=True)
def user_key(context):
    """The reader's name for the browser; "" when nobody is signed in."""
    return offline.user_key(context["request"].user)
