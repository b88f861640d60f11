"""Lists of tasks as people paste them from Excel or Word: text to rows of the form.

Columns stand apart by tabs, or by semicolons. A heading may name them in any order, in Vietnamese
or English; without one they are: what is to be done, quantity, unit, due day, weight, category.
Cells stay text: the form says what it does not understand.
"""

import csv
import io

from ..assigning.pasting import fold

COLUMNS = ("title", "quantity", "measure", "due_on", "weight", "category")
HEADINGS = {
    "title": "phan viec|noi dung|noi dung phan viec|ten phan viec|cong viec|nhiem vu|viec"
    "|dang ky|noi dung dang ky|what is to be done|task|title",
    "quantity": "so luong|chi tieu|muc tieu|khoi luong|target quantity|quantity|target",
    "measure": "don vi tinh|dvt|dv tinh|unit",
    "due_on": "thoi han|han|han hoan thanh|ngay hoan thanh|thoi gian hoan thanh|due on|due"
    "|deadline",
    "weight": "trong so|he so|weight",
    "category": "nhom|linh vuc|loai|nhom viec|category",
    "place": "noi thuc hien|chi bo|don vi|khu vuc|dia ban|where|place|branch",
    "number": "stt|tt|so tt|no|nr",
}
HEADING_OF = {word: name for name, line in HEADINGS.items() for word in line.split("|")}
MOST_TEXT = 100_000


def read_tasks(text, *, places):
    """Rows as the lines of the form begin with, of a pasted list. places: a Places, whose names
    are looked for in the column that says where."""
    lines = _lines(text[:MOST_TEXT])
    names = _heading(lines[0]) if lines else None
    if names:
        lines = lines[1:]
    rows = [_row(names or _columns(lines), line) for line in lines]
    by_name = _names(places)
    for row in rows:
        where = by_name.get(fold(row.pop("place", "")))
        row["place"] = where or (next(iter(places.found)) if len(places.found) == 1 else "")
        row.setdefault("weight", "1")
    return [row for row in rows if row.get("title")]


def _lines(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = "\t" if "\t" in text or ";" not in text else ";"
    cells = csv.reader(io.StringIO(text), delimiter=delimiter)
    lines = [[" ".join(cell.split()) for cell in line] for line in cells]
    return [line for line in lines if any(line)]


def _heading(cells):
    """The name of each column when the line is a heading, else None."""
    names = [HEADING_OF.get(fold(cell)) for cell in cells]
    return names if "title" in names else None


def _columns(lines):
    """Without a heading; a first column that counts the rows says nothing."""
    counts = len(lines[0]) > 1 and all(line[0].rstrip(".").isdecimal() for line in lines)
    return (["number"] if counts else []) + list(COLUMNS)


def _row(names, cells):
    pairs = zip(names, cells, strict=False)
    return {name: cell for name, cell in pairs if name and name != "number" and cell}


def _names(places):
    """{name or code of a place: its key}, as far as one key alone goes by it."""
    found = {}
    for key, (_assignment, organization) in places.found.items():
        for name in {fold(str(organization)), fold(organization.name), fold(organization.code)}:
            found[name] = "" if name in found else key
    return found
