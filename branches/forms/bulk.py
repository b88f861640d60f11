"""Forms of what is done with many members at once. Each asks for a reason: the trail tells it of
every member."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from ..choices import ActivityStatus, PersonClass
from .days import DayField
from .members import REASON_LENGTH
from .picking import OrganizationField
from .service import ServiceForm


class BulkForm(ServiceForm):
    # The mark of what the preview showed: saved is that and nothing else.
    mark = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, help_text=_("Auditors read it.")
    )

    parts = ()

    def __init__(self, *args, branches, **kwargs):
        """branches: those that the user may enter members into."""
        super().__init__(*args, **kwargs)
        if "branch" in self.fields:
            self.fields["branch"].rows = branches
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*self.parts, "reason")

    def values(self):
        """What the form says, by the names of the services."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("mark", "reason")
        }


class BulkTransferForm(BulkForm):
    branch = OrganizationField(label=_("To the branch"))
    since = DayField(label=_("Belongs there since"))
    parts = (Row(Column("branch"), Column("since")),)


class BulkStatusForm(BulkForm):
    status = forms.ChoiceField(label=_("Status"), choices=[("", "–"), *ActivityStatus.choices])
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"), required=False, help_text=_("Left empty: open."))
    decision_number = forms.CharField(
        label=_("Number of the decision"), max_length=100, required=False
    )
    decided_on = DayField(label=_("Decided on"), required=False)
    authority = forms.CharField(label=_("Decided by"), max_length=300, required=False)
    receiving_place = forms.CharField(label=_("Active at"), max_length=300, required=False)
    parts = (
        "status",
        Row(Column("since"), Column("until")),
        Row(Column("decision_number"), Column("decided_on")),
        Row(Column("authority"), Column("receiving_place")),
    )

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first day."))
        status, decided = cleaned.get("status"), cleaned.get("decided_on")
        if status == ActivityStatus.EXEMPT and not (decided and cleaned.get("decision_number")):
            self.add_error("decision_number", _("An exemption has a decision and its day."))
        if status == ActivityStatus.AWAY and not cleaned.get("receiving_place"):
            self.add_error("receiving_place", _("Say where the members are active."))
        return cleaned

    def values(self):
        values = super().values()
        return values | {"issuer": values.pop("authority"), "reason": self.cleaned_data["reason"]}


class BulkClassForm(BulkForm):
    person_class = forms.ChoiceField(label=_("Class"), choices=[("", "–"), *PersonClass.choices])
    class_since = DayField(label=_("Holds since"))
    parts = (Row(Column("person_class"), Column("class_since")),)


class BulkOccupationForm(BulkForm):
    occupation = forms.CharField(
        label=_("Occupation"),
        max_length=200,
        required=False,
        help_text=_("Left empty: the occupation is taken out."),
    )
    parts = ("occupation",)


# By the names of services.bulk.ACTIONS, with what people call the action.
FORMS = {
    "transfer": (_("Transfer to a branch"), BulkTransferForm),
    "status": (_("Enter a status"), BulkStatusForm),
    "person_class": (_("Change the class"), BulkClassForm),
    "occupation": (_("Change the occupation"), BulkOccupationForm),
}
