"""Filters of the assignment board; what they take stands in the address."""

import django_filters as filters
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from branches.filters import SearchInput, Select, offer, search_people
from branches.models import Organization

from .. import board


class BoardFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Cadre or organization"), widget=SearchInput, max_length=200
    )
    state = filters.ChoiceFilter(
        method="in_state",
        label=_("State"),
        choices=[
            ("none", _("No cadre")),
            ("two", _("Two cadres or more")),
            ("overdue", _("Visits overdue")),
            ("ending", _("Ending soon")),
        ],
        empty_label=_("All states"),
        widget=Select,
    )
    team = filters.ChoiceFilter(
        method="of_team", label=_("Team"), empty_label=_("All teams"), widget=Select
    )

    class Meta:
        model = Organization
        fields = []

    def __init__(self, *args, teams, **kwargs):
        """teams: those that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "team", teams)

    def search(self, rows, name, text):
        people = search_people(self.request, text).values("pk")
        of_people = board.assigned(self.request.acting.on).filter(member__in=people)
        found = Organization.objects.search(text).values("pk")
        return rows.filter(Q(pk__in=found) | Exists(of_people))

    def in_state(self, rows, name, state):
        acting = self.request.acting
        return {
            "none": lambda: board.without_cadre(rows, on=acting.on),
            "two": lambda: board.with_two(rows, on=acting.on),
            "overdue": lambda: board.overdue(rows, acting),
            "ending": lambda: board.ending_soon(rows, acting),
        }[state]()

    def of_team(self, rows, name, team):
        return rows.filter(Exists(board.assigned(self.request.acting.on).filter(team=team)))
