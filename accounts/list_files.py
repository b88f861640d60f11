"""A list as a file: CSV and XLSX with the same cells, none of them read as a formula."""

import csv
import re
from datetime import date

import xlsxwriter

BYTE_ORDER_MARK = "\ufeff"  # so that Excel reads the text as UTF-8
FORMULA = re.compile(r"'*[=+\-@\t\r]")  # how a cell begins that a program would compute
SHEET_ROWS = 1_048_575  # below the heading


class TooManyRows(Exception):
    """A sheet holds no more."""


class _Line:
    """What a csv writer writes to: it hands the line back."""

    def write(self, line):
        return line


def csv_lines(heading, rows):
    """Yield the lines of a CSV, with a byte order mark and LF; days as 2026-11-22."""
    writer = csv.writer(_Line(), lineterminator="\n")
    yield BYTE_ORDER_MARK + writer.writerow(map(_safe, heading))
    for row in rows:
        yield writer.writerow(map(_safe, row))


def write_xlsx(heading, rows, stream):
    """Write one sheet to a binary stream; returns the number of rows. Raises TooManyRows."""
    with xlsxwriter.Workbook(
        stream, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, heading, bold)
        number = 0
        for number, row in enumerate(rows, start=1):
            if number > SHEET_ROWS:
                raise TooManyRows
            for column, value in enumerate(row):
                _write(sheet, number, column, value, day)
    return number


def _write(sheet, number, column, value, day):
    match value:
        case None | "":
            pass
        case date():
            sheet.write_datetime(number, column, value, day)
        case int():
            sheet.write_number(number, column, value)
        case _:
            sheet.write_string(number, column, str(value))


def _safe(value):
    """An apostrophe before what would be a formula, as the workbook writes it."""
    text = "" if value is None else str(value)
    return f"'{text}" if FORMULA.match(text) and not isinstance(value, int) else text
