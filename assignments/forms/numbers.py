"""Numbers as the reader's language writes them: 1.000 and 710,5 in Vietnamese."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from branches.templatetags.numbers import number

MOST_DIGITS = 18


class NumberField(forms.CharField):
    """Cleans to a Decimal, or None when it is left empty. Groups of thousands may be set off by
    the language's separator or a space; a separator that could mean both is refused."""

    def __init__(self, *, places=4, **kwargs):
        super().__init__(
            **{
                "max_length": 40,
                "widget": forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
            }
            | kwargs
        )
        self.places = places

    def prepare_value(self, value):
        return number(value) if isinstance(value, Decimal) else value

    def clean(self, value):
        text = super().clean(value).strip()
        return self._read(text) if text else None

    def _read(self, text):
        group, point = get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")
        grouped = rf"[0-9]{{1,3}}(?:[{re.escape(group)} \u00a0\u202f][0-9]{{3}})+"
        found = re.fullmatch(
            rf"(?P<whole>{grouped}|[0-9]+)(?:{re.escape(point)}(?P<part>[0-9]+))?", text
        )
        if not found:
            example = {"whole": number(1000), "part": number(Decimal("710.5"))}
            raise ValidationError(_("Write a number like %(whole)s or %(part)s.") % example)
        whole = re.sub(r"[^0-9]", "", found["whole"]).lstrip("0") or "0"
        part = (found["part"] or "").rstrip("0")
        if len(part) > self.places or len(whole) > MOST_DIGITS - self.places:
            raise ValidationError(
                _("At most %(whole)s digits before and %(part)s after the decimal sign.")
                % {"whole": MOST_DIGITS - self.places, "part": self.places}
            )
        return Decimal(f"{whole}.{part or 0}")
