"""Deciding on members: filters, the decision itself, places beyond the cap, the lock."""

import django_filters as filters
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import PersonClass
from branches.filters import SearchInput, Select, offer, search_people
from branches.forms.days import DayField
from branches.forms.service import ServiceForm

from ..deciding.rows import NOTES, OPEN
from ..id_lists import listed
from ..models import Appraisal
from ..services.decisions import SUGGESTED, VOTED

TAKE_BACK = "take_back"
REASON_LENGTH = 2000
LEVELS = [
    (SUGGESTED, _("As suggested")),
    (VOTED, _("As the branch voted")),
    *Level.choices,
    (TAKE_BACK, _("Take the decision back")),
]
NOTE_CHOICES = [
    ("tie", _("Equal with others at the cap")),
    ("undecided", _("The rules leave it open")),
    ("discipline", _("Disciplined")),
    ("vote", _("Vote differs from the suggestion")),
    ("differs", _("Decision differs from the suggestion")),
    ("stale", _("Suggestion changed since the decision")),
]


class DecisionFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="search", label=_("Name or party card"), widget=SearchInput, max_length=200
    )
    state = filters.ChoiceFilter(
        method="in_state",
        label=_("Decided or open"),
        choices=[("open", _("Still to be decided")), ("decided", _("Decided"))],
        empty_label=_("Everybody"),
        widget=Select,
    )
    note = filters.ChoiceFilter(
        method="with_note",
        label=_("To note"),
        choices=NOTE_CHOICES,
        empty_label=_("Everything"),
        widget=Select,
    )
    unit = filters.ChoiceFilter(
        field_name="cycle_branch__unit",
        label=_("Unit"),
        empty_label=_("All units"),
        widget=Select,
    )
    person_class = filters.ChoiceFilter(
        label=_("Class"), choices=PersonClass.choices, empty_label=_("All classes"), widget=Select
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

    class Meta:
        model = Appraisal
        fields = []

    def __init__(self, *args, units, tied, **kwargs):
        """units: the organizations that one may choose from; tied: the ids of those who are equal
        with others at the cap."""
        super().__init__(*args, **kwargs)
        self.tied = tied
        offer(self, "unit", units)

    def search(self, rows, name, text):
        return rows.filter(member__in=search_people(self.request, text).values("pk"))

    def in_state(self, rows, name, state):
        return rows.filter(OPEN) if state == "open" else rows.exclude(OPEN)

    def with_note(self, rows, name, note):
        if note == "tie":
            return rows.filter(pk__in=listed(self.tied))
        return rows.filter(NOTES[note])


def _reason(**more):
    return forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
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


class DecideForm(ServiceForm):
    """What is decided on those chosen."""

    level = forms.ChoiceField(label=_("Decision"), choices=LEVELS, widget=Select)
    decided_on = DayField(label=_("Decided on"))
    document = _document()
    reason = _reason(
        required=False,
        help_text=_(
            "Needed where the decision differs from the suggestion or the vote, and where a "
            "discipline, a tie or an open case is involved."
        ),
    )


class TieForm(DecideForm):
    """How a tie is settled: who of those with equal records is excellent."""

    level = None

    def __init__(self, *args, tie, **kwargs):
        super().__init__(*args, **kwargs)
        self.tie = tie
        self.fields["reason"].required = True
        choices = [(str(each.pk), str(each.member)) for each in tie.appraisals]
        self.fields["excellent"] = forms.MultipleChoiceField(
            label=_("Excellent"), required=False, choices=choices
        )


class PlacesForm(ServiceForm):
    """More places than the cap has, for one cap unit."""

    person_class = forms.ChoiceField(
        label=_("Class"), choices=PersonClass.choices, widget=Select, required=False
    )
    places = forms.IntegerField(
        label=_("More places"),
        min_value=1,
        max_value=1000,
        widget=forms.NumberInput({"class": "form-control"}),
    )
    reason = _reason(help_text=_("Who gave them and why; it stands on every page of the unit."))
    document = _document()

    def __init__(self, *args, by_class, **kwargs):
        super().__init__(*args, **kwargs)
        if not by_class:
            del self.fields["person_class"]
        self.helper = FormHelper()
        self.helper.form_action = ""
        self.helper.layout = Layout(*self.fields, Submit("give", _("Give the places")))


class UnitCapForm(ServiceForm):
    """A unit's own percent."""

    percent = forms.DecimalField(
        label=_("Own percent of this unit"),
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        required=False,
        help_text=_("Empty: the percent of the rating set. 25 for an outstanding unit."),
        widget=forms.NumberInput({"class": "form-control", "step": "any"}),
    )
    reason = _reason()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("percent", "reason", Submit("set", _("Save the percent")))


class LockForm(ServiceForm):
    sure = forms.BooleanField(
        label=_("I have looked at what is listed here. The cycle is to be locked for good."),
        error_messages={"required": _("Tick this first: a lock is never undone.")},
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("sure", Submit("lock", _("Lock the cycle")))


class ReRateForm(ServiceForm):
    """Rating a member of a locked cycle again."""

    level = forms.ChoiceField(label=_("New level"), choices=Level.choices, widget=Select)
    decided_on = DayField(label=_("Decided on"))
    document = _document()
    reason = _reason()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("rate", _("Rate again")))
