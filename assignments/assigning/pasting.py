"""Lists of assignments as people paste them from Excel, Word or a mail: text to cells.

Columns stand apart by tabs, semicolons or commas; a heading may name them in any order, in
Vietnamese or English. Without one, the first column of words is the cadre and the second the
target, and roles, days and numbers of visits are known by what they look like. Nothing is looked up
here: cells stay text, dates become dd/mm/yyyy and role and period words their keys where they are
understood, and are left as they are where not, for the form to say so.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from ..choices import AssignmentRole, VisitsPeriod

COLUMNS = ("member", "target", "role", "since", "until", "visits_due", "visits_period")
HEADINGS = {
    "member": "can bo|ho va ten|ho ten|ten|ho ten can bo|dong chi|dang vien|can bo duoc phan cong"
    "|nguoi duoc phan cong|cap uy vien|cadre|member|name|full name",
    "member_code": "so the|so the dang vien|ma dang vien|ma can bo|the dang vien|party card|card"
    "|member code|code of the cadre",
    "target": "chi bo|don vi|don vi phu trach|don vi duoc phan cong|to chuc|to chuc dang|dia ban"
    "|chi bo phu trach|khu vuc|branch|target|organization|assigned to",
    "target_code": "ma chi bo|ma don vi|ma don vi phu trach|ma to chuc|branch code|target code"
    "|organization code|org code",
    "role": "vai tro|nhiem vu|hinh thuc|role|duty",
    "since": "tu ngay|ngay|ngay dau|ngay bat dau|bat dau|hieu luc tu|ngay phan cong|tu|from|since"
    "|first day|start|date|valid from",
    "until": "den ngay|ngay cuoi|ngay ket thuc|ket thuc|hieu luc den|den|to|until|last day|end"
    "|valid to",
    "visits_due": "so lan du|so lan|phai du|lan du|du sinh hoat|visits|visits due",
    "visits_period": "ky du|ky|chu ky|period|visits period",
    "number": "stt|tt|so tt|so thu tu|no|nr|#",
}
ROLES = {
    AssignmentRole.DIRECT: "chi dao toan dien|chi dao|phu trach|truc tiep phu trach"
    "|truc tiep chi dao|direct|directs|directs the branch|directing|guides",
    AssignmentRole.ATTEND: "du sinh hoat|du hop|theo doi|tham du|attend|attends|attends meetings",
    AssignmentRole.REINFORCE: "tang cuong|ho tro|reinforce|reinforces|reinforces the branch",
    AssignmentRole.TEAM_MEMBER: "thanh vien doan|thanh vien|doan vien|thanh vien to|team member"
    "|member of the team",
    AssignmentRole.TEAM_LEADER: "truong doan|to truong|doan truong|team leader|leader",
}
PERIODS = {
    VisitsPeriod.MONTH: "thang|moi thang|hang thang|month|monthly",
    VisitsPeriod.QUARTER: "quy|moi quy|hang quy|quarter|quarterly",
    VisitsPeriod.YEAR: "nam|moi nam|hang nam|year|yearly",
}
DAY = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$")
ISO_DAY = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?$")
COMRADE = re.compile(r"^(?:đ/c|đồng chí)[.:]?\s+", re.IGNORECASE)
VISITS = re.compile(r"^(\d{1,2})(?:\s*(?:lan|visits?))?(?:\s*(?:/|moi|a|per|each)?\s*([a-z]+))?$")


def fold(text):
    """`text` as words are compared: small letters without diacritics or signs, single spaces."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    kept = "".join(
        each if each.isalnum() or each in "/#" else " " for each in plain if _shows(each)
    )
    return " ".join(kept.split())


def _shows(letter):
    return not unicodedata.combining(letter)


def _by_word(words):
    return {word: key for key, line in words.items() for word in line.split("|")}


HEADING_OF, ROLE_OF, PERIOD_OF = _by_word(HEADINGS), _by_word(ROLES), _by_word(PERIODS)


@dataclass(frozen=True)
class Pasted:
    """rows  a dict of texts a line, by COLUMNS; what a line does not say is not in it
    unread   headings of columns that say nothing about an assignment; without a heading the first
             cell of each column that was not understood
    """

    rows: list[dict[str, str]]
    unread: list[str] = field(default_factory=list)


