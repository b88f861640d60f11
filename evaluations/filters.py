"""Filters of the year-end board; what they take stands in the address."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import PersonClass
from branches.filters import SearchInput, Select, offer, search_people

from .choices import NotRatedReason
from .models import Rating

YES_NO = [("1", _("Yes")), ("0", _("No"))]


def _yes_no(field, label):
    return filters.ChoiceFilter(
        field_name=field,
        label=label,
        choices=YES_NO,
        empty_label=_("Either"),
        widget=Select,
    )


class RatingFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or party card"), widget=SearchInput, max_length=200
    )
    suggested = filters.ChoiceFilter(
        field_name="suggested_level",
        label=_("Suggested level"),
        choices=Level.choices,
        empty_label=_("All levels"),
        widget=Select,
    )
    decision = _yes_no("needs_decision", _("Needs a decision"))
    unit = filters.ChoiceFilter(label=_("Unit"), empty_label=_("All units"), widget=Select)
    branch = filters.ChoiceFilter(label=_("Branch"), empty_label=_("All branches"), widget=Select)
    person_class = filters.ChoiceFilter(
        label=_("Class"), choices=PersonClass.choices, empty_label=_("All classes"), widget=Select
    )
    level = filters.ChoiceFilter(
        label=_("Level before the cap"),
        choices=Level.choices,
        empty_label=_("All levels"),
        widget=Select,
    )
    capped = _yes_no("capped", _("Capped"))
    reason = filters.ChoiceFilter(
        method="with_reason",
        label=_("Rated or not"),
        choices=[("rated", _("Rated")), ("none", _("Not rated")), *NotRatedReason.choices],
        empty_label=_("Everybody"),
        widget=Select,
    )

    class Meta:
        model = Rating
        fields = []

    def __init__(self, *args, units, branches, **kwargs):
        """units, branches: the organizations that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "unit", units)
        offer(self, "branch", branches)

    def search(self, ratings, name, text):
        return ratings.filter(member__in=search_people(self.request, text).values("pk"))

    def with_reason(self, ratings, name, reason):
        if reason in ("rated", "none"):
            return ratings.filter(rated=reason == "rated")
        return ratings.filter(not_rated_reason=reason)
