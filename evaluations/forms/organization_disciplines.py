"""Entering that an organization was disciplined."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.forms.days import DayField
from branches.forms.picking import OrganizationField
from branches.forms.service import ServiceForm

from ..choices import OrganizationDisciplineForm


class OrganizationDisciplineEntryForm(ServiceForm):
    organization = OrganizationField()
    form = forms.ChoiceField(
        label=_("Form"), choices=[("", "–"), *OrganizationDisciplineForm.choices]
    )
    decided_on = DayField(label=_("Decided on"))
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=100)
    authority = forms.CharField(label=_("Decided by"), max_length=300, required=False)
    reason = forms.CharField(
        label=_("What for"),
        max_length=500,
        help_text=_("Of the organization, in short; nothing about persons."),
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args, organizations, **kwargs):
        """organizations: those that may be named."""
        super().__init__(*args, **kwargs)
        self.fields["organization"].rows = organizations
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "organization",
            Row(Column("form"), Column("decided_on")),
            Row(Column("decision_number"), Column("authority")),
            "reason",
            Submit("record", _("Record the discipline")),
        )

    def values(self):
        """What the form says, by the names of the model."""
        values = self.cleaned_data.copy()
        values["issuer"] = values.pop("authority")
        return values
