"""The form of a ballot: the head of the minutes of counting, and the votes on each member.

The rows are not fields of the form: who is voted on is not asked for again when it is sent. Each
number is named by the appraisal and what it counts, `v-17-good`, and the reason why somebody was
not voted on `r-17`; who may be among them, the service decides.
"""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from branches.forms.days import DayField
from branches.forms.service import ServiceForm

from ..choices import NotVotedReason
from ..models import Appraisal
from ..rules import votes as rules
from ..services.votes import NUMBERS
from ..voting.checks import row_key

MOST = 32767  # what the columns hold
BLANK = "blank"
WRONG_ROWS = _("The votes on some members cannot be right: see their rows.")


def _number(label, help_text="", **more):
    widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "data-number": ""})
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=0, max_value=MOST, widget=widget, **more
    )


@dataclass
class Cell:
    """One number of a row as typed; `column` is a level or BLANK."""

    column: str
    name: str
    value: str = ""


@dataclass
class Row:
    """A member on the ballot: cells, why there are none, and what is wrong."""

    appraisal: Appraisal
    cells: list[Cell]
    reason: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def key(self):
        return row_key(self.appraisal.pk)

    @property
    def reason_name(self):
        return f"r-{self.appraisal.pk}"

    @property
    def is_empty(self):
        return not any(cell.value for cell in self.cells)

    def numbers(self):
        """{column: number}. Raises ValidationError for what is none."""
        found = {}
        for cell in self.cells:
            text = cell.value or "0"
            if not (text.isascii() and text.isdecimal()) or int(text) > MOST:
                text = _now("“%(text)s” is no number of votes.")
                raise ValidationError(text % {"text": cell.value[:20]})
            found[cell.column] = int(text)
        return found


class VoteForm(ServiceForm):
    """`values()` are the arguments of record_vote(); errors of rows stand on `rows`."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    held_on = DayField(label=_("Held on"))
    convened = _number(
        _("Official members convened"), _("Members on probation have no vote and do not count.")
    )
    away = _number(_("of them away"), _("Active elsewhere for the time being."))
    absent_exempt = _number(_("of them exempt and absent"), _("An exempt member who came counts."))
    present = _number(_("Present and entitled to vote"))
    issued = _number(_("Ballot papers given out"))
    returned = _number(_("Ballot papers returned"))
    invalid = _number(_("of them invalid"))
    is_secret = forms.BooleanField(label=_("Secret ballot"), required=False)
    tellers = forms.CharField(label=_("Tellers"), max_length=300, required=False)
    nobody_stood = forms.BooleanField(
        label=_("Nobody of those voted good stands for excellent: there is no second ballot"),
        required=False,
    )

    def __init__(self, *args, appraisals, columns, ballot, stored=None, **kwargs):
        """appraisals: whom the ballot is on; columns: levels that the paper offers; stored: the
        Vote with its counts that is recorded again."""
        super().__init__(*args, **kwargs)
        if ballot == rules.SECOND or rules.YES in columns:
            del self.fields["nobody_stood"]
        self.columns, self.ballot = columns, ballot
        for name in ("held_on", "tellers", *NUMBERS):
            self.fields[name].widget.attrs["class"] = "form-control"
        counts = {each.appraisal_id: each for each in stored.counts.all()} if stored else {}
        reasons = {each.appraisal_id: each for each in stored.not_voted.all()} if stored else {}
        self.rows = [
            self._row(each, counts.get(each.pk), reasons.get(each.pk)) for each in appraisals
        ]

    @property
    def has_reasons(self):
        return self.ballot == rules.FIRST

    @property
    def reasons(self):
        return NotVotedReason.choices

    @property
    def of_the_base(self):
        return [self[name] for name in ("convened", "away", "absent_exempt")]

    @property
    def of_the_papers(self):
        return [self[name] for name in ("present", "issued", "returned", "invalid")]

    @property
    def wrong_rows(self):
        return [row for row in self.rows if row.errors]

    def clean(self):
        cleaned = super().clean()
        self.counts, self.not_voted = {}, {}
        for row in self.rows:
            try:
                self._read(row)
            except ValidationError as error:
                row.errors = error.messages
        if self.wrong_rows:
            raise ValidationError(
                _now("The votes on some members cannot be right: see their rows.")
            )
        return cleaned

    def values(self):
        """The arguments of record_vote() that the form gives."""
        names = ("held_on", "is_secret", "tellers", "seen", *NUMBERS)
        given = {name: self.cleaned_data[name] for name in names}
        given["nobody_stood"] = self.cleaned_data.get("nobody_stood", False)
        return given | {"counts": self.counts, "not_voted": self.not_voted}

    def show(self, error):
        """Sentences about a member go to the row."""
        told = error.update_error_dict({})
        rows = {row.key: row for row in self.rows}
        for key in told.keys() & rows.keys():
            rows[key].errors = [text for each in told.pop(key) for text in each.messages]
        if self.wrong_rows:
            self.add_error(None, WRONG_ROWS)
        if told:
            super().show(ValidationError(told))

    def _row(self, appraisal, count, reason):
        names = {column: f"v-{appraisal.pk}-{column}" for column in (*self.columns, BLANK)}
        cells = [Cell(column, name) for column, name in names.items()]
        row = Row(appraisal, cells, reason.reason if reason and not self.is_bound else "")
        for cell in cells:
            if self.is_bound:
                cell.value = self.data.get(cell.name, "").strip()
            elif count:
                cell.value = str(getattr(count, cell.column))
        if self.is_bound and self.has_reasons:
            row.reason = self.data.get(row.reason_name, "")
        return row

    def _read(self, row):
        if row.reason:
            self.not_voted[row.appraisal.pk] = row.reason
        if not row.is_empty:
            self.counts[row.appraisal.pk] = row.numbers()
