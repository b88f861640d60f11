"""Days in forms: typed as dd/mm/yyyy, of years that people live in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..filters import DayInput

FIRST_YEAR, LAST_YEAR = 1900, 2100


class DayField(forms.DateField):
    def __init__(self, **kwargs):
        super().__init__(**{"widget": DayInput} | kwargs)

    def clean(self, value):
        day = super().clean(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(_("A year lies between 1900 and 2100."))
        return day
