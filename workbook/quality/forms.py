"""Forms of the repairs."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from branches.editing import mark_of
from branches.filters import DayInput
from branches.forms.picking import OrganizationField
from branches.forms.service import ServiceForm
from branches.models import Member

from .merging import find_differences

KEPT, GONE = "kept", "gone"


def reason_field():
    return forms.CharField(label=_("Reason"), max_length=500, help_text=_("Auditors read it."))


class RepairForm(ServiceForm):
    """`button` is what the form does, in a word or two."""

    def __init__(self, *args, button, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("save", button))


class MergeForm(ServiceForm):
    """Which value stays where the two records differ, and whose branch counts on days of both."""

    branch_of = forms.ChoiceField(
        label=_("On days on which both belong to a branch, this one counts"),
        widget=forms.RadioSelect,
    )
    reason = reason_field()
    seen_kept = forms.CharField(widget=forms.HiddenInput)
    seen_gone = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, kept, gone, at_once, say_branch, **kwargs):
        """at_once     whether some day has a branch of each
        say_branch  function of a member: the name of the branch, for the choice"""
        super().__init__(*args, **kwargs)
        self.people = {KEPT: kept, GONE: gone}
        self.fields["seen_kept"].initial = mark_of(kept)
        self.fields["seen_gone"].initial = mark_of(gone)
        if at_once:
            choices = [(side, say_branch(each)) for side, each in self.people.items()]
            self.fields["branch_of"].choices = choices
            self.fields["branch_of"].initial = KEPT
        else:
            del self.fields["branch_of"]
        self.differing = find_differences(kept, gone)
        for name in self.differing:
            self.fields[f"value_{name}"] = self._choice(name, kept, gone)
        self.helper = FormHelper()
        values = [f"value_{name}" for name in self.differing]
        first = ["branch_of"] if at_once else []
        self.helper.layout = Layout(
            "seen_kept", "seen_gone", *values, *first, "reason", Submit("merge", _("Merge the two"))
        )

    def _choice(self, name, kept, gone):
        field = Member._meta.get_field(name)
        first = KEPT if getattr(kept, name) not in (None, "") else GONE
        return forms.ChoiceField(
            label=field.verbose_name.capitalize(),
            choices=[(KEPT, _said(kept, name)), (GONE, _said(gone, name))],
            initial=first,
            widget=forms.RadioSelect,
        )

    def clean(self):
        cleaned = super().clean()
        marks = [(KEPT, "seen_kept"), (GONE, "seen_gone")]
        if any(cleaned.get(name) != mark_of(self.people[side]) for side, name in marks):
            raise forms.ValidationError(
                _("One of the two was changed meanwhile. Nothing was saved: look at them again.")
            )
        return cleaned

    @property
    def values(self):
        """{name of a field: the value that was chosen}."""
        chosen = {name: self.cleaned_data[f"value_{name}"] for name in self.differing}
        return {name: getattr(self.people[side], name) for name, side in chosen.items()}

    @property
    def branch_holder(self):
        return self.people[self.cleaned_data.get("branch_of", KEPT)]


class PlaceForm(RepairForm):
    branch = OrganizationField(label=_("Branch"))
    since = forms.DateField(label=_("Since"), widget=DayInput)
    reason = reason_field()


class SettleForm(RepairForm):
    successor = OrganizationField(
        label=_("Branch to which its members go"),
        required=False,
        help_text=_("From the day after its last one. Needed only while it has members."),
    )
    reason = reason_field()


class AttendanceForm(RepairForm):
    repair = forms.ChoiceField(
        label=_("What is right"),
        choices=[
            ("remove", _("Take the person off the roster")),
            ("assigned", _("The person came as the assigned cadre")),
        ],
        widget=forms.RadioSelect,
        initial="remove",
    )
    reason = reason_field()


def _said(member, name):
    display = getattr(member, f"get_{name}_display", None)
    value = display() if display else getattr(member, name)
    if hasattr(value, "year"):
        return date_format(value, "SHORT_DATE_FORMAT")
    return value or _("empty")
