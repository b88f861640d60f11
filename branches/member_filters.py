"""More filters of the list of members: age, positions, days of admission, who left."""

from datetime import date

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .choices import Rank
from .filters import DayInput, MemberFilter, Select
from .models import Position

OLDEST = 150
LEFT, ALL = "left", "all"
ANY_POST = "any"


class NumberBox(forms.NumberInput):
    def __init__(self, attrs=None):
        super().__init__({"class": "form-control", "min": 0, "max": OLDEST} | (attrs or {}))


class AgeFilter(filters.NumberFilter):
    """Whole years, 0 to 150."""

    field_class = forms.IntegerField

    def __init__(self, **kwargs):
        super().__init__(widget=NumberBox, min_value=0, max_value=OLDEST, **kwargs)

    def get_max_validator(self):
        return None  # The field says what is too much.


class ChosenMemberFilter(MemberFilter):
    position = filters.ChoiceFilter(
        method="with_position",
        label=_("Position"),
        choices=[(ANY_POST, _("Any post")), *Rank.choices],
        empty_label=_("With or without"),
        widget=Select,
    )
    age_from = AgeFilter(method="at_least", label=_("Age from"))
    age_to = AgeFilter(method="at_most", label=_("Age to"))
    admitted_from = filters.DateFilter(
        field_name="admitted_on", lookup_expr="gte", label=_("Admitted from"), widget=DayInput
    )
    admitted_to = filters.DateFilter(
        field_name="admitted_on", lookup_expr="lte", label=_("Admitted to"), widget=DayInput
    )
    presence = filters.ChoiceFilter(
        method="unchanged",
        label=_("Presence"),
        choices=[(LEFT, _("Left")), (ALL, _("Present and left"))],
        empty_label=_("Present"),
        widget=Select,
    )

    def filter_queryset(self, queryset):
        """Who left is told apart also when nothing is chosen: then they are not listed."""
        on, chosen = self.request.acting.on, self.form.cleaned_data.get("presence")
        left = Q(left_on__lte=on)
        if chosen != ALL:
            queryset = queryset.filter(left if chosen == LEFT else ~left | Q(left_on=None))
        return super().filter_queryset(queryset)

    def unchanged(self, members, name, value):
        return members

    def with_position(self, members, name, rank):
        held = Position.objects.valid_on(self.request.acting.on).filter(member=OuterRef("pk"))
        return members.filter(Exists(held if rank == ANY_POST else held.filter(rank=rank)))

    def at_least(self, members, name, years):
        return members.filter(birth_date__lte=self._years_ago(years))

    def at_most(self, members, name, years):
        return members.filter(birth_date__gt=self._years_ago(years + 1))

    def _years_ago(self, years):
        on = self.request.acting.on
        year = on.year - int(years)
        day = 28 if (on.month, on.day) == (2, 29) else on.day
        return date(year, on.month, day)
