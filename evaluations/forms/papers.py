from django import forms
from django.utils.translation import gettext_lazy as _

from ..choices import PaperFormat, PaperJobKind


class PaperJobForm(forms.Form):
    """What a job is to make."""

    kind = forms.ChoiceField(choices=PaperJobKind.choices)


class DossierForm(PaperJobForm):
    """The same, as the page asks for dossiers."""

    kind = forms.ChoiceField(
        label=_("Format"),
        choices=PaperFormat.choices,
        initial=PaperFormat.PDF,
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )
