"""A workbook of long sheets: what was put in is what a reader finds."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl

from evaluations.papers.sheets import CELL_CHARACTERS, TOLD_ROWS, write_sheets


def read(sheets, **options):
    file = io.BytesIO()
    write_sheets(file, sheets, **options)
    return openpyxl.load_workbook(file)


def test_every_row_of_every_sheet():
    many = 2 * TOLD_ROWS + 3
    told = []
    sheets = {
        "Một": (["Số", "Tên"], ([number, f"M{number}"] for number in range(many))),
        "Hai": (["Số"], []),
        "Ba": (["Số"], [[7]]),
    }
    book = read(sheets, tell=told.append)
    assert book.sheetnames == ["Một", "Hai", "Ba"]
    rows = list(book["Một"].values)
    assert rows == [("Số", "Tên"), *((number, f"M{number}") for number in range(many))]
    assert list(book["Hai"].values) == [("Số",)]
    assert list(book["Ba"].values) == [("Số",), (7,)]
    assert told == [TOLD_ROWS, 2 * TOLD_ROWS, many, many, many + 1]
    assert book["Một"].freeze_panes == "A2"
    assert book["Một"]["A1"].font.b


def test_a_reader_that_goes_by_the_extent_finds_all():
    file = io.BytesIO()
    write_sheets(file, {"Một": (["Số"], [[number] for number in range(9)])})
    book = openpyxl.load_workbook(file, read_only=True)
    assert len(list(book["Một"].values)) == 10


def test_values_and_how_they_look():
    late = datetime(2025, 12, 31, 18, tzinfo=UTC)  # in Vietnam it is the next day
    row = [date(2025, 1, 5), late, Decimal("88.50"), 3, 1, "", None, "Ánh"]
    sheet = read({"Một": (["…"], [row])})["Một"]
    assert [cell.value for cell in sheet[2]] == [
        datetime(2025, 1, 5),
        datetime(2026, 1, 1, 1),
        88.5,
        3,
        1,
        None,
        None,
        "Ánh",
    ]
    formats = [cell.number_format for cell in sheet[2]][:4]
    assert formats == ["dd/mm/yyyy", "dd/mm/yyyy", "0.00", "General"]


def test_any_text_stays_text():
    texts = ["=1+1", "<b>&", " đầu", "cuối ", "hai\ndòng", '"', "_x0041_", "a" * 40_000]
    sheet = read({"Một": (["…"], [texts])})["Một"]
    found = [cell.value for cell in sheet[2]]
    assert found[:6] == texts[:6]
    assert sheet["A2"].data_type == "s"
    assert found[7] == "a" * CELL_CHARACTERS


def test_what_a_sheet_cannot_hold_is_written_as_a_sheet_has_it():
    sheet = read({"Một": (["…"], [["a\x0bb", "_x0041_"]])})["Một"]
    assert [cell.value for cell in sheet[2]] == ["a_x000B_b", "_x005F_x0041_"]
