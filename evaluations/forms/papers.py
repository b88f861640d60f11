from django import forms
from django.utils.translation import gettext_lazy as _

from ..choices import PaperFormat


class DossierForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Format"),
        choices=PaperFormat.choices,
        initial=PaperFormat.PDF,
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )
