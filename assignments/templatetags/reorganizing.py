"""The way from an organization to its reorganization, for who may do that."""

from django import template

from accounts.navigation import roles_here
from accounts.rules import ROLES_FOR

register = template.Library()


@register.inclusion_tag("assignments/_reorganize_link.html", takes_context=True)
def reorganize_link(context, organization):
    acting = context["request"].acting
    url = ""
    if ROLES_FOR["reorganize"] & roles_here(acting):
        url = acting.url("assignments:reorganize", organization=organization.pk)
    return {"url": url}
