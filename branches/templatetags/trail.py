"""The breadcrumb: the way down the organization tree, links where the reader may go."""

from django import template

register = template.Library()


@register.inclusion_tag("branches/_trail.html", takes_context=True)
def trail(context, above, last="", via="", called=""):
    """above: organizations from the root down; last: what the page itself is called; via: name of
    the page that leads to it, which is called so."""
    request = context["request"]
    seen = request.acting.seen(above)
    page = {"last": last, "via": via, "called": called}
    return {"request": request, "above": above, "seen": seen} | page
