"""Each case, imported, rolled up and exported by the commands, gives the expected bytes."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.workbook.sheets import write_excel
from tests.workbook.test_round_trip import by_hand, read_case

CASES = Path(__file__).parents[1] / "cases"
CASE_NAMES = sorted(path.name for path in CASES.iterdir())
pytestmark = pytest.mark.django_db


def rate(source, case, folder):
    """The bytes that the commands export for the organization and year of the case."""
    about = json.loads((CASES / case / "case.json").read_text())
    run = [f"--org={about['org']}", f"--year={about['year']}"]
    cut_off = [f"--as-of={about['as_of']}"] if about["as_of"] else []
    output = folder / "ratings.csv"
    call_command("import_workbook", str(source))
    call_command("roll_up", *run, *cut_off, "--inline")
    call_command("export_ratings", *run, f"--output={output}")
    return output.read_bytes()


def expected(case):
    return (CASES / case / "expected_ratings.csv").read_bytes()


@pytest.mark.parametrize("case", CASE_NAMES)
def test_a_folder_of_csv(case, tmp_path):
    assert rate(CASES / case, case, tmp_path) == expected(case)


@pytest.mark.parametrize("case", CASE_NAMES)
def test_one_xlsx_in_vietnamese_as_an_office_keeps_it(case, tmp_path):
    workbook = write_excel(tmp_path / "so-theo-doi.xlsx", dict(by_hand(read_case(case))))
    assert rate(workbook, case, tmp_path) == expected(case)
