"""The form of the minutes of a meeting."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import Select
from branches.forms.service import RowForm
from branches.models.minutes import TEXT
from branches.services.minutes import VALUES

KEY = HTML("{% load submitting %}{% submission_key %}")


class Lines(forms.CharField):
    def __init__(self, label, *, rows=5, most=TEXT, **kwargs):
        area = forms.Textarea({"rows": rows, "class": "form-control"})
        super().__init__(label=label, required=False, max_length=most, widget=area, **kwargs)


class PersonField(forms.ChoiceField):
    """One of a few people; cleans to the member, or None."""

    def __init__(self, *, people, **kwargs):
        super().__init__(required=False, widget=Select, **kwargs)
        self.people = {str(each.pk): each for each in people}
        self.choices = [("", "—"), *((pk, each.full_name) for pk, each in self.people.items())]

    def prepare_value(self, value):
        return getattr(value, "pk", value)

    def clean(self, value):
        return self.people.get(super().clean(value))


def _hour(label):
    clock = forms.TimeInput({"class": "form-control", "placeholder": "hh:mm"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=clock)


def _votes(label):
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=9999)


class MinutesForm(RowForm):
    number = forms.CharField(
        label=_("Number of the minutes"), max_length=100, required=False, help_text=_("03-BB/CB")
    )
    opened_at = _hour(_("Opened at"))
    closed_at = _hour(_("Closed at"))
    place = forms.CharField(label=_("Meeting place"), max_length=300, required=False)
    guests = Lines(
        _("Other guests"),
        rows=2,
        most=2000,
        help_text=_("One a line. Assigned cadres who were there stand in the roster."),
    )
    agenda = Lines(_("Agenda"))
    discussion = Lines(_("Discussion"), rows=8)
    conclusions = Lines(_("Conclusions"))
    resolution = Lines(_("Resolution"))
    resolution_number = forms.CharField(
        label=_("Number of the resolution"), max_length=100, required=False
    )
    votes_for = _votes(_("Votes for"))
    votes_against = _votes(_("Votes against"))
    votes_abstained = _votes(_("Abstained"))

    def __init__(self, *args, minutes, people, **kwargs):
        """minutes  stored ones, or a draft that is not saved
        people  members who can be in the chair or keep the minutes
        """
        kwargs["initial"] = {name: getattr(minutes, name) for name in VALUES} | {
            "resolution_number": minutes.meeting.resolution_number
        }
        super().__init__(*args, row=minutes if minutes.pk else None, **kwargs)
        for name, label in (("chair", _("Chair")), ("recorder", _("Recorder"))):
            self.fields[name] = PersonField(label=label, people=people)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            *(["seen"] if minutes.pk else []),
            KEY,
            Row(Column("number"), Column("opened_at"), Column("closed_at")),
            "place",
            Row(Column("chair"), Column("recorder")),
            "guests",
            "agenda",
            "discussion",
            "conclusions",
            Fieldset(
                _("Resolution"),
                "resolution_number",
                "resolution",
                Row(Column("votes_for"), Column("votes_against"), Column("votes_abstained")),
            ),
            Submit("save", _("Save the minutes")),
        )

    def values(self):
        """What `save_minutes` takes."""
        return {name: self.cleaned_data[name] for name in (*VALUES, "resolution_number")}
