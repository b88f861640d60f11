from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from ..choices import DigestRhythm, ReminderKind


class ReminderForm(forms.Form):
    """What somebody wants to be reminded of, and how often by e-mail."""

    kinds = forms.MultipleChoiceField(
        label=_("Remind me of"),
        choices=ReminderKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked is shown nowhere and sent never."),
    )
    rhythm = forms.ChoiceField(
        label=_("By e-mail"), choices=DigestRhythm.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, choice, **kwargs):
        """choice: the ReminderChoice of the user; one that is not stored has the defaults."""
        kinds = [kind for kind in ReminderKind.values if kind not in choice.muted]
        super().__init__(*args, initial={"kinds": kinds, "rhythm": choice.rhythm}, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("kinds", "rhythm", Submit("save", _("Save")))

    @property
    def muted(self):
        """The kinds that are not ticked."""
        return set(ReminderKind.values) - set(self.cleaned_data["kinds"])


class PutAsideForm(forms.Form):
    """One reminder, by what its row would be known by."""

    kind = forms.ChoiceField(choices=ReminderKind.choices)
    key = forms.CharField(max_length=100)
