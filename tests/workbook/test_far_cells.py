"""However a workbook hides a value far away, it is refused before the reader makes room for it."""

import time
import zipfile

import pytest

from workbook.far_cells import column_letters, column_number
from workbook.problems import WorkbookError
from workbook.sources import open_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
NEAR = '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c></row>'
FAR = '<row r="2"><c r="XFD2"><v>1</v></c></row>'


def write_book(path, rows, *, member="xl/worksheets/sheet1.xml", target="worksheets/sheet1.xml"):
    """A workbook whose one sheet holds `rows` as they are, in any file of the archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="members" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
            f'Type="{OFFICE}/worksheet" Target="{target}"/></Relationships>',
        )
        sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        archive.writestr(member, sheet)
    return path


def refusal(path):
    """Why the workbook is refused before a sheet of it is read; "" when it is not."""
    try:
        with open_workbook(path):
            return ""
    except WorkbookError as error:
        return str(error.problems[0])


def is_refused_as_far(path):
    return "far from all others" in refusal(path)


@pytest.mark.parametrize(
    ("member", "target"),
    [
        ("xl/worksheets/sheet1.xml", "worksheets/sheet1.xml"),
        ("xl/sheets/one.xml", "sheets/one.xml"),
        ("elsewhere/one.xml", "/elsewhere/one.xml"),
        ("xl/one.bin", "one.bin"),
        ("xl/WorkSheets/One.xml", "worksheets/one.xml"),
    ],
)
def test_wherever_the_sheet_lies(tmp_path, member, target):
    assert is_refused_as_far(
        write_book(tmp_path / "wb.xlsx", NEAR + FAR, member=member, target=target)
    )


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="XFD2" x="/>"><v>1</v></c></row>',
        '<row r="2"><c  r = "XFD2"><v>1</v></c></row>',
        "<row r=\"2\"><c r='XFD2'><v>1</v></c></row>",
        '<row r="2"><c s="1" r="AA2"><v>1</v></c></row>',
        '<row r="2"><c r="xfd2"><v>1</v></c></row>',
        f'<row r="2"><c r="XFD2"{" " * 3_000_000}><v>1</v></c></row>',
        f"<row>{'<c/>' * 26}<c><v>1</v></c></row>",
        f'<row><c r="Y2"/>{"<c/>" * 10}<c t="inlineStr"><is><t>x</t></is></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="2"><c r="A9999999"><v>1</v></c></row>',
        f'<x:row xmlns:x="{MAIN}"><x:c r="AB7"><x:v>1</x:v></x:c></x:row>',
        f"<!--{'x' * 2_000_000}-->{FAR}",
    ],
)
def test_however_its_place_is_written(tmp_path, row):
    assert is_refused_as_far(write_book(tmp_path / "wb.xlsx", NEAR + row))


def test_at_the_border_of_what_is_read_at_once(tmp_path):
    for shift in range(0, 60, 7):
        text = "x" * (1024**2 - 200 + shift)
        row = f'<row><c r="A2" t="inlineStr"><is><t>{text}</t></is></c></row>'
        assert is_refused_as_far(write_book(tmp_path / "wb.xlsx", NEAR + row + FAR)), shift


@pytest.mark.parametrize("row", ["<row><c r='XFD2'></row>", '<row r="x"><c><v>1</v></c></row>'])
def test_what_cannot_be_placed_is_damaged(tmp_path, row):
    assert "damaged" in refusal(write_book(tmp_path / "wb.xlsx", NEAR + row))


def test_empty_cells_may_be_anywhere(tmp_path):
    row = f'<row r="2"><c r="XFD2" s="1"/>{"<c/>" * 40}</row>'
    assert not is_refused_as_far(write_book(tmp_path / "wb.xlsx", NEAR + row))


def test_ordinary_sheets_are_counted_and_not_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr("workbook.sources.find_far_cell", pytest.fail)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(2, 20_000))
    started = time.monotonic()
    assert not is_refused_as_far(write_book(tmp_path / "wb.xlsx", NEAR + rows))
    assert time.monotonic() - started < 5


def test_names_of_columns():
    for letters, number in (("A", 0), ("Z", 25), ("AA", 26), ("XFD", 16_383)):
        assert column_number(letters) == number
        assert column_letters(number) == letters
