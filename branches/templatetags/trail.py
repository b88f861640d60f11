"""The breadcrumb: the way down the organization tree, links where the reader may go."""

from django import template

register = template.Library()


@register.inclusion_tag("branches/_trail.html", takes_context=True)
def trail(context, above, last=""):
    """above: organizations from the root down; last: what the page itself is called."""
    request = context["request"]
    seen = request.acting.seen(above)
    return {"request": request, "above": above, "seen": seen, "last": last}
