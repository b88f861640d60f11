"""From a sheet to its staging table: headings found, cells read, rows copied.

Cells are read column by column, each distinct one once: a sheet repeats itself so much (codes,
days, lists of values) that this is what makes a million rows a matter of seconds.
"""

from contextlib import closing
from itertools import compress, islice, repeat

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .cells import CellError, refuse_error, trim
from .headings import column_names, fold, heading_key, nearest, table_names
from .problems import Problem
from .sources import SheetError
from .sqltext import fill, quote
from .tables import BY_NAME, TABLES

BATCH_ROWS = 20_000
MOST_CELLS_KEPT = 500_000  # distinct ones of a column

# The first sheet of a workbook that is given back with its errors marked, by language.
PROBLEM_SHEETS = {"en": "Problems", "vi": "Lỗi cần sửa"}
# Sheets and files that stand beside a workbook's tables and are not read: ratings come out, never
# in, and so do problems.
NOT_TABLES = {"expectedratings", "ratings", *map(fold, PROBLEM_SHEETS.values())}


class Converter(dict):
    """{cell: what COPY is given}, filled as cells appear; `errors` says what is wrong where."""

    def __init__(self, column):
        super().__init__()
        self.column = column
        self.errors = {}

    def __missing__(self, cell):
        try:
            refuse_error(cell)
            value = self.column.cell.parse(cell)
            if value is None:
                if self.column.required:
                    raise CellError(_("this cell must not be empty"))
                value = self.column.default
        except CellError as error:
            self.errors[cell] = str(error)
            value = None
        copied = self[cell] = _copy_text(value)
        return copied

    def forget(self):
        if len(self) > MOST_CELLS_KEPT:
            self.clear()


def _copy_text(value):
    """A value in PostgreSQL's COPY text format."""
    if value is None:
        return r"\N"
    if isinstance(value, str):
        for sign, escaped in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r")):
            value = value.replace(sign, escaped)
    return str(value)


class NoHeading:
    """Cells of a column without a heading: they must be blank."""

    def parse(self, cell):
        if trim(cell) is not None:
            raise CellError(_("this cell stands in a column without a heading"))


class AnyCell:
    """Cells of a column that is not known: said at its heading."""

    def parse(self, cell):
        return None


class NoColumn:
    """A column of the sheet that is none of the table's."""

    required, default = False, None

    def __init__(self, index, cell):
        self.name, self.cell = _letters(index), cell


def _letters(index):
    """The name that a spreadsheet gives a column: A for 0, AA for 26."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def find_table(sheet_name):
    """The table that a sheet's name means, or None."""
    return {fold(name): table for table in TABLES for name in table_names(table.name)}.get(
        fold(sheet_name)
    )


def find_table_of(sheet_name, aliases):
    """The table that a sheet's name means, also by what was said of it, or None."""
    return find_table(sheet_name) or BY_NAME.get(aliases.get(("", heading_key(sheet_name))))


def assign_sheets(sheets, aliases):
    """{table name: sheet}, and a problem for every sheet that names no table or one again.

    aliases  {("", name of a sheet as heading_key() has it): table, "" to leave it out}
    """
    found, problems = {}, []
    for sheet in sheets:
        known_as = aliases.get(("", heading_key(sheet.name)))
        table = find_table_of(sheet.name, aliases)
        if table is None:
            if known_as != "" and fold(sheet.name) not in NOT_TABLES and _has_content(sheet):
                message = _unknown_table(sheet.name)
                problems.append(Problem(sheet.name, None, "", message, heading=sheet.name))
        elif table.name in found:
            message = _("this is the same table as “%s”: put their rows into one")
            problems.append(Problem(sheet.name, None, "", message % found[table.name].name))
        else:
            found[table.name] = sheet
    if sheets and not found and not problems:
        message = _("no table of a workbook is in it: its sheets or files have names such as %s")
        some = "organizations, members, meetings"
        problems.append(Problem(sheets[0].source, None, "", message % some))
    return found, problems


