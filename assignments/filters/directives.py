"""Filters of the lists of directives and teams; what they take stands in the address."""

import django_filters as filters
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from branches.fields import SearchKey
from branches.filters import MOST_CHOICES, DayInput, SearchInput, Select, offer, search_people
from branches.models import Organization

from ..choices import DirectiveKind
from ..models import Directive, Team


class DirectiveFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Number or words"), widget=SearchInput, max_length=200
    )
    kind = filters.ChoiceFilter(
        label=_("Kind"), choices=DirectiveKind.choices, empty_label=_("All kinds"), widget=Select
    )
    issuer = filters.ChoiceFilter(label=_("Issuer"), empty_label=_("All issuers"), widget=Select)
    year = filters.ChoiceFilter(
        field_name="issued_on",
        lookup_expr="year",
        label=_("Year of issue"),
        choices=(),
        empty_label=_("All years"),
        widget=Select,
    )
    valid = filters.DateFilter(method="in_force", label=_("In force on"), widget=DayInput)

    class Meta:
        model = Directive
        fields = []

    def __init__(self, *args, issuers, years, **kwargs):
        """issuers  organizations (a queryset) to choose from
        years  those of which there are documents, newest first
        """
        super().__init__(*args, **kwargs)
        offer(self, "issuer", issuers)
        self.filters["year"].extra["choices"] = [(str(year), year) for year in years]

    def search(self, directives, name, text):
        """Every word stands in the number or the title, diacritics or not."""
        words = Concat("number", Value(" "), "title")
        directives = directives.alias(search_key=SearchKey(words))
        for word in text.split():
            directives = directives.filter(search_key__contains=SearchKey(Value(word)))
        return directives

    def in_force(self, directives, name, day):
        return directives.valid_on(day)


class TeamFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Team, leader or place"), widget=SearchInput, max_length=200
    )
    directive = filters.ChoiceFilter(
        label=_("Directive"), empty_label=_("All directives"), widget=Select
    )

    class Meta:
        model = Team
        fields = []

    def __init__(self, *args, directives, **kwargs):
        """directives: those (a queryset) to choose from."""
        super().__init__(*args, **kwargs)
        choices = [(each.pk, str(each)) for each in directives[: MOST_CHOICES + 1]]
        if len(choices) > MOST_CHOICES:
            del self.filters["directive"]
        else:
            self.filters["directive"].extra["choices"] = choices

    def search(self, teams, name, text):
        key = SearchKey(Value(text))
        targets = Organization.objects.named(text, on=self.request.acting.on)
        return teams.alias(search_key=SearchKey("name")).filter(
            Q(search_key__contains=key)
            | Q(leader__in=search_people(self.request, text).values("pk"))
            | Q(target__in=targets.values("pk"))
        )
