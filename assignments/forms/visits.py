"""Forms of one visit: logging it, putting it right, taking it back."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from branches.choices import MeetingKind
from branches.filters import Select
from branches.forms.days import DayField
from branches.forms.service import RowForm, ServiceForm

from ..choices import RaisedBy
from ..photos import check_photo
from ..visits.choices import OTHER, find_gathering
from .reasons import REASON_LENGTH

TEXT_LENGTH = 2000  # as in Visit
OPINIONS = 3
TAKEN = "image/jpeg,image/png,image/webp"


class TextArea(forms.Textarea):
    def __init__(self, rows=2):
        super().__init__({"rows": rows, "class": "form-control"})


class TextBox(forms.TextInput):
    def __init__(self):
        super().__init__({"class": "form-control", "autocomplete": "off"})


class PhotoField(forms.FileField):
    """Cleans to a pair (content, media type), or None. The browser makes the photo small."""

    widget = forms.FileInput({"class": "form-control", "accept": TAKEN, "data-photo": "photo_size"})

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        return check_photo(upload) if upload else None


class _ToldForm(forms.Form):
    """What a cadre may tell of a visit beside that it was made."""

    note = forms.CharField(label=_("Note"), max_length=TEXT_LENGTH, required=False, widget=TextArea)
    remarks = forms.CharField(
        label=_("How the meeting was run"),
        max_length=TEXT_LENGTH,
        required=False,
        widget=TextArea,
        help_text=_("Order, discussion, whether its resolution says who does what by when."),
    )
    picture = PhotoField(
        label=_("Photo"),
        required=False,
        help_text=_("Made small on the phone before it is sent; place and device are left out."),
    )


class VisitForm(ServiceForm, _ToldForm):
    """`what` names a meeting or plan of the branch (visit_choices.Gathering.key), or OTHER: then
    day and kind are given. Offline the list may be old, so what was planned is looked up again."""

    what = forms.CharField(
        label=_("Meeting"), error_messages={"required": _("Choose the meeting that you were at.")}
    )
    held_on = DayField(label=_("Day"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=MeetingKind.choices, required=False, widget=Select
    )

    def __init__(self, *args, branch, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.branch, self.today = branch, today

    def clean(self):
        cleaned = super().clean()
        what = cleaned.get("what")
        if what == OTHER:
            if not cleaned.get("held_on") and "held_on" not in self.errors:
                self.add_error("held_on", _("Give the day of the meeting."))
        elif what:
            self._take_from(what, cleaned)
        return cleaned

    def _take_from(self, what, cleaned):
        found = find_gathering(self.branch, what, today=self.today)
        if found is None:
            text = _("This branch has no such meeting: choose one of the list, or give the day.")
            self.add_error("what", text)
            return
        self.errors.pop("held_on", None)  # of the other choice, which was not made
        cleaned |= {"held_on": found.held_on, "kind": found.kind, "meeting": found.meeting}

    def of_meeting(self):
        """The values by which the service finds the meeting."""
        cleaned = self.cleaned_data
        return {
            "held_on": cleaned["held_on"],
            "kind": cleaned["kind"] or MeetingKind.REGULAR,
            "meeting": cleaned.get("meeting"),
        }

    def is_told_by(self, visit):
        """Whether the visit says already what this form tells beside that it was made."""
        told = ("note", "remarks")
        return not self.cleaned_data["picture"] and all(
            self.cleaned_data[name] in ("", getattr(visit, name)) for name in told
        )


class OpinionRow(ServiceForm):
    """One opinion that was raised; a row that is left empty says nothing."""

    topic = forms.CharField(label=_("Topic"), max_length=200, widget=TextBox)
    content = forms.CharField(label=_("What was said"), max_length=8000, widget=TextArea)
    raised_by = forms.ChoiceField(
        label=_("Raised by"), choices=RaisedBy.choices, widget=Select, initial=RaisedBy.RESIDENT
    )
    answer = forms.CharField(
        label=_("Answered on the spot"),
        max_length=8000,
        required=False,
        widget=TextArea,
        help_text=_("Left empty, it goes to the committee above the branch, with a deadline."),
    )

    def has_changed(self):
        # Who raised it is chosen beforehand: that alone is no opinion.
        return bool(set(self.changed_data) - {"raised_by"})


def has_opinions(data):
    """Whether what was posted says anything in a row of opinions."""
    said = tuple(name for name in OpinionRow.base_fields if name != "raised_by")
    return any(
        value for name, value in data.items() if name.startswith("opinion-") and name.endswith(said)
    )


OpinionRows = forms.formset_factory(OpinionRow, extra=OPINIONS, max_num=20)


class CorrectForm(RowForm, _ToldForm):
    remove_picture = forms.BooleanField(label=_("Take the photo away"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=TextBox,
        help_text=_("It is confirmed already, and waits for its confirmation again."),
    )

    def __init__(self, *args, row, **kwargs):
        super().__init__(
            *args, row=row, initial={"note": row.note, "remarks": row.remarks}, **kwargs
        )
        if row.photo_id is None:
            del self.fields["remove_picture"]
        if not row.decision:
            del self.fields["reason"]


class WithdrawForm(RowForm):
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, widget=TextBox)

    def __init__(self, *args, row, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.fields["reason"].required = bool(row.decision)


def sum_up(form, rows):
    """Say above the form in which of the opinions something is wrong."""
    for number, row in enumerate(rows.forms, start=1):
        for texts in row.errors.values():
            for text in texts:
                error = _("Opinion %(number)s: %(text)s") % {"number": number, "text": text}
                form.add_error(None, ValidationError(error))
