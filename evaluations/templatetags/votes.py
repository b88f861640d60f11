"""What a branch voted, on other pages."""

from django import template

from evaluations.voting import ballots_of

register = template.Library()


@register.inclusion_tag("evaluations/_ballots.html", takes_context=True)
def ballots(context, appraisal):
    """What the branch voted on one member, for who sees the appraisal; two queries."""
    return {
        "request": context["request"],
        "appraisal": appraisal,
        "ballots": ballots_of(appraisal),
        "sees_branch": context.get("sees_branch"),
    }