def no_headings(stagers):
    """The problems of a workbook in which all tables are blank. Beside others a blank one is no
    problem: a template has sheets that nobody needed."""
    if any(stager.has_heading or stager.problems for stager in stagers):
        return []
    message = _("there is no heading row: the first row names the columns, such as %s")
    return [
        Problem(stager.table.name, None, "", message % ", ".join(list(stager.table.by_name)[:3]))
        for stager in stagers
    ]


def _has_content(sheet):
    """Excel makes empty sheets by itself; they mean nothing."""
    with closing(sheet.rows()) as rows:
        try:
            return next(iter(rows), None) is not None
        except SheetError:
            return True


def _unknown_table(name):
    names = [each for table in TABLES for each in table_names(table.name)]
    if near := nearest(name, names):
        return _("there is no such table; the nearest is “%s”") % near
    return _("there is no such table; the tables are: %s") % ", ".join(BY_NAME)


def match_headings(table, heading, aliases):
    """The columns that a row of headings means, and the problems with it.

    aliases  {(table, heading as heading_key() has it): column, "" to leave it out}
    """
    meanings = {
        fold(name): column
        for column in reversed(table.columns)
        for name in reversed(column_names(table.name, column.name))
    }
    columns, problems = [], []
    for index, cell in enumerate(heading):
        name = trim(cell)
        if name is None:
            columns.append(NoColumn(index, NoHeading()))
            continue
        try:
            refuse_error(cell)
        except CellError as error:
            problems.append(Problem(table.name, 1, _letters(index), str(error)))
            columns.append(NoColumn(index, AnyCell()))
            continue
        name = str(name)
        known_as = aliases.get((table.name, heading_key(name)))
        column = meanings.get(fold(name)) or table.by_name.get(known_as)
        if column is None:
            if known_as != "":
                message = _unknown_column(table, name)
                problems.append(Problem(table.name, 1, name, message, heading=name))
        elif column in columns:
            message = _("this column is there twice; its other name is “%s”") % column.name
            problems.append(Problem(table.name, 1, name, message))
            column = None
        columns.append(column or NoColumn(index, AnyCell()))
    for column in table.key:
        if column.required and column not in columns:
            message = _("the column is missing, and without it no row can be told from another")
            problems.append(Problem(table.name, 1, column.name, message))
    return columns, problems


def _unknown_column(table, name):
    names = {
        each: column.name
        for column in table.columns
        for each in column_names(table.name, column.name)
    }
    if near := nearest(name, names):
        return _("there is no such column; the nearest is “%(near)s” (%(key)s)") % {
            "near": near,
            "key": names[near],
        }
    # In the reader's language: the names that an export writes in it.
    spoken = 1 if get_language() == "vi" else 0
    columns = [column_names(table.name, each)[spoken] for each in table.by_name]
    return _("there is no such column; the columns are: %s") % ", ".join(columns)


