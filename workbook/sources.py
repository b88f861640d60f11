"""Where a workbook's sheets come from: one .xlsx, a folder of .csv files, a .zip of them, one .csv.

A sheet gives its rows as lists of cells, from the first line of the file on. Nothing is unpacked
to disk; what a zip or xlsx may unpack to is bounded before anything of it is read.
"""

import csv
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.parsers import expat

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from .cells import BLANKS, ErrorCell
from .far_cells import FarCell, NearCells, column_number, find_far_cell
from .headings import column_names, fold
from .problems import refuse
from .tables import TABLES

MOST_ARCHIVE_MEMBERS = 1000
HARMLESS_BYTES = 16 * 1024**2  # whatever its ratio: an empty sheet packs very well
DELIMITERS = ",;\t"
MOST_BLANK_LINES = 1000  # before a heading, while it is looked for
LONGEST_FIELD = 10_000_000  # characters of a CSV file's field; Python's own limit is 131,072
DAMAGED = gettext_noop("the file is damaged or was not transferred whole; save it again")

CHUNK_BYTES = 1024**2
# What is in a sheet's XML where a cell holds an error of Excel, such as #N/A: its type is "e". The
# reader gives such a cell as an empty one.
ERROR_MARKS = (b'"e"', b"'e'")
LONGEST_MARK = 3
MOST_ERROR_CELLS = 100_000
CELL_PLACE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


class SheetError(Exception):
    """A sheet cannot be read further; the message says why."""


@dataclass(frozen=True)
class Sheet:
    """`name` is what names the table; `rows()` opens it and yields its rows; `source` is the file
    or folder that it is in."""

    name: str
    rows: Callable[[], Iterator[list]]
    source: str


