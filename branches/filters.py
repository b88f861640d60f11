"""Filters of the lists of the party organization; what they take stands in the address."""

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from .choices import ActivityStatus, MeetingKind, PersonClass
from .models import Meeting, Member, MemberStatus, Organization

NO_STATUS = "active"
MOST_CHOICES = 200


class SearchInput(forms.TextInput):
    input_type = "search"

    def __init__(self, attrs=None):
        super().__init__({"class": "form-control", "autocomplete": "off", **(attrs or {})})


class DayInput(forms.DateInput):
    """A day typed as dd/mm/yyyy, the same in every browser."""

    def __init__(self, attrs=None):
        super().__init__(
            {"class": "form-control", "placeholder": "dd/mm/yyyy", "inputmode": "numeric"}
            | (attrs or {})
        )


class Select(forms.Select):
    def __init__(self, attrs=None, choices=()):
        super().__init__({"class": "form-select"} | (attrs or {}), choices)


def offer(filter_set, name, organizations):
    """Let one choose among the organizations (with the facts of a day); where they are too many
    to look through, the filter is left out: one goes down the tree with the organization acted
    for instead."""
    choices = [(each.pk, str(each)) for each in organizations[: MOST_CHOICES + 1]]
    if len(choices) > MOST_CHOICES:
        del filter_set.filters[name]
    else:
        filter_set.filters[name].extra["choices"] = choices


def search_people(request, text, members=None):
    """Members (of a queryset, or of all) by name, or by a party card that the reader may see."""
    members = Member.objects.all() if members is None else members
    return members.search(text, by=request.user, on=request.acting.today)


class MemberFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or party card"), widget=SearchInput, max_length=200
    )
    branch = filters.ChoiceFilter(
        method="in_branch", label=_("Branch"), empty_label=_("All branches"), widget=Select
    )
    person_class = filters.ChoiceFilter(
        field_name="person_class_on",
        label=_("Class"),
        choices=PersonClass.choices,
        empty_label=_("All classes"),
        widget=Select,
    )
    status = filters.ChoiceFilter(
        method="with_status",
        label=_("Status"),
        choices=[(NO_STATUS, _("Active")), *ActivityStatus.choices],
        empty_label=_("All statuses"),
        widget=Select,
    )

    class Meta:
        model = Member
        fields = []

    def __init__(self, *args, branches, **kwargs):
        """branches: the organizations of kind branch that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "branch", branches)

    def search(self, members, name, text):
        return search_people(self.request, text, members)

    def in_branch(self, members, name, branch):
        return members.in_branches(
            Organization.objects.filter(pk=branch), on=self.request.acting.on
        )

    def with_status(self, members, name, status):
        on = self.request.acting.on
        if status == NO_STATUS:
            some = MemberStatus.objects.filter(member=OuterRef("pk"), validity__contains=on)
            return members.exclude(Exists(some))
        return members.with_status(status, on=on)


class MeetingFilter(filters.FilterSet):
    branch = filters.ChoiceFilter(label=_("Branch"), empty_label=_("All branches"), widget=Select)
    kind = filters.ChoiceFilter(
        label=_("Kind"), choices=MeetingKind.choices, empty_label=_("All kinds"), widget=Select
    )
    since = filters.DateFilter(
        field_name="held_on", lookup_expr="gte", label=_("From"), widget=DayInput
    )
    until = filters.DateFilter(
        field_name="held_on", lookup_expr="lte", label=_("To"), widget=DayInput
    )

    class Meta:
        model = Meeting
        fields = []

    def __init__(self, *args, branches, **kwargs):
        """branches: the organizations of kind branch that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "branch", branches)
