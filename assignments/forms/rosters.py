"""The form of a roster: how each of many people attended, in one page and one request.

The rows are not fields of the form: who stands on it is not asked for again when it is sent. Each
is named by its kind and the member's id, `m-17`, and its reason `mr-17`; who may be among them, the
services decide.
"""

import re

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from branches.choices import AttendanceStatus
from branches.forms.picking import MemberField
from branches.forms.service import ServiceForm
from branches.services.rosters import LONGEST_REASON, NOT_REPORTED

from ..meetings.rosters import EXCEPTED, GUEST, MEMBER

ROW = re.compile(f"(?P<kind>[{MEMBER}{EXCEPTED}{GUEST}])-(?P<pk>[0-9]{{1,18}})")
MOST_ROWS = 2000


class RosterForm(ServiceForm):
    """`answers()` are those of members, `statements()` those about guests that were changed."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    rest = forms.BooleanField(label=_("All present"), required=False)
    added = MemberField(
        label=_("Somebody else who was there"),
        required=False,
        help_text=_("Who has just joined, was forgotten, or belongs to another branch."),
    )

    def __init__(self, *args, members, sight, **kwargs):
        """members: those whom the reader may name; sight: what of them."""
        super().__init__(*args, **kwargs)
        self.fields["added"].rows, self.fields["added"].sight = members, sight
        self.rows = {}  # {(kind, id): (status, reason)} as sent
        self.version, self.is_late = 0, False

    def clean(self):
        cleaned = super().clean()
        for name in self.data:
            match = ROW.fullmatch(name)
            if match:
                row = match["kind"], int(match["pk"])
                self.rows[row] = self._answer(*row)
        if len(self.rows) > MOST_ROWS:
            raise ValidationError(_now("These are too many people for one roster."))
        return cleaned

    def answers(self):
        """[(member id, status, reason)] of members; with `rest`, who was expected and has no
        answer was present."""
        rest = AttendanceStatus.PRESENT if self.cleaned_data["rest"] else NOT_REPORTED
        given = [
            (pk, status or (rest if kind == MEMBER else NOT_REPORTED), reason)
            for (kind, pk), (status, reason) in self.rows.items()
            if kind != GUEST
        ]
        added = self.cleaned_data["added"]
        if added is not None and added.pk not in {pk for pk, _status, _reason in given}:
            given.append((added.pk, AttendanceStatus.PRESENT, ""))
        return given

    def added_ids(self):
        added = self.cleaned_data["added"]
        return [added.pk] if added is not None else []

    def unanswered(self):
        """How many who were expected have no answer."""
        given = {pk for pk, status, _reason in self.answers() if status != NOT_REPORTED}
        return sum(kind == MEMBER and pk not in given for kind, pk in self.rows)

    def statements(self):
        """{member id: (status, reason)} of guests about whom the form says what it did not show."""
        return {
            pk: answer
            for (kind, pk), answer in self.rows.items()
            if kind == GUEST and answer != self._shown(pk)
        }

    def set_version(self, version):
        """Show the version of the roster that stands on the page, whatever was sent."""
        self.version = version

    def show_rows(self, roster):
        """Set on the rows of the roster what was sent of them. Where somebody else has saved it
        meanwhile, what they said of people stays of whom nothing was sent."""
        self.is_late = self.has_error(NON_FIELD_ERRORS, "changed_meanwhile")
        for row in roster.rows:
            sent = self.rows.get((row.kind, row.member.pk))
            if sent is not None and (sent[0] or not self.is_late):
                row.answer, row.reason = sent

    def _answer(self, kind, pk):
        status = self.data.get(f"{kind}-{pk}", "")
        if status not in (NOT_REPORTED, *AttendanceStatus.values):
            raise ValidationError(_now("“%(status)s” is no answer.") % {"status": status[:40]})
        # PostgreSQL takes no NUL, which fields of a form refuse by themselves.
        reason = " ".join(self.data.get(f"{kind}r-{pk}", "").replace("\0", " ").split())
        if len(reason) > LONGEST_REASON:
            text = _now("A reason has at most %(number)d characters.")
            raise ValidationError(text % {"number": LONGEST_REASON})
        is_absent = status in (AttendanceStatus.EXCUSED, AttendanceStatus.UNEXCUSED)
        return status, reason if is_absent else ""

    def _shown(self, pk):
        return self.data.get(f"gw-{pk}", ""), self.data.get(f"gwr-{pk}", "")
