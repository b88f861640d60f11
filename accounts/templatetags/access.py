"""The link to the page that says who can see a row, for those who may ask."""

from django import template

from accounts.access import branch_of, may_ask

register = template.Library()


@register.inclusion_tag("accounts/_readers_link.html", takes_context=True)
def member_readers_link(context, member):
    acting = context["request"].acting
    branch = branch_of(member, on=acting.today)
    return _link(acting, "accounts:member_readers", member, member, branch)


@register.inclusion_tag("accounts/_readers_link.html", takes_context=True)
def rating_readers_link(context, rating):
    acting = context["request"].acting
    page = "evaluations:rating_readers"
    return _link(acting, page, rating, rating.member, [rating.branch_id])


def _link(acting, page, row, member, branch):
    asks = may_ask(acting.user, member, branch, on=acting.today)
    return {"url": acting.url(page, row.pk) if asks else ""}
