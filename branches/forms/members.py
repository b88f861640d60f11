"""Forms of members: who they are, and where they belong."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from ..choices import Gender, LeftReason, PersonClass
from ..editing import mark_of
from ..fields import CODE_PATTERN, IDENTITY_PATTERN, PHONE_PATTERN
from .days import DayField
from .picking import OrganizationField
from .service import RowForm

REASON_LENGTH = 500
NO_CHOICE = [("", "–")]


class PersonForm(RowForm):
    """Who a member is: the fields that adding and changing share."""

    full_name = forms.CharField(label=_("Full name"), max_length=200)
    code = forms.RegexField(
        CODE_PATTERN,
        label=_("Party card"),
        max_length=64,
        help_text=_("The number on the card: letters and digits, no blanks."),
    )
    birth_date = DayField(label=_("Birth date"), required=False)
    gender = forms.ChoiceField(
        label=_("Gender"), choices=[*NO_CHOICE, *Gender.choices], required=False
    )
    admitted_on = DayField(label=_("Admitted on"))
    official_on = DayField(
        label=_("Official on"), required=False, help_text=_("Left empty: a probationary member.")
    )
    occupation = forms.CharField(label=_("Occupation"), max_length=200, required=False)
    person_class = forms.ChoiceField(label=_("Class"), choices=PersonClass.choices)
    identity_number = forms.RegexField(
        IDENTITY_PATTERN, label=_("Identity number"), max_length=12, required=False
    )
    phone = forms.RegexField(PHONE_PATTERN, label=_("Phone"), max_length=16, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("full_name", "code", "identity_number", "phone", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper()
        self.helper.form_tag = False

    who = (
        "full_name",
        Row(Column("code"), Column("identity_number")),
        Row(Column("birth_date"), Column("gender")),
        Row(Column("admitted_on"), Column("official_on")),
    )
    more = (Row(Column("phone"), Column("email")),)


class MemberAddForm(PersonForm):
    branch = OrganizationField(label=_("Branch"))
    since = DayField(
        label=_("In the branch since"),
        help_text=_("For one who comes from elsewhere the day of arrival, else of admission."),
    )
    is_another = forms.BooleanField(label=_("I have looked: this is somebody else"), required=False)

    def __init__(self, *args, branches, **kwargs):
        """branches: those that the user may enter members into."""
        super().__init__(*args, **kwargs)
        self.fields["branch"].rows = branches
        self.helper.layout = Layout(
            *self.who,
            Row(Column("branch"), Column("since")),
            Row(Column("occupation"), Column("person_class")),
            *self.more,
        )

    def ask_whether_another(self):
        """Let one say that the new member is not one of those who look the same."""
        self.helper.layout.insert(0, "is_another")


class MemberChangeForm(PersonForm):
    class_since = DayField(
        label=_("Class holds since"),
        required=False,
        help_text=_("Only when the class changes. What it was until then is kept."),
    )

    def __init__(self, *args, row, **kwargs):
        names = [name for name in self.base_fields if hasattr(row, name)]
        initial = {name: getattr(row, name) for name in names}
        super().__init__(*args, row=row, initial=initial, **kwargs)
        self.helper.layout = Layout(
            "seen",
            *self.who,
            "occupation",
            Row(Column("person_class"), Column("class_since")),
            *self.more,
            Submit("save", _("Save")),
        )
        self.helper.form_tag = True


class PositionsChoice(forms.MultipleChoiceField):
    """Some of the positions of a member, as boxes to tick; cleans to the rows."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, positions):
        self.rows = {str(each.pk): each for each in positions}
        self.choices = [
            (pk, f"{each.title}, {each.organization}") for pk, each in self.rows.items()
        ]

    def clean(self, value):
        return [self.rows[pk] for pk in super().clean(value)]


class MovingForm(RowForm):
    """Something about where a member belongs, and the positions that go with it."""

    positions = PositionsChoice(label=_("Positions that end with it"), required=False)
    # The mark of the membership as it was shown: a transfer leaves the member's own row as it is.
    place = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, membership, positions, chosen=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.place = mark_of(membership) if membership else ""
        self.fields["place"].initial = self.place
        self.fields["positions"].offer(positions)
        self.fields["positions"].initial = [str(each.pk) for each in chosen]
        if not self.fields["positions"].choices:
            del self.fields["positions"]
        self.helper = FormHelper()

    def lay_out(self, *parts):
        optional = ["positions"] if "positions" in self.fields else []
        *fields, button = parts
        self.helper.layout = Layout("seen", "place", *fields, *optional, button)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and cleaned.get("place") != self.place:
            raise forms.ValidationError(
                _("Somebody else has moved this member since you opened the page: open it again."),
                code="changed_meanwhile",
            )
        return cleaned

    @property
    def chosen_positions(self):
        return self.cleaned_data.get("positions", [])


class TransferForm(MovingForm):
    branch = OrganizationField(
        label=_("To the branch"),
        help_text=_("One of yours. To an organization elsewhere: “Left or transferred out”."),
    )
    since = DayField(
        label=_("Belongs there since"),
        help_text=_("The present membership ends the day before."),
    )
    reason = forms.CharField(
        label=_("Number of the transfer paper, reason"), max_length=REASON_LENGTH, required=False
    )

    def __init__(self, *args, branches, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["branch"].rows = branches
        self.lay_out(
            Row(Column("branch"), Column("since")), "reason", Submit("transfer", _("Transfer"))
        )


class LeaveForm(MovingForm):
    left_on = DayField(
        label=_("Left on"), help_text=_("The first day on which the member belongs no more.")
    )
    left_reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            *NO_CHOICE,
            (LeftReason.TRANSFERRED_OUT.value, LeftReason.TRANSFERRED_OUT.label),
            *(each for each in LeftReason.choices if each[0] != LeftReason.TRANSFERRED_OUT),
        ],
    )
    left_note = forms.CharField(
        label=_("Where to, by which decision"), max_length=300, required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lay_out(
            Row(Column("left_on"), Column("left_reason")),
            "left_note",
            Submit("leave", _("Save")),
        )


class UndoForm(MovingForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, help_text=_("Auditors read it.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "positions" in self.fields:
            self.fields["positions"].label = _("Positions that go on again")
        self.lay_out("reason", Submit("undo", _("Undo")))


class DeleteForm(RowForm):
    """Why a row that was entered by mistake goes."""

    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, help_text=_("Auditors read it.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "seen", "reason", Submit("delete", _("Delete"), css_class="btn-danger")
        )
