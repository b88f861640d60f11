"""The form that changes one assignment."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import Select
from branches.forms.service import RowForm
from branches.periods import first_day, last_day

from ..choices import AssignmentRole, VisitsPeriod
from .assigning import VISITS, DayField, DirectiveField, TeamField


class ChangeForm(RowForm):
    role = forms.ChoiceField(label=_("Role"), choices=AssignmentRole.choices, widget=Select)
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"), required=False, help_text=_("Empty: without end."))
    visits_due = forms.IntegerField(label=_("Visits due"), **VISITS)
    visits_period = forms.ChoiceField(
        label=_("in each"), choices=VisitsPeriod.choices, widget=Select
    )
    directive = DirectiveField(queryset=None, required=False, label=_("Directive"), widget=Select)
    team = TeamField(queryset=None, required=False, label=_("Team"), widget=Select)
    confirmer = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label=_("Confirmed by"),
        empty_label=_("the grassroots committee of the target"),
        widget=Select,
        help_text=_("Which committee confirms the registered tasks."),
    )

    def __init__(self, *args, row, directives, teams, confirmers, **kwargs):
        """directives, teams, confirmers: querysets of those that one may choose."""
        fields = ("role", "visits_due", "visits_period", "directive", "team", "confirmer")
        initial = {name: getattr(row, name) for name in fields}
        initial |= {"since": first_day(row.validity), "until": last_day(row.validity)}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        for name, rows in (("directive", directives), ("team", teams), ("confirmer", confirmers)):
            self.fields[name].queryset = rows
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen",
            "role",
            Row(Column("since"), Column("until")),
            Row(Column("visits_due"), Column("visits_period")),
            "directive",
            "team",
            "confirmer",
            Submit("save", _("Save")),
        )

    @property
    def values(self):
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}
