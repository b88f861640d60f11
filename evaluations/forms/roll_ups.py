from datetime import date

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import DayInput

from ..models import Scheme


class RollUpForm(forms.Form):
    """What to compute; the organization is the one acted for."""

    year = forms.IntegerField(label=_("Year"), min_value=1930, max_value=2100)
    as_of = forms.DateField(
        label=_("Cut-off date"),
        required=False,
        widget=DayInput,
        help_text=_("A day of that year; left empty, 31 December. Later facts are not looked at."),
    )
    scheme = forms.ModelChoiceField(
        label=_("Rating set"),
        required=False,
        queryset=Scheme.objects.none(),
        empty_label=_("That of the year's cycle, or else the one of that year"),
        help_text=_("Groups, points, conditions of the levels and the cap."),
    )

    def __init__(self, *args, organizations, **kwargs):
        """organizations: the one acted for and those above it, whose rating sets it may use."""
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = Scheme.objects.offered_to(organizations)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            Row(Column("year"), Column("as_of")),
            "scheme",
            Submit("start", _("Start the roll-up")),
        )

    def clean(self):
        cleaned = super().clean()
        year, as_of = cleaned.get("year"), cleaned.get("as_of")
        if year and as_of and as_of.year != year:
            self.add_error("as_of", _("The cut-off date is a day of the year itself."))
        elif year and not as_of:
            cleaned["as_of"] = date(year, 12, 31)
        if not cleaned.get("scheme") and not Scheme.objects.exists():
            self.add_error("scheme", _("No rating set has been loaded yet."))
        return cleaned
