"""A workbook of long sheets, written row by row.

xlsxwriter makes it with headings and formats alone. The rows are put into its sheets as text: of
their cells most say what others said, so that each is looked up and not written anew.
"""

import io
import re
import zipfile
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from string import ascii_uppercase
from xml.sax.saxutils import escape

import xlsxwriter
from django.utils import timezone

SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
# The row of samples in the skeleton, whose place the rows take; and the extent of the skeleton,
# without which a reader counts for itself.
SAMPLES = re.compile(r'<row r="2".*?</row>')
DIMENSION = re.compile(r"<dimension [^>]*/>")
EPOCH = date(1899, 12, 30)  # day 0 of a sheet
DAY_SECONDS = 24 * 60 * 60
CELL_CHARACTERS = 32_767  # no more fit in a cell
# What XML cannot hold, and what a sheet would take for such a character.
UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
KNOWN_CELLS = 5_000
CHUNK_ROWS = 500


def write_sheets(stream, sheets, *, tell=lambda rows: None):
    """Write a workbook to a path or binary stream.

    sheets  {name: (headings, rows)}, at most 26 columns each; a cell is a text, a number, a date,
            a datetime (shown as its day in local time), or None or "" for nothing
    tell    called now and then with the number of rows written in all sheets
    """
    parts = list(sheets.values())
    written = 0
    with (
        zipfile.ZipFile(_skeleton(sheets)) as skeleton,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as book,
    ):
        for name in skeleton.namelist():
            content = skeleton.read(name)
            if not (place := SHEET.fullmatch(name)):
                book.writestr(name, content)
                continue
            head, tail, formats = _around_rows(content.decode())
            rows = _rows(parts[int(place[1]) - 1][1], formats)
            with book.open(name, "w") as sheet:
                sheet.write(head.encode())
                for number, chunk in _chunks(rows):
                    sheet.write(chunk.encode())
                    written += number
                    tell(written)
                sheet.write(tail.encode())


def _skeleton(sheets):
    """A workbook with the headings, and in each second row a day and a number as they look."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        two_decimals = book.add_format({"num_format": "0.00"})
        for name, (headings, _rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, map(str, headings), bold)
            sheet.write_datetime(1, 0, EPOCH, day)
            sheet.write_number(1, 1, 0, two_decimals)
    return file


def _around_rows(sheet):
    """What stands before and after the rows, and the numbers of the two formats."""
    samples = SAMPLES.search(sheet)
    formats = re.findall(r' s="(\d+)"', samples[0])
    return DIMENSION.sub("", sheet[: samples.start()]), sheet[samples.end() :], formats


def _rows(rows, formats):
    cell = lru_cache(KNOWN_CELLS, typed=True)(_Cells(*formats).after_place)
    for number, row in enumerate(rows, start=2):
        cells = [
            f'<c r="{letter}{number}"{text}'
            for letter, value in zip(ascii_uppercase, row, strict=False)
            if (text := cell(value))
        ]
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _chunks(rows):
    """(how many, their text) of some rows at a time."""
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield len(chunk), "".join(chunk)


class _Cells:
    """How values stand in a sheet; the numbers are those of two of its formats."""

    def __init__(self, day, two_decimals):
        self.day, self.two_decimals = day, two_decimals

    def after_place(self, value):
        """The text of a cell after its place; none where nothing is to be seen."""
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, date):
            return f' s="{self.day}"><v>{_days(value)}</v></c>'
        if isinstance(value, int):
            return f"><v>{value}</v></c>"
        return f' s="{self.two_decimals}"><v>{value}</v></c>'


def _text(value):
    safe = escape(UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", value[:CELL_CHARACTERS]))
    space = ' xml:space="preserve"' if safe != safe.strip() else ""
    return f' t="inlineStr"><is><t{space}>{safe}</t></is></c>'


def _days(value):
    if not isinstance(value, datetime):
        return (value - EPOCH).days
    since = timezone.localtime(value).replace(tzinfo=None) - datetime(*EPOCH.timetuple()[:3])
    return since.total_seconds() / DAY_SECONDS
