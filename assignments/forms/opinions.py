"""Forms of opinions: raising, referring, extending, answering, and telling the branch."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Layout, Row, Submit
from django import forms
from django.conf import settings
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from branches.filters import Select
from branches.forms.service import RowForm, ServiceForm

from ..choices import RaisedBy
from .handover import DayField
from .reasons import REASON_LENGTH

KEY = HTML("{% load submitting %}{% submission_key %}")
LONGEST = 8000


class TopicInput(forms.TextInput):
    """Free text, with topics to choose from where the browser offers them."""

    def __init__(self, topics=()):
        super().__init__({"class": "form-control", "autocomplete": "off"})
        self.topics = topics

    def render(self, name, value, attrs=None, renderer=None):
        offered = f"{(attrs or {}).get('id', name)}_topics"
        field = super().render(name, value, (attrs or {}) | {"list": offered}, renderer)
        options = format_html_join(
            "", '<option value="{}"></option>', ([each] for each in self.topics)
        )
        return format_html('{}<datalist id="{}">{}</datalist>', field, offered, options)


class LongText(forms.CharField):
    def __init__(self, *, rows=4, **kwargs):
        area = forms.Textarea({"rows": rows, "class": "form-control"})
        super().__init__(**{"max_length": LONGEST, "widget": area} | kwargs)


class BodyField(forms.ChoiceField):
    """One of a few organizations; cleans to the organization, or None."""

    def __init__(self, *, bodies=(), **kwargs):
        super().__init__(**{"label": _("Body"), "widget": Select} | kwargs)
        self.bodies = {str(each.pk): each for each in bodies}
        none = [] if self.required else [("", _("the usual one"))]
        self.choices = [*none, *((pk, str(each)) for pk, each in self.bodies.items())]

    def clean(self, value):
        return self.bodies.get(super().clean(value))


def _due_field(**more):
    return DayField(
        label=_("Answer due on"),
        required=False,
        help_text=_("Left empty: at the end of the term, which depends on the level of the body."),
        **more,
    )


class RaiseForm(ServiceForm):
    """What was raised, and either its answer or the body it goes to."""

    raised_by = forms.ChoiceField(
        label=_("Raised by"), choices=RaisedBy.choices, widget=Select, initial=RaisedBy.MEMBER
    )
    topic = forms.CharField(label=_("Topic"), max_length=200)
    content = LongText(label=_("Content"), help_text=_("Name nobody: what matters is the matter."))
    answer = LongText(
        label=_("Answer given on the spot"),
        required=False,
        help_text=_("Left empty: the opinion is referred."),
    )
    due_on = _due_field()

    def __init__(self, *args, bodies, usual, topics, **kwargs):
        """bodies  organizations that it can be referred to, the nearest first
        usual  the one of them that answers unless one says otherwise
        topics  suggested ones
        """
        super().__init__(*args, **kwargs)
        self.fields["topic"].widget = TopicInput(dict.fromkeys([*settings.OPINION_TOPICS, *topics]))
        self.fields["referred_to"] = BodyField(
            bodies=bodies,
            required=False,
            label=_("Otherwise refer it to"),
            help_text=format_lazy(_("The usual one is {body}."), body=str(usual)),
        )
        self.helper = FormHelper()
        self.helper.attrs = {"data-queue": "opinion", "data-queue-label": str(_("Opinion"))}
        self.helper.layout = Layout(
            KEY,
            Row(Column("raised_by"), Column("topic")),
            "content",
            "answer",
            Row(Column("referred_to"), Column("due_on")),
            Submit("raise", _("Enter the opinion")),
        )


class OpinionForm(RowForm):
    """Something done with an opinion, as it was shown."""

    fields_shown, button = (), ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("seen", KEY, *self.fields_shown, Submit("do", self.button))


class ReferForm(OpinionForm):
    due_on = _due_field()
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, help_text=_("The branch reads it.")
    )

    fields_shown = (Row(Column("referred_to"), Column("due_on")), "reason")
    button = _("Pass it on")

    def __init__(self, *args, bodies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["referred_to"] = BodyField(bodies=bodies, label=_("Pass it on to"))


class ExtendForm(OpinionForm):
    due_on = DayField(label=_("New day for the answer"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("A longer case is announced to the branch with its reason."),
    )

    fields_shown = (Field("due_on"), "reason")
    button = _("Extend the deadline")


class AnswerForm(OpinionForm):
    answer = LongText(label=_("Answer"), rows=7, help_text=_("The branch is told this text."))

    fields_shown = ("answer",)
    button = _("Answer")


class TellForm(OpinionForm):
    meeting = forms.ChoiceField(
        label=_("Told at the meeting of"),
        widget=Select,
        help_text=_("A meeting held on the day of the answer or later."),
    )

    fields_shown = ("meeting",)
    button = _("Record that the branch was told")

    def __init__(self, *args, meetings, **kwargs):
        """meetings: those of the branch to choose from."""
        super().__init__(*args, **kwargs)
        self.meetings = {str(each.pk): each for each in meetings}
        self.fields["meeting"].choices = [
            (pk, _named(meeting)) for pk, meeting in self.meetings.items()
        ]

    def clean_meeting(self):
        return self.meetings[self.cleaned_data["meeting"]]


def _named(meeting):
    day = date_format(meeting.held_on, "SHORT_DATE_FORMAT")
    return f"{day} – {meeting.get_kind_display()}"
