"""What was decided on a member, on other pages, and facts that changed, in words."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from assignments.choices import Level
from branches.choices import PersonClass
from branches.templatetags.kinds import class_short
from branches.templatetags.numbers import number
from evaluations.choices import NotRatedReason
from evaluations.models import Rating
from evaluations.templatetags.ratings import short_level

register = template.Library()

LEVELS = ("level", "suggested_level")


@register.inclusion_tag("evaluations/_decision_panel.html", takes_context=True)
def decision_panel(context, appraisal):
    """Every revision of the decision on a member, for who may know it; one query, and one for who
    may decide."""
    request = context["request"]
    acting, cycle = request.acting, appraisal.cycle
    revisions = appraisal.decisions.select_related("decided_by__member").order_by("-revision")
    if acting.is_past:
        revisions = revisions.filter(decided_on__lte=acting.on)
    unit = appraisal.cycle_branch.unit
    may = request.user.may_on("decide_ratings", unit, appraisal.member, on=acting.today)
    if cycle.is_locked:
        label, url = _("Rate again"), acting.url("evaluations:re_rate", appraisal.pk)
    else:
        label = _("Decide")
        url = acting.url("evaluations:decisions", cycle.pk, q=appraisal.member.full_name)
    return {
        "request": request,
        "decisions": list(revisions),
        "may_decide": may,
        "decide_label": label,
        "decide_url": url,
    }


@register.simple_tag
def fact_change(change):
    """{"name", "before", "after"} of a fact that changed, in words."""
    fact = change["fact"]
    return {
        "name": _name(fact),
        "before": _value(fact, change["before"]),
        "after": _value(fact, change["after"]),
    }


def _name(fact):
    if fact == "population":
        return _("Branch")
    if fact in ("branch", "unit"):
        return _("Branch") if fact == "branch" else _("Unit")
    if fact == "level":
        return _("level before the cap")
    return Rating._meta.get_field(fact).verbose_name


def _value(fact, value):
    if value in (None, ""):
        return _("nowhere") if fact == "population" else "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if fact in LEVELS and value in Level.values:
        return short_level(value)
    if fact == "not_rated_reason" and value in NotRatedReason.values:
        return NotRatedReason(value).label
    if fact == "person_class" and value in PersonClass.values:
        return class_short(value)
    if fact.startswith(("points_", "score")):
        return number(Decimal(value))
    return number(value) if isinstance(value, int) else value


@register.inclusion_tag("evaluations/_decision_links.html", takes_context=True)
def decision_links(context, cycle):
    """Where one decides on the members of a cycle, locks it, and sees what came after the lock;
    each for who may. No query."""
    acting = context["request"].acting
    return {
        "request": context["request"],
        "cycle": cycle,
        "decides": acting.may("decide_ratings"),
        "locks": acting.may("lock_ratings"),
        "sees": acting.may("see_ratings"),
    }
