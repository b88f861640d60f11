"""Forms of users and grants. Every choice is limited to what the administrator answers for; a
card number or organization of elsewhere is answered like one that does not exist."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import MOST_CHOICES, DayInput
from branches.forms.service import ServiceForm

from .choices import Role
from .services import find_member

REASON_LENGTH = 500


class AccountForm(ServiceForm):
    """What an administrator may say of a user."""

    full_name = forms.CharField(label=_("Full name"), max_length=150, required=False)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("For signing in and for what the user must know of the account."),
    )
    member = forms.CharField(
        label=_("Party card number of the user"),
        max_length=64,
        required=False,
        help_text=_("Links the user to their own record, which they can then see."),
    )

    def __init__(self, *args, by, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.on = by, on
        self.fields["member"].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        self.fields["full_name"].widget.attrs["autocomplete"] = "off"
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        self.helper = FormHelper()

    def clean_member(self):
        code = self.cleaned_data["member"]
        if not code:
            return None
        member = find_member(code, by=self.by, on=self.on)
        if member is None:
            raise forms.ValidationError(
                _("There is no member with this card number in your organizations.")
            )
        return member


class InviteForm(AccountForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("For signing in: letters, digits and @ . + - _"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Field("username", autocapitalize="none", spellcheck="false", autocomplete="off"),
            "full_name",
            "email",
            "member",
            Submit("invite", _("Invite")),
        )


class UserForm(AccountForm):
    """`member` left empty keeps the link: the number itself is not shown to administrators."""

    unlink = forms.BooleanField(label=_("Take the link to the member away"), required=False)

    def __init__(self, *args, user, **kwargs):
        initial = {"full_name": user.get_full_name(), "email": user.email}
        super().__init__(*args, initial=initial, **kwargs)
        self.user = user
        if user.member_id:
            self.fields["member"].label = _("Party card number of another member")
            self.fields["member"].help_text = _("Left empty, the link stays as it is.")
        else:
            del self.fields["unlink"]
        names = [name for name in ("full_name", "email", "member", "unlink") if name in self.fields]
        self.helper.layout = Layout(*names, Submit("save", _("Save")))

    def linked(self):
        """The member whom the user is to be linked to, or None."""
        if self.cleaned_data["member"]:
            return self.cleaned_data["member"]
        return None if self.cleaned_data.get("unlink") else self.user.member


class GrantForm(ServiceForm):
    role = forms.ChoiceField(label=_("Role"), choices=[("", "–"), *Role.choices])
    organization = forms.ModelChoiceField(
        queryset=None,
        to_field_name="code",
        label=_("Organization"),
        error_messages={"invalid_choice": _("You administer no organization with this code.")},
        help_text=_("The role holds for it and for everything below it, as the tree changes."),
    )
    since = forms.DateField(
        label=_("First day"), required=False, widget=DayInput, help_text=_("Left empty: today.")
    )
    until = forms.DateField(
        label=_("Last day"), required=False, widget=DayInput, help_text=_("Left empty: no end.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("For instance the number of the decision. Auditors read it."),
    )

    def __init__(self, *args, scope, offered, **kwargs):
        """scope    organizations that may be named
        offered  those of them to choose from; where they are too many, a code is typed
        """
        super().__init__(*args, **kwargs)
        field = self.fields["organization"]
        field.queryset = scope
        choices = list(offered[: MOST_CHOICES + 1])
        if len(choices) > MOST_CHOICES:
            # The browser filters what the page offers (`offered`) by code and name.
            self.offered = choices[:MOST_CHOICES]
            field.widget = forms.TextInput({"list": "offered", "autocomplete": "off"})
        else:
            named = [(each.code, f"{each.name} ({each.code})") for each in choices]
            field.widget.choices = [("", "–"), *named]
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "role",
            "organization",
            Row(Column("since"), Column("until")),
            "reason",
            Submit("give", _("Give the role")),
        )


class ReasonForm(forms.Form):
    """Why something is ended: nothing is without a reason."""

    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, help_text=_("Auditors read it.")
    )

    def __init__(self, *args, button, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("end", button))


class SwitchForm(ReasonForm):
    """Says which way, so that a form sent twice does not switch twice."""

    to = forms.ChoiceField(choices=[("on", "on"), ("off", "off")], widget=forms.HiddenInput)
