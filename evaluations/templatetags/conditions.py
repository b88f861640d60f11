"""Conditions on a member's level, and the way to the organizations of a cycle, on other pages."""

from django import template

from accounts.pages import need_of
from assignments.choices import Level
from evaluations.deciding.conditions import conditions_of
from evaluations.rules import read_scheme

register = template.Library()


@register.inclusion_tag("evaluations/_appraisal_conditions.html", takes_context=True)
def appraisal_conditions(context, appraisal):
    """The conditions that the rating set adds, as they concern the member, each with whether the
    level decided, or else suggested, meets it; nothing where the set adds none."""
    cycle = appraisal.cycle
    if not read_scheme(cycle.scheme.definition).conditions:
        return {"limits": []}
    level = appraisal.level or appraisal.suggested_level
    limits = conditions_of([appraisal], cycle=cycle).get(appraisal.pk, ())
    return {
        "limits": [(limit, _met(limit, level), _level(limit.best)) for limit in limits],
        "level": _level(level),
    }


def _met(limit, level):
    return limit.met(level) if level else None


def _level(level):
    return Level(level).label if level else ""


@register.inclusion_tag("evaluations/_organizations_link.html", takes_context=True)
def organizations_link(context, cycle):
    """The way to the organizations of a cycle, for who sees ratings."""
    acting = context["request"].acting
    need = need_of("evaluations:cycle_organizations")
    return {
        "request": context["request"],
        "cycle": cycle,
        "sees": need.is_met(acting.user, roles=acting.roles),
    }
