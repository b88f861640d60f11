"""Everything of a cycle on sheets: who takes part and each stage, ballots, decisions, steps, and
the summary by unit with the numbers of the board."""

from datetime import datetime

import xlsxwriter
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.choices import Level
from branches.choices import PersonClass
from branches.masking import CARD_NUMBER, mask_code
from branches.querysets import opened_to

from ..choices import Cause, Ground, NotRatedReason, StepKind
from ..exports import SHEET_ROWS, ExportError
from ..models import Decision, Proposal, StepDone, VoteCount
from .branches import DECIDED, SUGGESTED, count_levels

LEVELS = {"": "", None: ""} | {level.value: level.label for level in Level}
APPRAISALS = {
    gettext_lazy("Party card"): "member__code",
    gettext_lazy("Name"): "member__full_name",
    gettext_lazy("Branch"): "cycle_branch__branch__name",
    gettext_lazy("Unit"): "cycle_branch__unit__name",
    gettext_lazy("Class"): "person_class",
    gettext_lazy("Rated"): "rated",
    gettext_lazy("Reason for not being rated"): "not_rated_reason",
    gettext_lazy("Score"): "rating__score",
    gettext_lazy("Suggested level"): "suggested_level",
    gettext_lazy("Own level"): "self_review__level",
    gettext_lazy("Branch committee"): "by_committee",
    gettext_lazy("Vote of the branch"): "voted_level",
    gettext_lazy("Sub-committee"): "by_section",
    gettext_lazy("Decided level"): "decision__level",
    gettext_lazy("Decided on"): "decision__decided_on",
}
WORDS = {
    "person_class": dict(PersonClass.choices),
    "not_rated_reason": dict(NotRatedReason.choices),
    **dict.fromkeys(
        (
            "suggested_level",
            "self_review__level",
            "by_committee",
            "voted_level",
            "by_section",
            "decision__level",
            "level",
        ),
        LEVELS,
    ),
    "cause": dict(Cause.choices),
    "kind": dict(StepKind.choices),
}


def write_workbook(cycle, appraisals, stream, *, user, today):
    """Write the sheets of those appraisals to a path or binary stream; returns how many there are.
    Party cards are masked where the user may not see them.

    Raises ExportError when they do not fit on a sheet.
    """
    count = appraisals.count()
    if count > SHEET_ROWS:
        raise ExportError(
            _("%(count)d members do not fit on a sheet of %(most)d rows: take a part.")
            % {"count": count, "most": SHEET_ROWS}
        )
    with xlsxwriter.Workbook(
        stream, {"constant_memory": True, "strings_to_formulas": False, "remove_timezone": True}
    ) as book:
        writer = _Sheets(book)
        writer.sheet(_("Summary"), *_summary(cycle, appraisals))
        writer.sheet(_("Members"), *_members(appraisals, user=user, today=today))
        writer.sheet(_("Ballots"), *_ballots(appraisals))
        writer.sheet(_("Decisions"), *_decisions(appraisals))
        writer.sheet(_("Steps"), *_steps(appraisals))
    return count


class _Sheets:
    def __init__(self, book):
        self.book = book
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "dd/mm/yyyy"})
        self.two = book.add_format({"num_format": "0.00"})

    def sheet(self, name, headings, rows):
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, map(str, headings), self.bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value)

    def _write(self, sheet, row, column, value):
        if value is None or value == "":
            return
        if type(value) is str:  # most are
            sheet.write_string(row, column, value)
        elif isinstance(value, bool):
            sheet.write_string(row, column, str(_("yes") if value else _("no")))
        elif hasattr(value, "isoformat"):
            moment = timezone.localtime(value) if isinstance(value, datetime) else value
            sheet.write_datetime(row, column, moment, self.day)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value)
        elif hasattr(value, "as_tuple"):
            sheet.write_number(row, column, value, self.two)
        else:
            sheet.write_string(row, column, str(value))


