"""The list of committees: its columns and filters."""

import django_filters as filters
import django_tables2 as tables
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .filters import SearchInput, Select
from .models import Organization
from .tables import LinkColumn, NumberColumn

VACANT, FULL, NO_TERM = "vacant", "full", "no_term"


class CommitteeTable(tables.Table):
    name = LinkColumn(
        "branches:committee",
        accessor="name_on",
        verbose_name=_("Organization"),
        order_by=("sort_key", "code"),
    )
    term = tables.Column(
        accessor="term_name", verbose_name=_("Term"), order_by=("term_name", "code")
    )
    seats = NumberColumn(verbose_name=_("Seats"), order_by=("seats", "code"))
    filled = NumberColumn(verbose_name=_("Filled"), order_by=("filled", "code"))
    vacant = NumberColumn(verbose_name=_("Vacant"), order_by=("vacant", "code"))
    standing_seats = NumberColumn(
        verbose_name=_("Standing committee, seats"), order_by=("standing_seats", "code")
    )
    standing_filled = NumberColumn(
        verbose_name=_("Standing committee, filled"), order_by=("standing_filled", "code")
    )

    class Meta:
        model = Organization
        fields = []
        order_by = "name"


class CommitteeFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or code"), widget=SearchInput, max_length=200
    )
    state = filters.ChoiceFilter(
        method="in_state",
        label=_("Seats"),
        choices=[
            (VACANT, _("With vacancies")),
            (FULL, _("Full")),
            (NO_TERM, _("Without a term")),
        ],
        empty_label=_("All committees"),
        widget=Select,
    )

    class Meta:
        model = Organization
        fields = []

    def search(self, organizations, name, text):
        return organizations.search(text)

    def in_state(self, organizations, name, state):
        conditions = {VACANT: Q(vacant__gt=0), FULL: Q(vacant__lte=0), NO_TERM: Q(seats=None)}
        return organizations.filter(conditions[state])
