"""Forms of directives and their attachments."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import DayInput, Select
from branches.forms.picking import OrganizationField
from branches.forms.service import RowForm, ServiceForm

from ..choices import DirectiveKind
from ..directives.attachments import ACCEPTED


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def __init__(self, attrs=None):
        super().__init__({"class": "form-control", "accept": ACCEPTED} | (attrs or {}))


class FilesField(forms.FileField):
    """Cleans to a list of uploads."""

    widget = FilesInput

    def clean(self, value, initial=None):
        files = value if isinstance(value, list | tuple) and value else [value]
        cleaned = [super(FilesField, self).clean(each, initial) for each in files]
        return [file for file in cleaned if file]


class DirectiveForm(RowForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=DirectiveKind.choices, widget=Select)
    issuer = OrganizationField(label=_("Issuer"))
    issued_on = forms.DateField(label=_("Issued on"), widget=DayInput)
    number = forms.CharField(
        label=_("Number"),
        max_length=100,
        required=False,
        help_text=_("Runs on for each kind through a term. Left empty: the next one."),
    )
    title = forms.CharField(
        label=_("What it is about"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("The summary below the kind of the document, without the kind itself."),
    )
    valid_to = forms.DateField(
        label=_("Valid to"), required=False, widget=DayInput, help_text=_("Left empty: no end.")
    )
    attachments = FilesField(
        label=_("Attachments"),
        required=False,
        help_text=_("The signed original, lists: pdf, docx, doc, xlsx, odt, jpg, png."),
    )

    def __init__(self, *args, issuers, refresh="", row=None, **kwargs):
        """issuers  organizations (a queryset) for which the user may enter documents
        refresh  the address that answers with another suggested number
        """
        if row is not None:
            names = ("kind", "issuer", "issued_on", "number", "title", "valid_to")
            kwargs["initial"] = {name: getattr(row, name) for name in names}
        super().__init__(*args, row=row, **kwargs)
        self.fields["issuer"].rows = issuers
        if row is not None:
            del self.fields["attachments"]
            self.fields["number"].required = True
            self.fields["number"].help_text = ""
        self.helper = FormHelper()
        ask = {
            "hx_get": refresh,
            "hx_trigger": "change",
            "hx_include": "#id_kind, #id_issuer, #id_issued_on, #id_number",
            "hx_select": "#div_id_number",
            "hx_target": "#div_id_number",
            "hx_swap": "outerHTML",
            "hx_push_url": "false",
        }
        asking = ask if refresh else {}
        self.helper.layout = Layout(
            *(["seen"] if row is not None else []),
            Row(
                Column(Field("kind", **asking)),
                Column(Field("issued_on", **asking)),
                Column("number"),
            ),
            "issuer",
            "title",
            "valid_to",
            *([] if row is not None else ["attachments"]),
            Submit("save", _("Save") if row is not None else _("Enter the document")),
        )

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())


class AttachForm(ServiceForm):
    attachments = FilesField(
        label=_("Files"), help_text=_("pdf, docx, doc, xlsx, odt, jpg or png; several at once.")
    )

    def __init__(self, *args, button, several=True, **kwargs):
        super().__init__(*args, **kwargs)
        self.several = several
        if not several:
            field = self.fields["attachments"]
            field.label = _("File")
            field.help_text = _("pdf, docx, doc, xlsx, odt, jpg or png.")
            field.widget.allow_multiple_selected = False
            field.widget.attrs.pop("multiple", None)
        self.helper = FormHelper()
        self.helper.layout = Layout("attachments", Submit("attach", button))

    def clean_attachments(self):
        files = self.cleaned_data["attachments"]
        if not self.several and len(files) != 1:
            raise forms.ValidationError(_("Choose one file."))
        return files
