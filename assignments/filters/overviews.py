"""Filters of the lists that look over assignments; what they take stands in the address."""

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.filters import SearchInput, Select, search_people
from branches.models import Member, Organization

from ..board import cascade
from ..models import Assignment

TWO = 2


class LoadFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or party card"), widget=SearchInput, max_length=200
    )
    load = filters.ChoiceFilter(
        method="carrying",
        label=_("Assignments"),
        choices=[("two", _("Two or more")), ("one", _("One")), ("none", _("None"))],
        empty_label=_("Any number"),
        widget=Select,
    )

    class Meta:
        model = Member
        fields = []

    def search(self, members, name, text):
        return search_people(self.request, text, members)

    def carrying(self, members, name, load):
        if load == "two":
            return members.filter(number__gte=TWO)
        return members.filter(number=int(load == "one"))


class FromAboveFilter(filters.FilterSet):
    """It narrows by person and target; which part is shown decides which rows there are."""

    q = filters.CharFilter(
        method="search", label=_("Cadre or organization"), widget=SearchInput, max_length=200
    )
    part = filters.ChoiceFilter(
        method="as_it_is",
        label=_("Assigned to"),
        choices=[
            (cascade.HERE, _("This organization and those above it")),
            (cascade.BELOW, _("Organizations below it")),
        ],
        empty_label=_("All"),
        widget=Select,
    )

    class Meta:
        model = Assignment
        fields = []

    def search(self, assignments, name, text):
        return assignments.filter(
            Q(member__in=search_people(self.request, text).values("pk"))
            | Q(target__in=Organization.objects.search(text).values("pk"))
        )

    def as_it_is(self, assignments, name, part):
        return assignments
