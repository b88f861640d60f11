"""Filters of the audit trail and of the log of reads; what they take stands in the address."""

from datetime import date, datetime, time, timedelta

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branches.filters import DayInput, SearchInput, Select
from branches.models import Member

from .audited import NAMES, audited_models, model_of
from .choices import AccessKind, Operation
from .models import AccessLog, JournalEntry, User

DAYS_SHOWN = timedelta(days=30)
FIRST, LAST = date(1930, 1, 1), date(2100, 12, 31)  # the ends of time itself have no midnight


class PeriodFilter(filters.FilterSet):
    """By person and period, the last thirty days unless the address says otherwise."""

    q = filters.CharFilter(
        method="by_person", label=_("Who: name or user name"), widget=SearchInput, max_length=200
    )
    since = filters.DateFilter(method="from_day", label=_("From"), widget=DayInput)
    until = filters.DateFilter(method="to_day", label=_("To"), widget=DayInput)

    person = "user"
    in_order = ("q", "since", "until")

    def __init__(self, data, *args, request, **kwargs):
        if "since" not in data:
            data = data.copy()
            data["since"] = (request.acting.today - DAYS_SHOWN).strftime("%d/%m/%Y")
        super().__init__(data, *args, request=request, **kwargs)
        self.filters = {name: self.filters[name] for name in self.in_order}

    def by_person(self, rows, name, text):
        people = User.objects.with_name().search(text)
        return rows.filter(**{f"{self.person}__in": people.values("pk")})

    def from_day(self, rows, name, day):
        return rows.filter(at__gte=_midnight(max(day, FIRST)))

    def to_day(self, rows, name, day):
        return rows.filter(at__lt=_midnight(min(day, LAST) + timedelta(days=1)))


class JournalFilter(PeriodFilter):
    table = filters.ChoiceFilter(
        field_name="table_name", label=_("Kind of record"), empty_label=_("All"), widget=Select
    )
    code = filters.CharFilter(
        method="about_code", label=_("Code of the record"), widget=SearchInput, max_length=64
    )
    operation = filters.ChoiceFilter(
        label=_("What was done"), choices=Operation.choices, empty_label=_("All"), widget=Select
    )

    in_order = ("q", "table", "code", "operation", "since", "until")

    class Meta:
        model = JournalEntry
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["table"].extra["choices"] = sorted(
            ((model._meta.db_table, str(NAMES[model._meta.label])) for model in audited_models()),
            key=lambda choice: choice[1],
        )

    def about_code(self, entries, name, code):
        table = model_of(self.data.get("table", ""))
        coded = [table] if table else audited_models()
        names = {model: {each.name for each in model._meta.concrete_fields} for model in coded}
        return entries.about_code([model for model in coded if "code" in names[model]], code)


class AccessFilter(PeriodFilter):
    kind = filters.ChoiceFilter(
        label=_("Kind"), choices=AccessKind.choices, empty_label=_("All"), widget=Select
    )
    code = filters.CharFilter(
        method="of_member", label=_("Party card of the member"), widget=SearchInput, max_length=64
    )

    person = "by"
    in_order = ("q", "kind", "code", "since", "until")

    class Meta:
        model = AccessLog
        fields = []

    def of_member(self, rows, name, code):
        return rows.filter(member__in=Member.objects.filter(code=code).values("pk"))


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
