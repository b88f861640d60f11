"""What forms share whose values a service checks as well."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from ..editing import mark_of


class ServiceForm(forms.Form):
    """A form whose values a service checks as well."""

    def show(self, error):
        """Show what a service found wrong at the fields that it names."""
        for field, texts in error.update_error_dict({}).items():
            shown = field if field in self.fields and field != NON_FIELD_ERRORS else None
            self.add_error(shown, texts)


class RowForm(ServiceForm):
    """A form that changes one stored row, and refuses to when somebody else did meanwhile.

    The page carries the mark of the row as it was shown (`seen`). Whoever saves locks the row
    (`select_for_update`) before the form is validated, so that of two the second is told.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, row=None, **kwargs):
        """row: the stored row that the form changes; None where it makes a new one."""
        super().__init__(*args, **kwargs)
        self.row = row
        if row is None:
            del self.fields["seen"]
        else:
            self.fields["seen"].initial = mark_of(row)

    def clean(self):
        cleaned = super().clean()
        if self.row is not None and cleaned.get("seen") != mark_of(self.row):
            raise ValidationError(
                _(
                    "Somebody else has changed this since you opened it, so nothing was saved. "
                    "Open it again, look at what it says now, and make your change there."
                ),
                code="changed_meanwhile",
            )
        return cleaned
