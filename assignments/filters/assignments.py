"""Filters of the lists of assignments and tasks; what they take stands in the address."""

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.filters import SearchInput, Select, search_people
from branches.models import Organization

from ..choices import AssignmentRole, Outcome, TaskState
from ..models import Assignment, Task


class AssignmentFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Cadre or organization"), widget=SearchInput, max_length=200
    )
    role = filters.ChoiceFilter(
        label=_("Role"), choices=AssignmentRole.choices, empty_label=_("All roles"), widget=Select
    )
    kind = filters.ChoiceFilter(
        method="in_time",
        label=_("Valid"),
        choices=[("all", _("Also ended and coming ones"))],
        empty_label=_("On this day"),
        widget=Select,
    )

    class Meta:
        model = Assignment
        fields = []

    def filter_queryset(self, assignments):
        if not self.form.cleaned_data.get("kind"):  # also what is none of the choices
            assignments = assignments.valid_on(self.request.acting.on)
        return super().filter_queryset(assignments)

    def search(self, assignments, name, text):
        on = self.request.acting.on
        return assignments.filter(
            Q(member__in=search_people(self.request, text).values("pk"))
            | Q(target__in=Organization.objects.named(text, on=on).values("pk"))
        )

    def in_time(self, assignments, name, kind):
        return assignments


class TaskFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Task or member"), widget=SearchInput, max_length=200
    )
    year = filters.ChoiceFilter(
        label=_("Year"), choices=(), empty_label=_("All years"), widget=Select
    )
    state = filters.ChoiceFilter(
        label=_("State"), choices=TaskState.choices, empty_label=_("All states"), widget=Select
    )
    outcome = filters.ChoiceFilter(
        label=_("Outcome"), choices=Outcome.choices, empty_label=_("All outcomes"), widget=Select
    )

    class Meta:
        model = Task
        fields = []

    def __init__(self, *args, years, **kwargs):
        """years: those that there are tasks of, newest first."""
        super().__init__(*args, **kwargs)
        self.filters["year"].field.choices = [(str(year), year) for year in years]

    def search(self, tasks, name, text):
        return tasks.filter(
            Q(title__icontains=text) | Q(member__in=search_people(self.request, text).values("pk"))
        )
