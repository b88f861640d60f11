"""Forms of planned meetings."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.choices import MeetingKind
from branches.forms.days import DayField
from branches.forms.picking import OrganizationField
from branches.forms.service import RowForm
from branches.services.meetings import PLAN_VALUES

KEY = HTML("{% load submitting %}{% submission_key %}")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self):
        super().__init__(format="%H:%M")  # what browsers need in every language


class PlanForm(RowForm):
    """A planned meeting: a new one names its branch, and may be repeated every month."""

    branch = OrganizationField(label=_("Branch"))
    planned_on = DayField(label=_("Day"))
    starts_at = forms.TimeField(label=_("Time"), required=False, widget=TimeInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=MeetingKind.choices)
    place = forms.CharField(label=_("Meeting place"), max_length=300, required=False)
    agenda = forms.CharField(
        label=_("Agenda"),
        max_length=8000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("One item a line. Members and assigned cadres see it."),
    )
    until = DayField(
        label=_("Repeat every month until"),
        required=False,
        help_text=_("On the same day of each month; left empty: only this once."),
    )

    def __init__(self, *args, row=None, branches=None, **kwargs):
        """branches: the organizations of which a new plan may be, a queryset."""
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in PLAN_VALUES}
        super().__init__(*args, row=row, **kwargs)
        if row is None:
            self.fields["branch"].rows = branches
        else:
            del self.fields["branch"], self.fields["until"]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            KEY,
            "branch" if row is None else "seen",
            Row(Column("planned_on"), Column("starts_at")),
            Row(Column("kind"), Column("place")),
            "agenda",
            *(["until"] if row is None else []),
            Submit("save", _("Save")),
        )

    def values(self):
        """What the form says, by the names of the model."""
        return {name: self.cleaned_data[name] for name in PLAN_VALUES}
