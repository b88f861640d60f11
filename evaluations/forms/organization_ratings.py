"""Rating organizations: filters, the suggestion, the decision, places beyond the cap."""

import django_filters as filters
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import OrganizationKind
from branches.filters import SearchInput, Select, offer
from branches.forms.days import DayField
from branches.forms.service import ServiceForm
from branches.models import Organization

from ..models import OrganizationAppraisal, OrganizationScheme
from ..services.organization_ratings import SUGGESTED

TAKE_BACK = "take_back"
LEVELS = [
    (SUGGESTED, _("As suggested")),
    *Level.choices,
    (TAKE_BACK, _("Take the decision back")),
]
STATES = [
    ("open", _("Still to be decided")),
    ("decided", _("Decided")),
    ("waiting", _("Not ready")),
    ("not_rated", _("Not rated")),
]
STATEMENTS = [("", _("Nothing is stated")), ("yes", _("Mended")), ("no", _("Not mended"))]
MENDED = {"": None, "yes": True, "no": False}


NOTES = {
    "differs": (_("Decided otherwise"), ~Q(decision__level=F("suggested_level"))),
    "tie": (_("Tie at the cap"), Q(tied=True)),
    "capped": (_("Capped"), Q(capped=True, tied=False)),
    "discipline": (
        _("Disciplined: itself, its leading collective, or below"),
        Q(leaders_disciplined__gt=0) | Q(disciplines__gt=0) | Q(below_disciplined__gt=0),
    ),
    "open": (_("Needs a decision"), Q(needs_decision=True)),
}


class OrganizationFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or code"), widget=SearchInput, max_length=200
    )
    state = filters.ChoiceFilter(
        method="in_state",
        label=_("Decided or open"),
        choices=STATES,
        empty_label=_("All"),
        widget=Select,
    )
    committee = filters.ChoiceFilter(
        label=_("Decided by"), empty_label=_("All committees"), widget=Select
    )
    kind = filters.ChoiceFilter(
        label=_("Kind"),
        choices=OrganizationKind.choices,
        empty_label=_("All kinds"),
        widget=Select,
    )
    suggested = filters.ChoiceFilter(
        field_name="suggested_level",
        label=_("Suggested level"),
        choices=Level.choices,
        empty_label=_("All levels"),
        widget=Select,
    )
    decided = filters.ChoiceFilter(
        field_name="decision__level",
        label=_("Decided level"),
        choices=Level.choices,
        empty_label=_("All levels"),
        widget=Select,
    )

    note = filters.ChoiceFilter(
        method="with_note",
        label=_("To note"),
        choices=[(key, label) for key, (label, _condition) in NOTES.items()],
        empty_label=_("All"),
        widget=Select,
    )

    class Meta:
        model = OrganizationAppraisal
        fields = []

    def __init__(self, *args, committees, **kwargs):
        """committees: the organizations that one may choose from."""
        super().__init__(*args, **kwargs)
        offer(self, "committee", committees)

    def search(self, rows, name, text):
        named = Organization.objects.named(text, on=self.request.acting.on)
        return rows.filter(organization__in=named.order_by().values("pk"))

    def with_note(self, rows, name, note):
        rows = rows.decided() if note == "differs" else rows
        return rows.filter(NOTES[note][1])

    def in_state(self, rows, name, state):
        return {
            "open": rows.open().filter(rated=True),
            "decided": rows.decided(),
            "waiting": rows.open().filter(rated=None),
            "not_rated": rows.filter(rated=False),
        }[state]


class OrganizationSuggestForm(ServiceForm):
    scheme = forms.ModelChoiceField(
        label=_("Rating set of organizations"),
        queryset=OrganizationScheme.objects.none(),
        empty_label=None,
        widget=Select,
    )

    def __init__(self, *args, schemes, **kwargs):
        """schemes: the rating sets that may be chosen."""
        super().__init__(*args, **kwargs)
        self.fields["scheme"].queryset = schemes


def _reason(**more):
    return forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 2, "class": "form-control"}),
        **more,
    )


def _document():
    return forms.CharField(
        label=_("Number of the document"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"class": "form-control"}),
    )


class OrganizationDecideForm(ServiceForm):
    """What is decided on those chosen."""

    level = forms.ChoiceField(label=_("Decision"), choices=LEVELS, widget=Select)
    decided_on = DayField(label=_("Decided on"))
    document = _document()
    reason = _reason(
        required=False,
        help_text=_(
            "Needed where the decision differs from the suggestion, and where a discipline, a tie, "
            "a condition or an open case is involved."
        ),
    )


class OrganizationPlacesForm(ServiceForm):
    """More places than the cap has, for one group of like organizations."""

    places = forms.IntegerField(
        label=_("More places"),
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput({"class": "form-control"}),
    )
    reason = _reason()
    document = _document()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("give", _("Give the places")))


class ShortcomingsForm(ServiceForm):
    """Whether what was pointed out earlier is mended."""

    mended = forms.ChoiceField(
        label=_("Earlier shortcomings"), choices=STATEMENTS, required=False, widget=Select
    )

    def clean_mended(self):
        return MENDED[self.cleaned_data["mended"]]
