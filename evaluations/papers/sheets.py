"""A workbook of long sheets, written row by row."""

from datetime import date, datetime

import xlsxwriter
from django.utils import timezone

CELL_CHARACTERS = 32_767  # no more fit in a cell
TOLD_ROWS = 500
OPTIONS = {"constant_memory": True, "strings_to_formulas": False}


def write_sheets(stream, sheets, *, tell=lambda rows: None):
    """Write a workbook to a path or binary stream.

    sheets  {name: (headings, rows)}; a cell is a text, a number, a date, a datetime (shown as its
            day in local time), or None or "" for nothing
    tell    called now and then with the number of rows written in all sheets
    """
    written = 0
    with xlsxwriter.Workbook(stream, OPTIONS) as book:
        bold = book.add_format({"bold": True})
        writer = _Cells(book)
        for name, (headings, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, map(str, headings), bold)
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write(sheet, number, column, value)
                written += 1
                if not written % TOLD_ROWS:
                    tell(written)
            tell(written)


class _Cells:
    """How values stand in the sheets of a workbook."""

    def __init__(self, book):
        self.day = book.add_format({"num_format": "dd/mm/yyyy"})
        self.two_decimals = book.add_format({"num_format": "0.00"})

    def write(self, sheet, row, column, value):
        if value is None or value == "":
            return
        if isinstance(value, str):  # most are
            sheet.write_string(row, column, value[:CELL_CHARACTERS])
        elif isinstance(value, datetime):
            moment = timezone.localtime(value).replace(tzinfo=None)
            sheet.write_datetime(row, column, moment, self.day)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.day)
        elif isinstance(value, int):
            sheet.write_number(row, column, value)
        else:
            sheet.write_number(row, column, value, self.two_decimals)
