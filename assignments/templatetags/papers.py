"""Names of values that pages of directives and teams count by."""

from django import template

from assignments.choices import Outcome

register = template.Library()


@register.filter
def outcome_label(value):
    return Outcome(value).label
