"""The figures that the press reported of each system, from its workbook."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from assignments import reviewing
from assignments.models import Assignment
from branches.models import Organization
from workbook.services import import_workbook

CASES = Path(__file__).parents[1] / "cases"
TODAY = date(2026, 1, 1)


def report(name, *options):
    out = StringIO()
    call_command("report", name, *options, "--format=json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.django_db
def test_tien_an_gives_a_quarter_of_its_members_a_task():
    import_workbook(CASES / "tien-an-2016", effective=TODAY)
    figures = report("coverage", "--org=TA", "--year=2016", "--on=2016-12-31")
    assert figures == {
        "branches": 5,
        "branches_covered": 0,
        "cadres": 0,
        "assignments": 0,
        "active_members": 336,
        "exempt_members": 59,
        "members_due": 277,
        "members_tasked": 70,
        "tasked_rate": 25.27,
    }


@pytest.mark.django_db
def test_binh_thuy_has_a_cadre_for_each_of_46_areas():
    import_workbook(CASES / "binh-thuy-2018", effective=TODAY)
    reviews = report("reviews", "--org=BT", "--year=2018")
    assert (reviews["reviewed"], reviews["excellent"]) == (46, 16)
    district = Organization.objects.get(code="BT")
    below = Organization.objects.below(district, on=date(2018, 12, 31))
    listed = reviewing.of_year(Assignment.objects.of_targets(below), year=2018)
    assert reviewing.count_levels(listed) == reviews | {"assignments": 46}
    coverage = report("coverage", "--org=BT", "--year=2018")
    assert (coverage["branches_covered"], coverage["cadres"]) == (46, 46)
    admitted = [
        row
        for row in report("indicators", "--org=BT", "--year=2018")
        if row["name"] == "Phát triển đảng viên" and row["rate"] and row["rate"] >= 100
    ]
    assert len(admitted) == 38


@pytest.mark.django_db
def test_cai_rang_has_seven_wards_three_of_them_excellent():
    import_workbook(CASES / "cai-rang-2018", effective=TODAY)
    results = report("results", "--org=CR", "--year=2018")
    assert (results["rated"], results["excellent"]) == (7, 3)
    assert report("roster", "--org=CR", "--on=2018-12-31") == {
        "positions": [{"rank": "standing_member", "held": 7}],
        "concurrent": [],
    }
