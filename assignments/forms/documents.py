"""Forms of documents and their templates."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.filters import DayInput, Select
from branches.forms.service import ServiceForm

from ..directives.numbering import tidy
from ..documents.content import BRANCH, COMMITTEE, STANDING, Letterhead

WORD, PDF = "docx", "pdf"
MOST_LINES = 30


class LinesField(forms.CharField):
    """Cleans to the lines that are not empty."""

    def __init__(self, **kwargs):
        super().__init__(
            **{
                "required": False,
                "max_length": 5000,
                "widget": forms.Textarea({"rows": 4}),
            }
            | kwargs
        )

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        return [line for line in lines if line][:MOST_LINES]


class DocumentForm(ServiceForm):
    """What head and foot of a document say; the rest comes from the records."""

    day = forms.DateField(
        label=_("Day of the document"),
        widget=DayInput,
        help_text=_("Names, posts and assignments are those of this day."),
    )
    number = forms.CharField(
        label=_("Number"), max_length=100, required=False, help_text=_("Empty: to be filled in.")
    )
    place = forms.CharField(label=pgettext_lazy("of a document", "Place"), max_length=100)
    summary = forms.CharField(label=_("What it is about"), max_length=500)
    signing = forms.ChoiceField(
        label=_("Signed on behalf of"),
        choices=[
            (STANDING, _("the standing committee")),
            (COMMITTEE, _("the committee")),
            (BRANCH, _("the branch")),
        ],
        widget=Select,
    )
    signer_post = forms.CharField(label=_("Post of who signs"), max_length=100)
    signer = forms.CharField(label=_("Who signs"), max_length=200, required=False)
    grounds = LinesField(label=_("Grounds"), help_text=_("One a line, each with its own ending."))
    recipients = LinesField(label=_("Recipients"), help_text=_("One a line."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        # The page stays when the file comes: the form may be sent again.
        self.helper.attrs = {"data-download": ""}
        self.helper.layout = Layout(
            Row(Column("day"), Column("number"), Column("place")),
            "summary",
            "grounds",
            Row(Column("signing"), Column("signer_post"), Column("signer")),
            "recipients",
            HTML('<div class="actions">'),
            Submit(WORD, _("Download as Word")),
            Submit(PDF, _("Download as PDF"), css_class="btn-primary"),
            HTML("</div>"),
        )

    @property
    def wants_pdf(self):
        return PDF in self.data

    def letterhead(self):
        values = {
            name: tidy(value) if isinstance(value, str) else value
            for name, value in self.cleaned_data.items()
        }
        return Letterhead(**values)


class TemplateForm(ServiceForm):
    template = forms.FileField(
        label=_("Edited template"),
        widget=forms.FileInput({"class": "form-control", "accept": ".docx"}),
        help_text=_("A Word document (.docx). Fields that do not exist are named."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("template", Submit("upload", _("Use this template")))


class ComparisonForm(ServiceForm):
    original = forms.CharField(
        label=_("Which original"),
        max_length=500,
        help_text=_("Number and date of the document, and where it lies."),
    )
    agrees = forms.BooleanField(
        label=_("I laid the original beside the template in use, and they agree.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("original", "agrees", Submit("compare", _("Take the mark off")))

    def clean(self):
        cleaned = super().clean()
        cleaned.pop("agrees", None)
        return cleaned
