"""The uploaded workbook back as xlsx, with what is wrong marked where it stands.

Its first sheet lists all problems; then come the sheets as they were uploaded, every cell with the
value that it had, those that are wrong filled and with the reason as a comment. Whoever corrects it
there can upload it as it is: the first sheet is not read.
"""

import re
from collections import defaultdict
from contextlib import closing
from datetime import date, datetime, time, timedelta

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .cells import ErrorCell, trim
from .far_cells import column_number
from .outputs import MOST_EXCEL_CHARACTERS, MOST_EXCEL_ROWS
from .sources import SheetError, open_workbook
from .staging import PROBLEM_SHEETS, find_table_of, match_headings

# Thousands of comments make Excel slow; the fill and the list have all of them.
MOST_COMMENTS = 5_000
LONGEST_NAME = 31  # of a sheet
FILL = "#FFC7CE"
AUTHOR = "Chi Bộ"
LETTERS = re.compile("[A-Z]{1,2}")
FORMATS = {
    date: "dd/mm/yyyy",
    datetime: "dd/mm/yyyy hh:mm:ss",
    time: "hh:mm:ss",
    timedelta: "[h]:mm:ss",
}


def write_error_workbook(source, problems, output, *, aliases):
    """Write the workbook `source` (as import_workbook takes it) with its problems marked.

    output   a binary file
    aliases  what unknown headings mean, as aliases.aliases_for() has them
    """
    with (
        open_workbook(source) as sheets,
        xlsxwriter.Workbook(output, {"constant_memory": True, "in_memory": False}) as workbook,
    ):
        marked = _Marked(workbook, aliases)
        marked.list_problems(problems)
        for sheet in sheets:
            marked.copy(sheet, problems)


class _Marked:
    """The workbook while it is written."""

    def __init__(self, workbook, aliases):
        self.workbook, self.aliases = workbook, aliases
        self.formats = {}
        self.names = set()
        self.comments = 0

    def list_problems(self, problems):
        """The first sheet: where, what is wrong, and what would be right."""
        sheet = self._add_sheet(PROBLEM_SHEETS.get(get_language(), PROBLEM_SHEETS["en"]))
        bold = self.workbook.add_format({"bold": True})
        wrapped = self.workbook.add_format({"text_wrap": True, "valign": "top"})
        for index, width in enumerate((24, 8, 24, 100)):
            sheet.set_column(index, index, width)
        sheet.freeze_panes(1, 0)
        for index, title in enumerate((_("Table"), _("Row"), _("Column"), _("What is wrong"))):
            sheet.write_string(0, index, title, bold)
        for number, problem in enumerate(problems[:MOST_EXCEL_ROWS], start=1):
            sheet.write_string(number, 0, _fitting(problem.table))
            if problem.row:
                sheet.write_number(number, 1, problem.row)
            sheet.write_string(number, 2, _fitting(problem.column))
            sheet.write_string(number, 3, _fitting(problem.message), wrapped)

    def copy(self, source, problems):
        """A sheet as it was uploaded, with the problems that are about it."""
        table = find_table_of(source.name, self.aliases)
        about = {source.name, table.name if table else source.name}
        wrong = _by_row(each for each in problems if each.table in about)
        sheet = self._add_sheet(source.name)
        sheet.freeze_panes(1, 0)
        heading = None
        with closing(source.rows()) as rows:
            for number, cells in enumerate(_until_damage(rows), start=1):
                if number > MOST_EXCEL_ROWS:
                    sheet.write_string(number - 1, 0, _("The rows after this one are left out."))
                    break
                if heading is None and any(trim(cell) is not None for cell in cells):
                    heading = _Heading(table, cells, self.aliases)
                    faults = wrong.pop(1, []) + wrong.pop(None, [])
                elif heading is None:
                    faults = []
                else:
                    faults = wrong.pop(number, [])
                self._write_row(sheet, number - 1, cells, _places(faults, heading))

    def _write_row(self, sheet, number, cells, messages):
        """`messages` is {index of a cell: what is wrong with it}."""
        for index in range(max(len(cells), *(each + 1 for each in messages), 0)):
            cell = cells[index] if index < len(cells) else ""
            self._write_cell(sheet, number, index, cell, index in messages)
        for index, told in messages.items():
            self.comments += 1
            if self.comments <= MOST_COMMENTS:
                comment = _fitting("\n".join(told))
                sheet.write_comment(number, index, comment, {"author": AUTHOR, "x_scale": 2})

    def _write_cell(self, sheet, row, column, cell, is_wrong):
        style = self._format(type(cell), is_wrong)
        match cell:
            case bool():
                sheet.write_boolean(row, column, cell, style)
            case int() | float():
                sheet.write_number(row, column, cell, style)
            case date() | time() | timedelta():  # a datetime is a date
                sheet.write_datetime(row, column, cell, style)
            case ErrorCell():
                sheet.write_formula(row, column, f"={cell}", style, str(cell))
            case str() if cell:
                sheet.write_string(row, column, _fitting(cell), style)
            case _ if is_wrong:
                sheet.write_blank(row, column, None, style)

    def _format(self, kind, is_wrong):
        if (kind, is_wrong) not in self.formats:
            properties = {"num_format": FORMATS[kind]} if kind in FORMATS else {}
            if is_wrong:
                properties |= {"bg_color": FILL, "border": 1, "border_color": "#9C0006"}
            self.formats[kind, is_wrong] = (
                self.workbook.add_format(properties) if properties else None
            )
        return self.formats[kind, is_wrong]

    def _add_sheet(self, name):
        """A sheet of this name, or as much of it as Excel takes, and none has yet."""
        name = "".join("_" if each in r"[]:*?/\'" else each for each in name) or "_"
        shown, number = name[:LONGEST_NAME], 1
        while shown.casefold() in self.names:
            number += 1
            shown = f"{name[: LONGEST_NAME - 5]} ({number})"
        self.names.add(shown.casefold())
        return self.workbook.add_worksheet(shown)


class _Heading:
    """Where the columns of a sheet are, by what problems call them."""

    def __init__(self, table, cells, aliases):
        self._index = {}
        if table:
            columns, _problems = match_headings(table, cells, aliases)
            # Columns that are none of the table's are called by their letters.
            self._index = {column.name: index for index, column in enumerate(columns)}
        for index, cell in enumerate(cells):
            self._index.setdefault(str(trim(cell)), index)

    def find(self, column):
        """The index of the column; the first where the sheet does not have it."""
        if column not in self._index and LETTERS.fullmatch(column):
            return column_number(column)
        return self._index.get(column, 0)


def _places(problems, heading):
    """{index of a cell: [what is wrong]} of the problems of one row."""
    places = defaultdict(list)
    for problem in problems:
        places[heading.find(problem.column)].append(problem.message)
    return places


def _by_row(problems):
    rows = defaultdict(list)
    for problem in problems:
        rows[problem.row].append(problem)
    return rows


def _until_damage(rows):
    """The rows up to where a sheet cannot be read further: its problem says so."""
    try:
        yield from rows
    except SheetError:
        return


def _fitting(text):
    return text if len(text) <= MOST_EXCEL_CHARACTERS else text[: MOST_EXCEL_CHARACTERS - 1] + "…"
