"""Ratings as a table for people and other systems: CSV and XLSX with the same values.

Columns and form are a contract (docs/rating-rules.md, 9): never reorder or rename.
"""

import csv

import xlsxwriter
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from branches.masking import CARD_NUMBER, mask_code
from branches.querysets import opened_to

CARD_SHOWN = "card_shown"
COLUMNS = {
    "member_code": "member__code",
    "branch_code": "branch__code",
    "unit_code": "unit__code",
    "person_class": "person_class",
    "rated": "rated",
    "not_rated_reason": "not_rated_reason",
    "held": "held",
    "present": "present",
    "excused": "excused",
    "unexcused": "unexcused",
    "unrecorded": "unrecorded",
    "missed_months": "missed_months",
    "duty_required": "duty_required",
    "duty_credited": "duty_credited",
    "tasks_total": "tasks_total",
    "tasks_exceeded": "tasks_exceeded",
    "tasks_met": "tasks_met",
    "tasks_late": "tasks_late",
    "tasks_unmet": "tasks_unmet",
    "tasks_pending": "tasks_pending",
    "points_conduct": "points_conduct",
    "points_attendance": "points_attendance",
    "points_tasks": "points_tasks",
    "points_duty": "points_duty",
    "points_review": "points_review",
    "score": "score",
    "level": "level",
    "capped": "capped",
    "suggested_level": "suggested_level",
    "needs_decision": "needs_decision",
}
POINTS = ("points_", "score")  # columns with two decimals
SHEET_ROWS = 1_048_575  # below the heading
BYTE_ORDER_MARK = "\ufeff"  # so that Excel reads the text as UTF-8


class ExportError(Exception):
    """An export that cannot be made; the message is for the person who asked for it."""


def for_reader(ratings, *, user, today):
    """The ratings as a download of the user may hold them: where the user may not see the party
    card, member_code is masked. Without this, as for an operator, all are whole."""
    opened = opened_to(user, CARD_NUMBER, on=today, member="member")
    return ratings.annotate(**{CARD_SHOWN: Case(When(opened, then=True), default=False)})


def rating_rows(ratings):
    """Yield one tuple a rating, in the order of COLUMNS and of the members' codes, from a
    server-side cursor: text, whole numbers (1 and 0 for yes and no), decimals and None."""
    shown = F(CARD_SHOWN) if CARD_SHOWN in ratings.query.annotations else Value(True)
    rows = ratings.order_by(F("member__code")).values_list(shown, *COLUMNS.values())
    for is_shown, code, *rest in rows.iterator(chunk_size=2000):
        yield (
            code if is_shown else mask_code(code),
            *(int(value) if isinstance(value, bool) else value for value in rest),
        )


class _Line:
    """What a csv writer writes to: it hands the line back."""

    def write(self, line):
        return line


def csv_lines(ratings):
    """Yield the lines of the CSV, with a byte order mark and LF, each as text.

    No cell needs protection from being read as a formula: codes begin with a letter or digit,
    masked ones with a dot, and nothing else is free text."""
    writer = csv.writer(_Line(), lineterminator="\n")
    yield BYTE_ORDER_MARK + writer.writerow(COLUMNS)
    yield from map(writer.writerow, rating_rows(ratings))


def write_csv(ratings, stream):
    """Write the CSV to a text stream that neither translates newlines nor adds a mark.

    Returns the number of ratings."""
    lines = sum(stream.write(line) > 0 for line in csv_lines(ratings))
    return lines - 1  # the heading


def write_xlsx(ratings, stream):
    """Write one sheet to a path or binary stream; returns the number of ratings. Raises
    ExportError above the sheet's rows."""
    count = ratings.count()
    if count > SHEET_ROWS:
        raise ExportError(
            _("%(count)d ratings do not fit on a sheet of %(most)d rows: export CSV.")
            % {"count": count, "most": SHEET_ROWS}
        )
    with xlsxwriter.Workbook(
        stream, {"constant_memory": True, "strings_to_formulas": False}
    ) as book:
        bold, two_decimals = (
            book.add_format({"bold": True}),
            book.add_format({"num_format": "0.00"}),
        )
        sheet = book.add_worksheet("ratings")
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, COLUMNS, bold)
        formats = [two_decimals if name.startswith(POINTS) else None for name in COLUMNS]
        for number, row in enumerate(rating_rows(ratings), start=1):
            for column, (value, cell_format) in enumerate(zip(row, formats, strict=True)):
                if value is None or value == "":
                    continue
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                else:
                    sheet.write_number(number, column, value, cell_format)
    return count
