"""Forms of what a member is exempt or suspended from, where else active, and disciplines."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from ..choices import ActivityStatus, DisciplineForm
from ..periods import first_day, last_day
from .days import DayField
from .picking import OrganizationField, PickerInput
from .service import RowForm


class DecisionForm(RowForm):
    """A row with the decision behind it."""

    def values(self):
        """What the form says, by the names of the model."""
        values = self.cleaned_data.copy()
        values["issuer"] = values.pop("authority")
        return values


class StatusForm(DecisionForm):
    status = forms.ChoiceField(label=_("Status"), choices=[("", "–"), *ActivityStatus.choices])
    since = DayField(label=_("First day"))
    until = DayField(
        label=_("Last day"),
        required=False,
        help_text=_("Left empty: open. An exemption is for less than 12 months, and renewable."),
    )
    decision_number = forms.CharField(
        label=_("Number of the decision"),
        max_length=100,
        required=False,
        help_text=_("An exemption needs one, with its day."),
    )
    decided_on = DayField(label=_("Decided on"), required=False)
    authority = forms.CharField(label=_("Decided by"), max_length=300, required=False)
    receiving_place = forms.CharField(
        label=_("Active at"),
        max_length=300,
        required=False,
        widget=PickerInput(OrganizationField.source),
        help_text=_("Of one who is temporarily active elsewhere: the organization or the place."),
    )
    reason = forms.CharField(label=_("Ground"), max_length=500, required=False)

    def __init__(self, *args, row=None, organizations, **kwargs):
        """organizations: those that may be named by their code as the place."""
        if row is not None:
            kwargs["initial"] = _values(row, self.base_fields)
        super().__init__(*args, row=row, **kwargs)
        self.organizations = organizations
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(["seen"] if row is not None else []),
            "status",
            Row(Column("since"), Column("until")),
            Row(Column("decision_number"), Column("decided_on")),
            "authority",
            "receiving_place",
            "reason",
            Submit("save", _("Save")),
        )

    def clean_receiving_place(self):
        """The box sends the code of an organization that was picked: its name is kept."""
        text = self.cleaned_data["receiving_place"].strip()
        named = self.organizations.filter(code=text).first() if text else None
        return named.name if named else text


class DisciplineEntryForm(DecisionForm):
    form = forms.ChoiceField(label=_("Form"), choices=[("", "–"), *DisciplineForm.choices])
    decided_on = DayField(label=_("Decided on"))
    decision_number = forms.CharField(
        label=_("Number of the decision"), max_length=100, required=False
    )
    authority = forms.CharField(label=_("Decided by"), max_length=300, required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args, row=None, **kwargs):
        if row is not None:
            kwargs["initial"] = _values(row, self.base_fields)
        super().__init__(*args, row=row, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(["seen"] if row is not None else []),
            Row(Column("form"), Column("decided_on")),
            Row(Column("decision_number"), Column("authority")),
            "note",
            Submit("save", _("Save")),
        )


def _values(row, names):
    values = {name: getattr(row, name) for name in names if hasattr(row, name)}
    values["authority"] = row.issuer
    if "since" in names:
        values |= {"since": first_day(row.validity), "until": last_day(row.validity)}
    return values
