"""Fields in which one names a person or an organization: typed, pasted, or picked from what the
page offers as one types (static/js/picker.js). Without JavaScript they are plain text."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ..models import Member, Organization
from ..picking import find_rows, say_unclear, write_row


class PickerInput(forms.TextInput):
    """`source` is the address that answers what somebody types with JSON."""

    class Media:
        css = {"all": ["vendor/tom-select/tom-select.bootstrap5.min.css"]}
        js = ["vendor/tom-select/tom-select.base.min.js", "js/picker.js"]

    def __init__(self, source, attrs=None):
        plain = {"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
        super().__init__(plain | {"data-picker": source} | (attrs or {}))


class PickField(forms.CharField):
    """Cleans to the one row that the text means, or None when it is left empty.

    `rows` are those that may be named, a queryset that the form limits to what the user sees:
    `form.fields["member"].rows = …`. A row as `initial` stands as its name and code.
    """

    source = None
    sight = None

    def __init__(self, *, rows=None, **kwargs):
        super().__init__(**{"max_length": 300, "widget": PickerInput(self.source)} | kwargs)
        self.rows = rows

    def prepare_value(self, value):
        return getattr(value, "code", value)

    def clean(self, value):
        text = super().clean(value).strip()
        if not text:
            return None
        found = find_rows([text], self.rows, sight=self.sight)[text]
        if found.row is None:
            raise ValidationError(
                say_unclear(text, found, sight=self.sight), code="unclear", params={}
            )
        return found.row


class MemberField(PickField):
    """Needs the `sight` of the user as well: a party card that they may not read finds nobody, and
    stands nowhere on the form."""

    source = reverse_lazy("branches:pick_members")

    def __init__(self, *, sight=None, **kwargs):
        super().__init__(**{"label": _("Member"), "help_text": _("Name or party card.")} | kwargs)
        self.sight = sight

    def prepare_value(self, value):
        return write_row(value, self.sight) if isinstance(value, Member) else value


class OrganizationField(PickField):
    source = reverse_lazy("branches:pick_organizations")

    def __init__(self, **kwargs):
        super().__init__(**{"label": _("Organization"), "help_text": _("Name or code.")} | kwargs)

    def prepare_value(self, value):
        return write_row(value) if isinstance(value, Organization) else value
