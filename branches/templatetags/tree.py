"""One level of the organization tree, with the levels below that are unfolded already."""

from django import template

register = template.Library()


@register.filter
def unfolded(way, organization):
    """The children of the organization, if it stands on the way that is unfolded; else None."""
    return way.get(organization.pk) if way else None
