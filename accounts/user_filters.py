"""Filters of the list of users; what they take stands in the address."""

import django_filters as filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from branches.filters import SearchInput, Select, offer

from .choices import Role
from .models import User

YES, NO = "yes", "no"


class UserFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name, user name or e-mail"), widget=SearchInput, max_length=200
    )
    role = filters.ChoiceFilter(
        method="with_role",
        label=_("Role"),
        choices=Role.choices,
        empty_label=_("All"),
        widget=Select,
    )
    organization = filters.ChoiceFilter(
        method="with_grant_on",
        label=_("Holds a role on"),
        empty_label=_("All"),
        widget=Select,
    )
    active = filters.ChoiceFilter(
        method="with_active",
        label=_("Account"),
        choices=[(YES, _("Switched on")), (NO, _("Switched off"))],
        empty_label=_("All"),
        widget=Select,
    )
    second_factor = filters.ChoiceFilter(
        method="with_second_factor",
        label=_("Second factor"),
        choices=[(YES, _("Set up")), (NO, _("Not set up"))],
        empty_label=_("All"),
        widget=Select,
    )

    class Meta:
        model = User
        fields = []

    def __init__(self, *args, grants, organizations, **kwargs):
        """grants         those that the reader may see
        organizations  those that one may choose from
        """
        super().__init__(*args, **kwargs)
        self.grants = grants
        offer(self, "organization", organizations)

    def search(self, users, name, text):
        return users.search(text)

    def with_role(self, users, name, role):
        return self._holding(users, role=role)

    def with_grant_on(self, users, name, organization):
        return self._holding(users, organization=organization)

    def with_active(self, users, name, answer):
        return users.filter(is_active=answer == YES)

    def with_second_factor(self, users, name, answer):
        return users.filter(second_factor=answer == YES)

    def _holding(self, users, **what):
        grants = self.grants.valid_on(self.request.acting.on)
        return users.filter(Exists(grants.filter(user=OuterRef("pk"), **what)))
