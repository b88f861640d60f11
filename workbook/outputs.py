"""The files that an export writes: a folder of CSV, a zip of them, one xlsx.

Each opens an output and gives a function `write_table(name, columns, headings, rows)`, which
returns the number of rows; cells come as text. What is not finished leaves nothing behind.
"""

import csv
import io
import os
import tempfile
import zipfile
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from .cells import Boolean, Date, Number
from .staging import find_table

MOST_EXCEL_ROWS = 1_048_575  # below the heading
MOST_EXCEL_CHARACTERS = 32_767
MOST_EXCEL_DIGITS = 15
LONG_AGO = datetime(2000, 1, 1)  # when every file was made: the same rows are the same bytes


class ExportError(Exception):
    """The workbook cannot be written so; the message says what can be done."""


@contextmanager
def open_folder(path):
    """CSV files in a folder. Those of an earlier export there go away."""
    path.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path, prefix=".export-") as fresh:
        fresh = Path(fresh)

        def write_table(name, columns, headings, rows):
            with (fresh / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                return _write_csv(file, headings, rows)

        yield write_table
        for file in path.glob("*.csv"):
            if find_table(file.stem):
                file.unlink()
        for file in fresh.iterdir():
            file.replace(path / file.name)


@contextmanager
def open_zip(path):
    with _replacing(path) as fresh, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:

        def write_table(name, columns, headings, rows):
            member = zipfile.ZipInfo(f"{name}.csv", LONG_AGO.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            with (
                archive.open(member, "w", force_zip64=True) as file,
                io.TextIOWrapper(file, encoding="utf-8", newline="") as text,
            ):
                return _write_csv(text, headings, rows)

        yield write_table


def _write_csv(file, headings, rows):
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(headings)
    count = 0

    def counted():
        nonlocal count
        for row in rows:
            count += 1
            yield row

    writer.writerows(counted())
    return count


@contextmanager
def open_excel(path):
    with (
        _replacing(path) as fresh,
        xlsxwriter.Workbook(fresh, {"constant_memory": True}) as workbook,
    ):
        workbook.set_properties({"created": LONG_AGO})
        heading = workbook.add_format({"bold": True})
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})

        def write_table(name, columns, headings, rows):
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for index, (column, title) in enumerate(zip(columns, headings, strict=True)):
                sheet.set_column(index, index, _width(column, title))
                sheet.write_string(0, index, title, heading)
            writers = [_excel_writer(sheet, column.cell, day) for column in columns]
            number = 0
            for number, row in enumerate(rows, start=1):
                if number > MOST_EXCEL_ROWS:
                    raise ExportError(
                        _(
                            "“%(name)s” has more than the %(most)d rows that a sheet of Excel "
                            "holds: export CSV, to a folder or a .zip"
                        )
                        % {"name": name, "most": MOST_EXCEL_ROWS}
                    )
                for index, cell in enumerate(row):
                    if cell:
                        writers[index](number, index, cell)
            return number

        yield write_table


def _width(column, title):
    widest = 12 if isinstance(column.cell, Date | Number | Boolean) else 24
    return max(widest, len(title) + 2)


def _excel_writer(sheet, cell_type, day):
    """The function (row, column, text) that writes a cell of this type."""

    def write_date(row, column, text):
        sheet.write_datetime(row, column, date.fromisoformat(text), day)

    def write_number(row, column, text):
        if sum(map(str.isdigit, text)) > MOST_EXCEL_DIGITS:
            sheet.write_string(row, column, text)
        else:
            sheet.write_number(row, column, float(text))

    def write_text(row, column, text):
        if len(text) > MOST_EXCEL_CHARACTERS:
            raise ExportError(
                _(
                    "a text of %(length)d characters does not go into a cell of Excel: "
                    "export CSV, to a folder or a .zip"
                )
                % {"length": len(text)}
            )
        sheet.write_string(row, column, text)

    match cell_type:
        case Date():
            return write_date
        case Number() | Boolean():
            return write_number
    return write_text


@contextmanager
def _replacing(path):
    """A file beside `path` that takes its place when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    try:
        yield fresh
        os.chmod(fresh, 0o644)
        os.replace(fresh, path)
    except BaseException:
        os.unlink(fresh)
        raise


OUTPUTS = {".xlsx": open_excel, ".zip": open_zip}
