"""Filters of the lists of members at risk of removal and of members who are not rated."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from branches.filters import SearchInput, Select, offer, search_people
from branches.models import Member

from ..lists.not_rated import WHY
from ..lists.removal_risk import RISK
from ..models import Appraisal


class RiskFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or party card"), widget=SearchInput, max_length=200
    )
    branch = filters.ChoiceFilter(
        field_name="branch_id_on",
        label=_("Branch"),
        empty_label=_("All branches"),
        widget=Select,
    )
    months = filters.ChoiceFilter(
        method="from_months",
        label=_("Months missed"),
        choices=[(str(RISK), _("Three and more: removal is considered"))],
        empty_label=_("Two and more"),
        widget=Select,
    )

    class Meta:
        model = Member
        fields = []

    def __init__(self, *args, branches, **kwargs):
        """branches: the organizations that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "branch", branches)

    def search(self, members, name, text):
        return search_people(self.request, text, members)

    def from_months(self, members, name, months):
        return members.filter(months__gte=int(months))


class NotRatedFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or party card"), widget=SearchInput, max_length=200
    )
    branch = filters.ChoiceFilter(
        field_name="cycle_branch__branch",
        label=_("Branch"),
        empty_label=_("All branches"),
        widget=Select,
    )
    why = filters.ChoiceFilter(
        label=_("Why"), choices=list(WHY.items()), empty_label=_("All reasons"), widget=Select
    )

    class Meta:
        model = Appraisal
        fields = []

    def __init__(self, *args, branches, **kwargs):
        """branches: the organizations that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "branch", branches)

    def search(self, appraisals, name, text):
        return appraisals.filter(member__in=search_people(self.request, text).values("pk"))