class Stager:
    """One sheet on its way into its staging table, as a file that COPY reads.

    `columns` are those of the table that the sheet has; some headings may be `unknown`, and a blank
    sheet has none. `is_read` says whether its rows can be known: not without a column of the key,
    or from a damaged sheet.
    """

    def __init__(self, table, sheet, aliases, progress=None):
        self.table, self.aliases, self.progress = table, aliases, progress
        self.problems = []
        self.rows_read = 0
        self.columns = []
        self.unknown = False
        self.is_read = True
        self.has_heading = False
        self._rows = sheet.rows()
        self._row = 0  # how many rows of the sheet are behind us

    def load(self, cursor):
        with closing(self._rows):
            heading = self._next_heading()
            if heading is None:
                return
            self.has_heading = True
            columns, self.problems = match_headings(self.table, heading, self.aliases)
            self.unknown = bool(self.problems)
            if any(column.required and column not in columns for column in self.table.key):
                self.is_read = False
                return
            self._converters = [Converter(column) for column in columns]
            self.columns = [each for each in columns if not isinstance(each, NoColumn)]
            self._chunks = self._read_chunks()
            cursor.copy_expert(
                fill(
                    "COPY {stage} (row, bad, {columns}) FROM STDIN",
                    stage=stage_name(self.table),
                    columns=[quote(column.name) for column in self.columns],
                ),
                self,
            )

    def read(self, size=-1):
        return next(self._chunks, "")

    def _next_heading(self):
        try:
            for row in self._rows:
                self._row += 1
                if not _is_blank(row):
                    return row
        except SheetError as error:
            self.problems.append(Problem(self.table.name, None, "", str(error)))
            self.is_read = False
        return None

    def _read_chunks(self):
        while True:
            batch = []
            try:
                batch.extend(islice(self._rows, BATCH_ROWS))
            except SheetError as error:
                row = self._row + len(batch) + 1
                self.problems.append(Problem(self.table.name, row, "", str(error)))
                self.is_read = False
            if not batch:
                return
            numbers = range(self._row + 1, self._row + len(batch) + 1)
            self._row += len(batch)
            if chunk := self._convert(numbers, batch):
                yield chunk

    def _convert(self, numbers, batch):
        """The lines that COPY is given for the rows of a batch."""
        numbers, batch = self._tidy(numbers, batch)
        if not batch:
            return ""
        bad = repeat("f")
        columns = list(zip(*batch, strict=True))
        converted = [
            list(map(converter.__getitem__, cells))
            for converter, cells in zip(self._converters, columns, strict=True)
        ]
        wrong = [
            index
            for index, converter in enumerate(self._converters)
            if converter.errors and not converter.errors.keys().isdisjoint(columns[index])
        ]
        if wrong:
            batch, numbers, converted, bad = self._report(wrong, numbers, batch, converted)
        for converter in self._converters:
            converter.forget()
        self.rows_read += len(batch)
        if self.progress:
            self.progress(self.table.name, self.rows_read)
        named = [
            cells
            for converter, cells in zip(self._converters, converted, strict=True)
            if not isinstance(converter.column, NoColumn)
        ]
        lines = map("\t".join, zip(map(str, numbers), bad, *named, strict=False))
        return "".join(f"{line}\n" for line in lines)

    def _tidy(self, numbers, batch):
        """Every row as wide as the heading, and none that is blank."""
        width = len(self._converters)
        if set(map(len, batch)) != {width}:
            batch = [
                self._fit(number, row, width) for number, row in zip(numbers, batch, strict=True)
            ]
        filled = [any(row) or not _is_blank(row) for row in batch]
        if all(filled):
            return numbers, batch
        return list(compress(numbers, filled)), list(compress(batch, filled))

    def _fit(self, number, row, width):
        """The row with as many cells as there are headings."""
        if not _is_blank(row[width:]):
            message = _("the row has more cells than there are headings")
            self.problems.append(Problem(self.table.name, number, _letters(width), message))
        return [*row[:width], *repeat("", width - len(row))]

    def _report(self, wrong, numbers, batch, converted):
        """List the problems of a batch, and drop its rows that are blank after all."""
        keep, bad = [], []
        for index, (number, row) in enumerate(zip(numbers, batch, strict=True)):
            if _is_blank(row):
                continue
            faults = [each for each in wrong if row[each] in self._converters[each].errors]
            for each in faults:
                converter = self._converters[each]
                self.problems.append(
                    Problem(
                        self.table.name, number, converter.column.name, converter.errors[row[each]]
                    )
                )
            keep.append(index)
            bad.append("t" if faults else "f")
        return (
            [batch[index] for index in keep],
            [numbers[index] for index in keep],
            [[cells[index] for index in keep] for cells in converted],
            bad,
        )


def _is_blank(cells):
    return all(trim(cell) is None for cell in cells)


def stage_name(table):
    return f"stage_{table.name}"


def create_stage(cursor, table):
    cursor.execute(
        fill(
            "CREATE TEMP TABLE {stage} (row integer, bad boolean, {columns}) ON COMMIT DROP",
            stage=stage_name(table),
            columns=[f"{quote(column.name)} {column.cell.sql}" for column in table.columns],
        )
    )
