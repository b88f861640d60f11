"""Forms of terms of committees and of descriptions of posts."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from ..periods import first_day, last_day
from .days import DayField
from .service import RowForm

MOST_SEATS = 500


class DatedForm(RowForm):
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"), required=False, help_text=_("Left empty: open."))

    def __init__(self, *args, row=None, **kwargs):
        if row is not None:
            names = [name for name in self.base_fields if hasattr(row, name)]
            kwargs["initial"] = {name: getattr(row, name) for name in names} | {
                "since": first_day(row.validity),
                "until": last_day(row.validity),
            }
        super().__init__(*args, row=row, **kwargs)
        self.helper = FormHelper()

    def lay_out(self, *parts):
        self.helper.layout = Layout(
            *(["seen"] if self.row is not None else []),
            *parts,
            Row(Column("since"), Column("until")),
            Submit("save", _("Save")),
        )


class TermForm(DatedForm):
    name = forms.CharField(
        label=_("Term"), max_length=100, help_text=_("As it is called: “2025–2030”.")
    )
    seats = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=MOST_SEATS, help_text=_("Of the whole committee.")
    )
    standing_seats = forms.IntegerField(
        label=_("Seats of the standing committee"), min_value=0, max_value=MOST_SEATS, initial=0
    )
    fields_text = forms.CharField(
        label=_("Fields of responsibility"),
        max_length=8000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("One a line, as in the working rules: what nobody answers for is shown."),
    )

    def __init__(self, *args, row=None, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        if row is not None:
            self.initial["fields_text"] = "\n".join(row.named_fields())
        self.lay_out("name", Row(Column("seats"), Column("standing_seats")), "fields_text")

    def clean(self):
        cleaned = super().clean()
        seats, standing = cleaned.get("seats"), cleaned.get("standing_seats")
        if seats and standing and standing > seats:
            self.add_error(
                "standing_seats", _("The standing committee has no more seats than the committee.")
            )
        return cleaned


class JobForm(DatedForm):
    title = forms.CharField(
        label=_("Title of the post"),
        max_length=200,
        help_text=_("Exactly as in the positions: it is shown at each of them."),
    )
    duties = forms.CharField(
        label=_("Duties"), max_length=8000, widget=forms.Textarea({"rows": 10})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lay_out("title", "duties")
