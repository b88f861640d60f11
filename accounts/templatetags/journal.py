"""The link to the history of a member, for those who may see it."""

from django import template

from ..history import may_see_history

register = template.Library()


@register.inclusion_tag("accounts/_history_link.html", takes_context=True)
def history_link(context, member):
    request = context["request"]
    may_see = may_see_history(request.user, member, on=request.acting.today)
    return {"request": request, "member": member, "may_see": may_see}
