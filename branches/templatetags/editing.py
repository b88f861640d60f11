"""The link to the page on which a member can be changed, for those who may."""

from django import template

from branches.services.rights import may_edit

register = template.Library()
A_YEAR = 365  # days


@register.inclusion_tag("branches/_edit_link.html", takes_context=True)
def edit_member_link(context, member):
    acting = context["request"].acting
    edits = may_edit(member, by=acting.user, on=acting.today)
    return {"url": acting.url("branches:member_edit", member.pk) if edits else ""}


@register.filter
def lasts_a_year(row):
    """Whether an exemption holds for 12 months or more: it is decided for less, and renewed."""
    days = row.validity
    return (
        row.status == "exempt"
        and days.upper is not None
        and (days.upper - days.lower).days >= A_YEAR
    )


@register.inclusion_tag("branches/_committee_link.html", takes_context=True)
def committee_link(context, organization):
    """The way to the committee of an organization, for who sees its members."""
    acting = context["request"].acting
    sees = acting.user.may("see_members", organization, on=acting.today)
    return {"url": acting.url("branches:committee", organization.pk) if sees else ""}
