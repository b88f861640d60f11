"""Forms of imports."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from branches.filters import DayInput, Select
from branches.forms.service import ServiceForm

from .headings import column_names, nearest, table_names
from .tables import BY_NAME
from .wording import table_word

REASON_LENGTH = 500
LEAVE_OUT = "-"  # no table or column is called so
MOST_HEADINGS = 100  # on one page; the others follow on the next


class UploadForm(ServiceForm):
    file = forms.FileField(
        label=_("Workbook"),
        widget=forms.FileInput({"accept": ".xlsx,.zip,.csv", "class": "form-control"}),
        help_text=_("One .xlsx with a sheet for each table, or a .zip of .csv files."),
    )
    effective = forms.DateField(
        label=_("Day of effect"),
        widget=DayInput,
        help_text=_("From which day changed names, kinds and classes hold."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("For instance the number of the document. It stands in the history."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("check", _("Upload and check")))


class ReasonForm(ServiceForm):
    """Why an import is undone."""

    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_LENGTH, help_text=_("It stands in the history.")
    )

    def __init__(self, *args, button, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("reason", Submit("undo", button))


class HeadingsForm(ServiceForm):
    """What the headings of an import mean that the workbook does not know.

    Each is said, or said to be left out; the nearest known ones stand first.
    """

    def __init__(self, *args, headings, for_all, **kwargs):
        """headings  as Import keeps them
        for_all   whether the reader may say it for the whole installation"""
        super().__init__(*args, **kwargs)
        self.headings = headings[:MOST_HEADINGS]
        for number, each in enumerate(self.headings):
            self.fields[f"heading{number}"] = _meaning_field(each["table"], each["heading"])
        if for_all:
            self.fields["scope"] = forms.ChoiceField(
                label=_("Remember for"),
                choices=[
                    ("own", _("This organization and those below it")),
                    ("all", _("Everybody")),
                ],
                widget=Select,
            )
        self.helper = FormHelper()
        self.helper.layout = Layout(*self.fields, Submit("remember", _("Remember and check again")))

    def meanings(self):
        """{(table, heading): column or table, "" to leave it out}."""
        return {
            (each["table"], each["heading"]): (
                ""
                if self.cleaned_data[f"heading{number}"] == LEAVE_OUT
                else self.cleaned_data[f"heading{number}"]
            )
            for number, each in enumerate(self.headings)
        }

    @property
    def is_for_all(self):
        return self.cleaned_data.get("scope") == "all"


def _meaning_field(table, heading):
    known = _column_choices(table) if table else _table_choices()
    if table:
        label = _("Column “%(heading)s” of %(table)s") % {
            "heading": heading,
            "table": table_word(table),
        }
    else:
        label = _("Sheet “%(heading)s”") % {"heading": heading}
    return forms.ChoiceField(
        label=label,
        choices=[
            ("", _("– say what it means –")),
            *_near_first(heading, known),
            (LEAVE_OUT, _("Leave it out: it is not imported")),
        ],
        widget=Select,
        error_messages={"required": _("Say what it means, or that it is left out.")},
    )


def _near_first(heading, known):
    """The choices in two groups: what is written most like the heading, and all others."""
    names = {name: key for key, names in known.items() for name in names}
    near = names.get(nearest(heading, names))
    all_choices = [(key, f"{names[1]} ({key})") for key, names in known.items()]
    if near is None:
        return all_choices
    first = [choice for choice in all_choices if choice[0] == near]
    rest = [choice for choice in all_choices if choice[0] != near]
    return [(_("The nearest"), first), (_("All others"), rest)]


def _column_choices(table):
    return {each.name: column_names(table, each.name) for each in BY_NAME[table].columns}


def _table_choices():
    return {name: table_names(name) for name in BY_NAME}
