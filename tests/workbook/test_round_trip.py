"""Every case goes out as it came in: as CSV and xlsx, in English and Vietnamese."""

import csv
import json
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from branches.models import Organization
from workbook.headings import column_names, table_names, value_names
from workbook.services import export_workbook
from workbook.staging import find_table

from .sheets import CASES, TODAY, database_of_its_own, export_bytes, take, write_excel

pytestmark = pytest.mark.django_db
CASE_NAMES = sorted(path.name for path in CASES.iterdir())


def organization_of(case):
    return json.loads((CASES / case / "case.json").read_text())["org"]


def read_case(case):
    """{table: rows} of the files of a case."""
    return {
        file.stem: list(csv.reader(file.open(encoding="utf-8", newline="")))
        for file in (CASES / case).glob("*.csv")
        if find_table(file.stem)
    }


def exports_of(source, folder, code):
    """What a database that holds only `source` gives."""
    with database_of_its_own():
        take(source)
        return export_bytes(folder, code)


@pytest.mark.parametrize("case", CASE_NAMES)
def test_export_and_import_give_the_same_bytes(case, tmp_path):
    code = organization_of(case)
    with database_of_its_own():
        take(CASES / case)
        first = export_bytes(tmp_path / "first", code)
        report = take(tmp_path / "first")
        assert not report.has_changes
        organization = Organization.objects.get(code=code)
        export_workbook(organization, on=TODAY, output=tmp_path / "vi.xlsx", vi=True)
        export_workbook(organization, on=TODAY, output=tmp_path / "en.zip")
    assert exports_of(tmp_path / "first", tmp_path / "second", code) == first
    for name in ("vi.xlsx", "en.zip"):
        assert (
            exports_of(
                tmp_path / name, tmp_path / f"from-{Path(name).stem}-{Path(name).suffix[1:]}", code
            )
            == first
        )


def by_hand(tables):
    """The tables as an office keeps them: Vietnamese names in any case, with or without
    diacritics, days and numbers as they are written there, some days as Excel knows them."""
    for name, (heading, *rows) in tables.items():
        titles = [column_names(name, column)[-1].upper() for column in heading]
        told = [
            [in_words(name, column, cell) for column, cell in zip(heading, row, strict=True)]
            for row in rows
        ]
        yield unaccented(table_names(name)[1]), [titles, *told]


def unaccented(text):
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def in_words(table, column, cell):
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        day = date.fromisoformat(cell)
        return day if day.day % 2 else f" {day.day}/{day.month}/{day.year}"
    if column in ("grassroots", "confirmed") and cell:
        return {"1": "x", "0": "Không"}[cell]
    if re.fullmatch(r"\d+\.\d+", cell):
        return cell.replace(".", ",")
    try:
        return value_names(table, column).get(cell, cell).lower()
    except KeyError:
        return cell


@pytest.mark.parametrize("case", CASE_NAMES)
def test_a_workbook_kept_by_hand_gives_the_same(case, tmp_path):
    code = organization_of(case)
    expected = exports_of(CASES / case, tmp_path / "case", code)
    workbook = write_excel(tmp_path / "tay.xlsx", dict(by_hand(read_case(case))))
    assert exports_of(workbook, tmp_path / "by-hand", code) == expected
