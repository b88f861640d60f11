"""Names of values that are annotated, and so have no get_…_display()."""

from django import template
from django.utils.translation import pgettext_lazy

from branches.choices import OrganizationKind, PersonClass

register = template.Library()

SHORT_CLASSES = {
    "leader": pgettext_lazy("class, in short", "Leading post"),
    "staff": pgettext_lazy("class, in short", "No leading post"),
    "outside": pgettext_lazy("class, in short", "Outside the system"),
}


@register.filter
def kind_label(value):
    return OrganizationKind(value).label


@register.filter
def class_label(value):
    return PersonClass(value).label


@register.filter
def class_short(value):
    """A person class in a few words, for tables."""
    return SHORT_CLASSES[value]
