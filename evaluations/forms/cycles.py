"""Opening a cycle and changing it; finishing a step and taking that back."""

from datetime import date
from decimal import Decimal

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import DayInput, Select
from branches.forms.service import ServiceForm

from ..choices import StepKind, VoteCounting
from ..models import Scheme
from ..services.cycles import ALWAYS

FIRST_YEAR, LAST_YEAR = 1930, 2100
HUNDRED = Decimal(100)


class StepsForm(ServiceForm):
    """Which steps a cycle has, and the last day of each."""

    vote_percent = forms.DecimalField(
        label=_("Share that a vote must exceed, in %"),
        min_value=0,
        max_value=Decimal("99.99"),
        max_digits=4,
        decimal_places=2,
        initial=50,
        help_text=_("More than half is the rule of the Charter."),
        widget=forms.NumberInput({"class": "form-control"}),
    )
    vote_counting = forms.ChoiceField(
        label=_("What carries a level"), choices=VoteCounting.choices, widget=Select
    )
    second_ballot = forms.BooleanField(
        label=_("A second ballot picks the excellent from the good"),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2, "class": "form-control"}),
        help_text=_("For instance the number of the guidance."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for kind in StepKind:
            self.fields[f"step_{kind}"] = forms.BooleanField(
                label=kind.label,
                required=False,
                disabled=kind in ALWAYS,
                initial=True,
                widget=forms.CheckboxInput({"class": "form-check-input"}),
            )
            self.fields[f"due_{kind}"] = forms.DateField(
                label=_("%(step)s: last day") % {"step": kind.label},
                required=False,
                widget=DayInput({"aria-label": _("Last day"), "class": "form-control"}),
            )

    @property
    def step_rows(self):
        """(checkbox, day) of each step."""
        return [(self[f"step_{kind}"], self[f"due_{kind}"]) for kind in StepKind]

    @property
    def vote_fields(self):
        return [self["vote_percent"], self["vote_counting"]]

    @property
    def steps(self):
        """{StepKind: last day or None} of the steps chosen."""
        cleaned = self.cleaned_data
        return {
            kind: cleaned.get(f"due_{kind}")
            for kind in StepKind
            if kind in ALWAYS or cleaned.get(f"step_{kind}")
        }

    @property
    def counting(self):
        """How votes are counted, and the note, as the service takes them."""
        cleaned = self.cleaned_data
        return {
            "vote_share": cleaned["vote_percent"] / HUNDRED,
            "vote_counting": cleaned["vote_counting"],
            "second_ballot": cleaned["second_ballot"],
            "note": cleaned["note"],
        }

    def show(self, error):
        """The service names steps by their kind, and the share by the column."""
        named = {}
        for name, texts in error.update_error_dict({}).items():
            name = f"due_{name}" if name in StepKind.values else name
            named["vote_percent" if name == "vote_share" else name] = texts
        super().show(forms.ValidationError(named))

    @classmethod
    def initial_of(cls, cycle):
        days = dict(cycle.steps.values_list("kind", "due_on"))
        steps = {f"step_{kind}": kind in days for kind in StepKind}
        return steps | {
            "vote_percent": (cycle.vote_share * HUNDRED).normalize(),
            "vote_counting": cycle.vote_counting,
            "second_ballot": cycle.second_ballot,
            "note": cycle.note,
            **{f"due_{kind}": day for kind, day in days.items()},
        }


class OpenForm(StepsForm):
    """A new cycle, of the organization acted for."""

    year = forms.IntegerField(
        label=_("Year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput({"class": "form-control"}),
    )
    cut_off = forms.DateField(
        label=_("Cut-off date"),
        required=False,
        widget=DayInput,
        help_text=_("Left empty, 31 December of the year."),
    )
    scheme = forms.ModelChoiceField(
        label=_("Rating set"),
        required=False,
        queryset=Scheme.objects.none(),
        empty_label=_("The one of that year"),
        widget=Select,
    )

    def __init__(self, *args, schemes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = schemes
        self.fields["second_ballot"].initial = True

    @property
    def own_fields(self):
        return [self["year"], self["cut_off"], self["scheme"]]

    def clean(self):
        cleaned = super().clean()
        year, cut_off = cleaned.get("year"), cleaned.get("cut_off")
        if year and cut_off and cut_off.year != year:
            self.add_error("cut_off", _("The cut-off date is a day of the year itself."))
        elif year and not cut_off:
            cleaned["cut_off"] = date(year, 12, 31)
        return cleaned


class FinishForm(ServiceForm):
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("Why, where somebody's part in the step is missing."),
        widget=forms.TextInput({"class": "form-control"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("note", Submit("finish", _("The step is done")))


class ReopenForm(ServiceForm):
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Auditors read it."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("reason", Submit("reopen", _("Take the step back")))