def _said(columns, rows):
    """The rows with words for what is stored; translated once, and not for each of many cells."""
    said = [_plain(WORDS[column]) if column in WORDS else None for column in columns]
    for row in rows:
        yield [
            words.get(value, value) if words else value
            for words, value in zip(said, row, strict=True)
        ]


def _plain(words):
    return {value: str(word) for value, word in words.items()}


def _members(appraisals, *, user, today):
    columns = tuple(APPRAISALS.values())
    proposals = Proposal.objects.filter(appraisal=OuterRef("pk"))
    rows = appraisals.annotate(
        by_committee=Subquery(proposals.filter(step="proposal").values("level")[:1]),
        by_section=Subquery(proposals.filter(step="section").values("level")[:1]),
        is_opened=opened_to(user, CARD_NUMBER, on=today, member="member"),
    )
    rows = rows.order_by("cycle_branch__branch__code", "member__sort_key", "member__code")
    found = rows.values_list("is_opened", *columns).iterator(chunk_size=2000)
    masked = ((code if is_opened else mask_code(code), *rest) for is_opened, code, *rest in found)
    return tuple(APPRAISALS), _said(columns, masked)


def _ballots(appraisals):
    counts = ("excellent", "good", "completed", "failed", "blank")
    columns = (
        "vote__cycle_branch__branch__name",
        "vote__round",
        "vote__ballot",
        "vote__held_on",
        "vote__convened",
        "vote__away",
        "vote__absent_exempt",
        "vote__present",
        "vote__returned",
        "vote__invalid",
        "appraisal__member__full_name",
        *counts,
    )
    rows = VoteCount.objects.filter(appraisal__in=appraisals.values("pk")).order_by(
        "vote__cycle_branch__branch__code", "vote__round", "vote__ballot", "appraisal__member"
    )
    headings = (
        _("Branch"),
        _("Round"),
        _("Ballot"),
        _("Held on"),
        _("Convened"),
        _("Away"),
        _("Exempt and absent"),
        _("Present"),
        _("Papers returned"),
        _("Invalid"),
        _("Name"),
        *(Level(level).label for level in counts[:4]),
        _("Nothing marked"),
    )
    return headings, rows.values_list(*columns).iterator(chunk_size=2000)


def _decisions(appraisals):
    columns = (
        "appraisal__cycle_branch__branch__name",
        "appraisal__member__full_name",
        "revision",
        "cause",
        "level",
        "reason",
        "document",
        "decided_on",
    )
    rows = Decision.objects.filter(appraisal__in=appraisals.values("pk")).order_by(
        "appraisal__cycle_branch__branch__code", "appraisal__member", "revision"
    )
    headings = (
        _("Branch"),
        _("Name"),
        _("Revision"),
        _("Cause"),
        _("Level"),
        _("Reason"),
        _("Document"),
        _("Decided on"),
        _("Why a reason was needed"),
    )
    found = rows.values_list(*columns, "grounds").iterator(chunk_size=2000)
    labels = _plain(dict(Ground.choices))
    return headings, (
        (*row, ", ".join(labels[ground] for ground in grounds))
        for *row, grounds in _said((*columns, "grounds"), found)
    )


def _steps(appraisals):
    columns = ("cycle_branch__branch__name", "kind", "done_at")
    branches = appraisals.values("cycle_branch")
    rows = StepDone.objects.filter(cycle_branch__in=branches).order_by(
        "cycle_branch__branch__code", "done_at", "pk"
    )
    headings = (_("Branch"), _("Step"), _("Done at"))
    return headings, _said(columns, rows.values_list(*columns))


def _summary(cycle, appraisals):
    headings = (
        _("Unit"),
        _("Counted"),
        _("Members"),
        _("Rated"),
        *(level.label for level in Level),
        _("Not rated"),
    )
    keys = ("all", "rated", *Level.values, "none")
    kinds = ((DECIDED, _("decided")), (SUGGESTED, _("suggested")))
    rows = [
        (unit.name, words, *(numbers[key] for key in keys))
        for of, words in kinds
        for unit, numbers in count_levels(appraisals, of=of)
    ]
    return headings, rows
