"""What somebody wrote is never a formula in a file that somebody else opens in Excel.

A workbook's text that begins as a formula gets an apostrophe, which an import takes off again. The
ratings, which hold no free text, need none.
"""

import csv
import re
import zipfile

import pytest
from django.db import IntegrityError, transaction
from django.test import SimpleTestCase

from branches.masking import mask_code
from branches.models import Member, Organization
from evaluations.exports import COLUMNS
from evaluations.models import Rating
from tests.builders import make_member
from workbook.services import export_workbook

from .sheets import TODAY, sheets, take, take_tables

FORMULAS = (
    '=HYPERLINK("http://evil.example";"x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "=cmd|'/c calc'!A0",
)
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.django_db
@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("name", ["out.xlsx", "out.zip"])
def test_texts_stay_texts(tmp_path, formula, name):
    tables = sheets()
    tables["members"][1][1] = formula
    take_tables(tmp_path, tables)
    path = tmp_path / name
    export_workbook(Organization.objects.get(code="D"), output=path, on=TODAY)
    with zipfile.ZipFile(path) as archive:
        files = {each: archive.read(each).decode() for each in archive.namelist()}
    for file, text in files.items():
        assert not re.search("<f[ >]|<hyperlink", text), file
        for cell in re.split(r"[<>]", text) if name.endswith(".xlsx") else _cells(text):
            assert not cell.startswith(("=", "+", "@")) or file.endswith(".rels"), (file, cell)
    take(path)
    assert Member.objects.filter(full_name=formula).count() == 1


def _cells(text):
    return [cell for row in csv.reader(text.splitlines()) for cell in row]


@pytest.mark.django_db
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_code_begins_as_a_formula_does(beginning):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_member(code=f"{beginning}1")


class RatingsTests(SimpleTestCase):
    def test_the_columns_of_ratings_hold_codes_choices_and_numbers_alone(self):
        for path in COLUMNS.values():
            name = path.split("__")[-1]
            if path.endswith("__code"):
                continue
            field = Rating._meta.get_field(name)
            assert field.choices or "Char" not in field.get_internal_type(), name

    def test_a_masked_code_begins_with_no_sign_of_a_formula(self):
        for code in ("M1", "123456", "A", "0-1"):
            assert not mask_code(code).startswith(BEGINNINGS)