@contextmanager
def open_workbook(source, *, max_bytes=None):
    """The sheets of `source`: a path, or a binary file with a `name`.

    Raises WorkbookError for what is no workbook: another type of file, more than `max_bytes`, a
    broken or hostile archive.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        if _is_folder(path):
            yield _folder_sheets(path)
            return
        with _open_file(path) as file, open_workbook(file, max_bytes=max_bytes) as sheets:
            yield sheets
        return
    name = Path(source.name).name
    _check_size(source, name, max_bytes)
    suffix = Path(name).suffix.lower()
    if suffix == ".csv":
        yield [Sheet(Path(name).stem, lambda: _csv_rows(source), name)]
    elif suffix == ".xlsx":
        with _open_archive(source, name) as archive:
            # The reader of sheets trusts the sizes that the archive states; Python's does not.
            marked = _test_members(archive, name)
            errors = _find_error_cells(archive, name, marked) if marked else {}
        yield _excel_sheets(source, name, errors)
    elif suffix == ".zip":
        with _open_archive(source, name) as archive:
            yield _archive_sheets(archive, name)
    else:
        raise refuse(
            name,
            _("this is no workbook: it is one .xlsx, a folder of .csv files, or a .zip of them"),
        )


def _is_folder(path):
    try:
        if not path.exists():
            raise refuse(str(path), _("there is no such file or folder"))
        return path.is_dir()
    except OSError as error:
        raise refuse(str(path), _unreadable(error)) from None


def _open_file(path):
    try:
        return path.open("rb")
    except OSError as error:
        raise refuse(str(path), _unreadable(error)) from None


def _unreadable(error):
    return _("this cannot be read: %s") % error.strerror


def _check_size(file, name, max_bytes):
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if max_bytes and size > max_bytes:
        raise refuse(
            name,
            _("the file has %(size).1f MB, more than the %(most).1f MB that may be uploaded")
            % {"size": size / 1024**2, "most": max_bytes / 1024**2},
        )


# Folders and archives of CSV files


def _folder_sheets(path):
    try:
        files = sorted(each for each in path.iterdir() if _is_csv(each.name))
    except OSError as error:
        raise refuse(str(path), _unreadable(error)) from None
    if not files:
        raise refuse(str(path), _no_csv(_("the folder holds no .csv file")))
    return [Sheet(each.stem, lambda each=each: _file_rows(each), str(path)) for each in files]


def _no_csv(what):
    return _("%(what)s: a workbook has one for each table, such as members.csv") % {"what": what}


def _is_csv(name):
    """A .csv file that somebody made; not those that systems leave in folders and archives."""
    path = PurePosixPath(name)
    return path.suffix.lower() == ".csv" and not path.name.startswith((".", "~"))


def _file_rows(path):
    try:
        with path.open("rb") as file:
            yield from _csv_rows(file)
    except OSError as error:
        raise SheetError(_unreadable(error)) from None


def _archive_sheets(archive, archive_name):
    names = [each for each in archive.namelist() if _is_csv(each) and "__MACOSX" not in each]
    if not names:
        if "xl/workbook.xml" in archive.namelist():
            message = _("this is an Excel workbook: give it a name that ends in .xlsx")
        elif any(each.lower().endswith(".xlsx") for each in archive.namelist()):
            message = _("the archive holds an .xlsx: unpack it and import the .xlsx itself")
        else:
            message = _no_csv(_("the archive holds no .csv file"))
        raise refuse(archive_name, message)
    return [
        Sheet(PurePosixPath(name).stem, lambda name=name: _member_rows(archive, name), archive_name)
        for name in sorted(names)
    ]


def _member_rows(archive, name):
    try:
        with archive.open(name) as file:
            yield from _csv_rows(file)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error) as error:
        raise SheetError(_("the file in the archive is damaged: %s") % error) from error


def _csv_rows(file):
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    csv.field_size_limit(LONGEST_FIELD)
    try:
        heading = _first_lines(text)
        delimiter = max(DELIMITERS, key=lambda each: _delimits(heading, each))
        yield from csv.reader(chain(heading, text), delimiter=delimiter, strict=True)
    except UnicodeDecodeError:
        raise SheetError(
            _("the file is not UTF-8: save it as “CSV UTF-8 (comma delimited)”")
        ) from None
    except csv.Error as error:
        if "field limit" in str(error):
            message = _("a cell has more than %d characters") % LONGEST_FIELD
        else:
            message = _("this is not CSV: %s") % error
        raise SheetError(message) from None
    finally:
        text.detach()


def _first_lines(text):
    """The first line that is not blank, and those before it."""
    lines = []
    for line in text:
        lines.append(line)
        if line.strip(DELIMITERS + BLANKS) or len(lines) == MOST_BLANK_LINES:
            break
    return lines


def _delimits(lines, delimiter):
    """How well a delimiter divides a heading: into how many known columns, or columns at all.

    Names of columns have commas in them, so that the sign that is there most often may be wrong.
    """
    names = [name for row in csv.reader(lines, delimiter=delimiter) for name in row]
    return sum(fold(name) in _known_headings() for name in names), len(names)


@cache
def _known_headings():
    return {
        fold(name)
        for table in TABLES
        for column in table.columns
        for name in column_names(table.name, column.name)
    }


# Archives


@contextmanager
def _open_archive(file, name):
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise refuse(name, _(DAMAGED)) from error
    with archive:
        _check_archive(archive, name)
        yield archive


def _check_archive(archive, name):
    members = archive.infolist()
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    most = settings.IMPORT_MAX_UNPACKED_BYTES
    ratio = settings.IMPORT_MAX_UNPACKED_RATIO
    if len(members) > MOST_ARCHIVE_MEMBERS:
        message = _("the archive holds %(count)d files; at most %(most)d may be in it") % {
            "count": len(members),
            "most": MOST_ARCHIVE_MEMBERS,
        }
    elif unpacked > most:
        message = _("the archive unpacks to %(size)d MB; at most %(most)d MB are read") % {
            "size": unpacked // 1024**2,
            "most": most // 1024**2,
        }
    elif unpacked > max(HARMLESS_BYTES, ratio * packed):
        message = _(
            "the archive unpacks to more than %(ratio)d times its size, which no real one does"
        ) % {"ratio": ratio}
    elif any(member.flag_bits & 0x1 for member in members):
        message = _("the archive has a password: take it off")
    elif any(_is_path_trick(member.filename) for member in members):
        message = _("the archive holds files with a path out of it")
    else:
        return
    raise refuse(name, message)


def _is_path_trick(member_name):
    path = PurePosixPath(member_name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0]


def _test_members(archive, name):
    """Unpack everything once, so that what is read next is whole and as large as it states.

    Returns the names of the files in which cells may hold an error, if they are sheets.
    """
    marked = set()
    try:
        for member in archive.infolist():
            near = NearCells()
            with archive.open(member) as file:
                tail = b""
                while chunk := file.read(CHUNK_BYTES):
                    near.feed(chunk)
                    if any(mark in tail + chunk for mark in ERROR_MARKS):
                        marked.add(member.filename)
                    tail = chunk[-LONGEST_MARK:]
            if not near.close():
                with archive.open(member) as file:
                    find_far_cell(file)
    except FarCell as place:
        message = _("a value stands at %s, far from all others: no table reaches so far")
        raise refuse(name, message % place) from None
    except expat.ExpatError:
        raise refuse(name, _(DAMAGED)) from None
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zlib.error):
        raise refuse(name, _(DAMAGED)) from None
    return marked


# Excel


def _excel_sheets(file, name, errors):
    """`errors` is {sheet: {row: {column: ErrorCell}}}, both counted from 0."""
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
    except CalamineError as error:
        raise refuse(name, _("the file is no Excel workbook: %s") % error) from error
    sheets = [
        Sheet(
            each.name,
            lambda each=each: _excel_rows(workbook, each.name, errors.get(each.name)),
            name,
        )
        for each in workbook.sheets_metadata
        if each.typ == SheetTypeEnum.WorkSheet
    ]
    if not sheets:
        raise refuse(name, _("there is no sheet in it"))
    return sheets


def _excel_rows(workbook, name, errors):
    try:
        sheet = workbook.get_sheet_by_name(name)
        # Rows are given from the first on, columns are not.
        before = [""] * (sheet.start[1] if sheet.start else 0)
        if not errors and not before:
            yield from sheet.iter_rows()
            return
        for number, row in enumerate(sheet.iter_rows()):
            row = before + row
            for column, error in (errors or {}).get(number, {}).items():
                row[column] = error
            yield row
    except CalamineError as error:
        raise SheetError(_("the sheet cannot be read: %s") % error) from error


def _find_error_cells(archive, name, marked):
    """{sheet: {row: {column: ErrorCell}}} of the sheets whose files are `marked`."""
    try:
        found, left = {}, MOST_ERROR_CELLS
        # A sheet's file is where the workbook says, in capitals or not.
        files = {each.lower(): each for each in marked}
        for sheet, member in _sheet_members(archive):
            if member.lower() in files:
                with archive.open(files[member.lower()]) as file:
                    scan = _ErrorScan(left)
                    scan.read(file)
                found[sheet] = scan.found
                left = scan.left
    except (ElementTree.ParseError, expat.ExpatError, KeyError, ValueError):
        raise refuse(name, _(DAMAGED)) from None
    except _TooManyErrors:
        message = _("more than %d cells hold an Excel error such as #N/A: correct the formulas")
        raise refuse(name, message % MOST_ERROR_CELLS) from None
    return found


def _sheet_members(archive):
    """(sheet, name of its file in the archive) of all sheets."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if _plain(element.tag) == "sheet":
            relation = next((value for key, value in element.items() if key.endswith("}id")), "")
            path = posixpath.normpath(posixpath.join("/xl", targets[relation].replace("\\", "/")))
            yield element.get("name"), path.lstrip("/")


