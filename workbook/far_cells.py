"""Values far from all others in a sheet of Excel, found before the sheet is read.

The reader makes room for every cell up to the last one: a value far away, which a few bytes can
state, takes all memory. A sheet may lie anywhere in its archive and write the places of its cells
in several ways, so every file with the data of a sheet is looked at. Spreadsheet programs all begin
a cell with its place: as long as every cell does so and is near, counting is enough, at the pace of
unpacking. Otherwise the file is parsed, and each value placed as the reader would.
"""

import re
from xml.parsers import expat

LAST_COLUMN = 25  # Z, counted from 0: no table has so many
MOST_ROWS = 1_048_576
DATA = b"sheetData"
CELL = re.compile(rb"<(?:[^\s<>/:]*:)?c(?=[\s/>])")
NEAR_CELL = re.compile(
    rb'<(?:[^\s<>/:]*:)?c r="[A-Z](?:[0-9]{1,6}|10[0-3][0-9]{4}|104[0-7][0-9]{3})"'
)
LONGEST_TEXT = 1024**2  # bytes that may stand between two tags before they count as one part
PLACE = re.compile("([A-Z]+)([0-9]+)")
VALUES = {"v", "is", "f"}


class FarCell(Exception):
    """A value stands far from all others; the message is where: a column, or "row 9999999"."""


class NearCells:
    """Counts, in the bytes of a file as they come, whether all cells of a sheet are near."""

    def __init__(self):
        self.is_sheet = False
        self._cells, self._near = 0, 0
        self._rest = b""

    def feed(self, chunk):
        data = self._rest + chunk
        self.is_sheet = self.is_sheet or DATA in data
        cut = data.rfind(b"<")
        if cut < 0 or len(data) - cut > LONGEST_TEXT:
            cut = len(data)
        self._count(data[:cut])
        self._rest = data[cut:]

    def close(self):
        """Whether there is no sheet in the file, or one whose cells are all near."""
        self._count(self._rest)
        return not self.is_sheet or self._cells == self._near

    def _count(self, data):
        self._cells += len(CELL.findall(data))
        self._near += len(NEAR_CELL.findall(data))


def find_far_cell(file):
    """Parse a sheet and raise FarCell for the first value that is far.

    Raises expat.ExpatError or ValueError for what is no XML of a sheet.
    """
    places = _Places()
    parser = expat.ParserCreate()
    parser.StartElementHandler = places.start
    parser.EntityDeclHandler = places.refuse_entity
    parser.ParseFile(file)


class _Places:
    """Where each value stands. A cell or row that does not say follows the one before."""

    def __init__(self):
        self._row, self._column = -1, -1

    def start(self, tag, attributes):
        tag = tag.rpartition(":")[2]
        if tag == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif tag == "c":
            self._place(attributes.get("r"))
        elif tag in VALUES:
            self._check()

    def _place(self, stated):
        if stated is None:
            self._column += 1
            return
        place = PLACE.fullmatch(stated.upper())
        if place is None:
            raise ValueError(f"no place of a cell: {stated[:40]}")
        self._column, self._row = column_number(place[1]), int(place[2]) - 1

    def _check(self):
        if self._column > LAST_COLUMN:
            raise FarCell(column_letters(self._column))
        if self._row >= MOST_ROWS:
            raise FarCell(f"row {self._row + 1}")

    def refuse_entity(self, *declaration):
        raise ValueError("a sheet declares no entities")


def column_number(letters):
    """The number, from 0, of the column that a spreadsheet names so."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def column_letters(number):
    """The name of a column by its number, from 0."""
    letters, number = "", number + 1
    while number:
        number, last = divmod(number - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters
