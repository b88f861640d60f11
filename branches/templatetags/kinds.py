"""Names of values that are annotated, and so have no get_…_display()."""

from django import template

from branches.choices import OrganizationKind, PersonClass

register = template.Library()


@register.filter
def kind_label(value):
    return OrganizationKind(value).label


@register.filter
def class_label(value):
    return PersonClass(value).label
