"""docs/workbook.md and headings.json tell of every table, column and value there is."""

import re

import pytest
from django.conf import settings

from workbook.cells import Choice
from workbook.headings import column_names, fold, table_names, value_names
from workbook.tables import TABLES

PAGE = (settings.BASE_DIR / "docs" / "workbook.md").read_text(encoding="utf-8")
DESCRIBED = dict(re.findall(r"^\| (\w+)(?: \+)? \| (.*) \|$", PAGE, re.MULTILINE))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_described(table):
    described = DESCRIBED[table.name]
    for column in table.columns:
        assert re.search(rf"\b{column.name}\b", described), column.name
        if isinstance(column.cell, Choice) and column.name not in ("kind", "person_class"):
            assert all(key in described for key in column.cell.names)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_name_means_one_thing(table):
    assert len(table_names(table.name)) == 2
    assert len(table_names(table.name)[1]) <= 31  # what Excel allows for a sheet
    meanings = {}
    for column in table.columns:
        names = column_names(table.name, column.name)
        assert len(names) > 1, column.name
        for name in names:
            assert meanings.setdefault(fold(name), column.name) == column.name
        if isinstance(column.cell, Choice):
            assert set(column.cell.names) <= set(value_names(table.name, column.name))


def test_no_two_tables_share_a_name():
    names = [fold(name) for table in TABLES for name in table_names(table.name)]
    assert len(names) == len(set(names))


def test_tables_refer_only_to_tables_before_them():
    known = set()
    for table in TABLES:
        known.add(table.name)
        assert {column.to for column in table.references} <= known
