from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.forms.service import RowForm, ServiceForm

from ..choices import Answer


class ObjectionForm(ServiceForm):
    text = forms.CharField(
        label=_("What is not right"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("And what would be: a day, who can bear it out."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("text")


class AnswerForm(RowForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Answer.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Put the row right where it is entered, then say here what you did."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("seen", "outcome", "answer", Submit("send", _("Answer")))
