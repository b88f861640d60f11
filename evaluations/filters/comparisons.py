"""Filters of the lists that compare ratings; what they take stands in the address."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from branches.filters import SearchInput, Select, search_people

from ..board.changes import KINDS
from ..models import Rating

KIND_WORDS = {
    "up": _("Level higher"),
    "down": _("Level lower"),
    "rated": _("Rated now"),
    "not_rated": _("Not rated any more"),
    "score": _("Other score alone"),
    "needs_decision": _("Needs a decision, or no longer"),
    "new": _("New in it"),
}


class PeopleFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or party card"), widget=SearchInput, max_length=200
    )

    class Meta:
        model = Rating
        fields = []

    def search(self, ratings, name, text):
        return ratings.filter(member__in=search_people(self.request, text).values("pk"))


class ChangeFilter(PeopleFilter):
    change = filters.ChoiceFilter(
        method="of_kind",
        label=_("Change"),
        choices=list(KIND_WORDS.items()),
        empty_label=_("All changes"),
        widget=Select,
    )

    def of_kind(self, ratings, name, kind):
        return ratings.filter(KINDS[kind])


class FiveYearFilter(PeopleFilter):
    """`level` and `basis` chose the rows before (evaluations/lists/five_years.py)."""

    level = filters.ChoiceFilter(
        method="as_chosen",
        label=_("In each year"),
        choices=[("excellent", _("Excellent"))],
        empty_label=_("Good or excellent"),
        widget=Select,
    )
    basis = filters.ChoiceFilter(
        method="as_chosen",
        label=_("What counts"),
        choices=[("decided", _("Decided levels alone"))],
        empty_label=_("Suggested ones where nothing was decided"),
        widget=Select,
    )

    def as_chosen(self, ratings, name, value):
        return ratings
