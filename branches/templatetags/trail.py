"""The breadcrumb: the way down the organization tree, links where the reader may go."""

from django import template

from branches.models import Organization

register = template.Library()


@register.inclusion_tag("branches/_trail.html", takes_context=True)
def trail(context, above, last=""):
    """above: organizations from the root down; last: what the page itself is called."""
    request = context["request"]
    ids = [each.pk for each in above]
    visible = Organization.objects.visible_to(request.user, on=request.acting.today)
    seen = set(visible.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return {"request": request, "above": above, "seen": seen, "last": last}