def read_pasted(text, *, column=0):
    """The rows of a pasted list; `column` is the place in COLUMNS that the list was pasted at."""
    lines = _lines(text)
    if not lines:
        return Pasted([])
    if names := _heading(lines[0]):
        unread = [
            cell for cell, name in zip(lines[0], names, strict=False) if not name and cell.strip()
        ]
        lines = lines[1:]
    else:
        names = list(COLUMNS[column:]) if column else _guess(lines)
        unread = _nameless(names, lines)
    return Pasted([_row(names, line) for line in lines], unread)


def _lines(text):
    """Lists of cells, without empty lines; a cell in quotes may hold line breaks."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    cells = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    lines = [[" ".join(cell.split()) for cell in line] for line in cells]
    return [line for line in lines if any(line)]


def _delimiter(text):
    if "\t" in text:
        return "\t"
    lines = [line for line in text.splitlines() if line.strip()]
    return ";" if 2 * sum(";" in line for line in lines) >= len(lines) > 0 else ","


def _heading(cells):
    """The name of each column when the line is a heading, else None."""
    names = [HEADING_OF.get(fold(cell)) for cell in cells]
    known = [name for name in names if name]
    filled = sum(bool(cell) for cell in cells)
    if not known or 2 * len(known) < filled or any(_day(cell) for cell in cells):
        return None
    # Of two columns of one name the first counts.
    return [name if name not in names[:place] else None for place, name in enumerate(names)]


def _guess(lines):
    """The name of each column of a list without a heading, by what stands in it."""
    width = max(map(len, lines))
    names, free = [], ["member", "target"]
    for place in range(width):
        cells = [line[place] for line in lines if place < len(line) and line[place]]
        name = _kind(cells, lines, place)
        if name == "since" and "since" in names:
            name = "until"
        if name is None and free and cells:
            name = free.pop(0)
        elif name is None and any(map(_role, cells)):
            name = "role"  # few are understood, but it can be nothing else
        names.append(name if name not in names else None)
    return names


def _nameless(names, lines):
    """The first cell of each column that has no name: so that nothing is left out in silence."""
    first = {}
    for line in lines:
        for place, cell in enumerate(line):
            if cell and (place >= len(names) or not names[place]):
                first.setdefault(place, cell)
    return [first[place] for place in sorted(first)]


def _kind(cells, lines, place):
    if place == 0 and len(lines) > 1 and _counts(cells):
        return "number"
    for name, read in (
        ("since", _day),
        ("role", _role),
        ("visits_due", _visits),
        ("visits_period", _period),
    ):
        # Most of them: one that is written wrong is told in its cell, and not taken for a name.
        if cells and 2 * sum(read(cell) is not None for cell in cells) > len(cells):
            return name
    return None


def _counts(cells):
    return cells == [str(number) for number in range(1, len(cells) + 1)]


def _row(names, cells):
    said = {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}
    row = {name: said[name] for name in COLUMNS if name in said}
    if "member" in row:
        row["member"] = COMRADE.sub("", row["member"])
    for name in ("member", "target"):
        if code := said.get(f"{name}_code"):
            row[name] = f"{row[name]} ({code})" if name in row else code
    for name, read in (
        ("since", _day),
        ("until", _day),
        ("role", _role),
        ("visits_period", _period),
    ):
        if name in row:
            row[name] = read(row[name]) or row[name]
    if visits := _visits(row.get("visits_due", "")):
        row["visits_due"], each = visits
        if each:
            row["visits_period"] = each
    return row


def _day(text):
    """dd/mm/yyyy of a day in any of the ways it is written; None for what is none."""
    if found := DAY.match(text.strip()):
        day, month, year = found.groups()
    elif found := ISO_DAY.match(text.strip()):
        year, month, day = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day)).strftime("%d/%m/%Y")
    except ValueError:
        return None


def _role(text):
    if text in AssignmentRole.values:
        return text
    role = ROLE_OF.get(fold(text))
    return role and role.value


def _period(text):
    each = PERIOD_OF.get(fold(text))
    return each and each.value


def _visits(text):
    """(number, key of the period or "") of "2", "2 lần", "2/tháng"; None for what is none."""
    found = VISITS.match(fold(text))
    if not found:
        return None
    number, word = found.groups()
    if word and word not in PERIOD_OF:
        return None
    return number, (_period(word) if word else "")