def _plain(tag):
    """The name of an XML element without its namespace."""
    return re.split("[}:]", tag)[-1]


class _TooManyErrors(Exception):
    pass


class _ErrorScan:
    """Finds the cells of a sheet's XML that hold an error; at most `left` of them."""

    def __init__(self, left):
        self.left = left
        self.found = {}
        self._row, self._column = -1, -1
        self._is_error = False
        self._text = None

    def read(self, file):
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add_text
        parser.EntityDeclHandler = self._refuse_entity
        parser.ParseFile(file)

    def _start(self, tag, attributes):
        tag = _plain(tag) if ":" in tag else tag
        if tag == "c":
            place = CELL_PLACE.fullmatch(attributes.get("r", ""))
            self._column = column_number(place[1]) if place else self._column + 1
            self._is_error = attributes.get("t") == "e"
            if self._is_error:
                self._row = int(place[2]) - 1 if place else self._row
                self._keep(ErrorCell(""))
        elif tag == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column, self._is_error = -1, False
        elif tag == "v" and self._is_error:
            self._text = ""

    def _end(self, tag):
        if self._text is not None:
            self._keep(ErrorCell(self._text.strip()))
            self._text = None

    def _add_text(self, text):
        if self._text is not None:
            self._text += text

    def _keep(self, error):
        cells = self.found.setdefault(self._row, {})
        self.left -= self._column not in cells
        if self.left < 0:
            raise _TooManyErrors
        cells[self._column] = error

    def _refuse_entity(self, *declaration):
        raise ValueError("a sheet declares no entities")
