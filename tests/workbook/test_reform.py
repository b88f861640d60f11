"""The reform of 2025 in a province of 3,000 branches, by the import of one file."""

import csv
import json
import re
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from assignments.models import Assignment
from branches.models import Meeting, Member, Organization, Placement, Succession
from evaluations.models import Rating
from evaluations.reports import REPORTS
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from workbook.importing import import_workbook
from workbook.reform import generate_reform

BRANCHES = 3000
YEAR, BEFORE, EVE, DAY = 2024, date(2024, 12, 31), date(2025, 6, 30), date(2025, 7, 1)
TODAY = date(2026, 7, 1)
TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')

# Pages of the day before the reform: (route, argument, what the address adds).
PAGES = (
    ("evaluations:board", None, f"&year={YEAR}"),
    ("branches:organizations", None, ""),
    ("branches:organization", "commune", ""),
    ("branches:organization", "branch", ""),
    ("branches:members", None, ""),
    ("branches:meetings", None, ""),
    ("branches:meeting", "meeting", ""),
    ("assignments:assignments", None, ""),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reform")
    generate_reform(branches=BRANCHES, members=2, output=folder)
    return folder


def test_the_same_numbers_give_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        generate_reform(branches=30, members=2, output=tmp_path / name)
    one, two = (
        {file.relative_to(tmp_path / name): file.read_bytes() for file in _files(tmp_path / name)}
        for name in ("one", "two")
    )
    assert one == two


def test_the_command_writes_both_workbooks(tmp_path):
    call_command(
        "generate_data", reform=30, members=2, output=str(tmp_path / "x"), stdout=StringIO()
    )
    rows = list(csv.DictReader((tmp_path / "x/reform/successions.csv").open(encoding="utf-8")))
    assert {row["successor_code"] for row in rows} == {"N001"}
    assert len(rows) == 3


@pytest.mark.django_db
def test_last_year_stays_as_it_was_and_nobody_is_lost(folder):
    times = {}
    _import(folder / "before", times)
    province = Organization.objects.get(code="P")
    roll_up_inline(province, year=YEAR, at=datetime(2025, 1, 20, tzinfo=UTC))
    client = _board(province)
    said, counts = everything_said(client), everybody(province)
    placed = {
        each: Member.objects.in_organization(province, on=each).count() for each in (EVE, DAY)
    }
    report = _import(folder / "reform", times)
    assert report.warnings == []
    assert report.tables["organizations"].created == BRANCHES // 10 // 3
    assert times["reform"] < 60  # about 3 on a machine of its own
    assert everything_said(client) == said
    assert everybody(province) == counts
    assert placed[DAY] == Member.objects.in_organization(province, on=DAY).count() > BRANCHES * 1.9
    assert placed[EVE] == Member.objects.in_organization(province, on=EVE).count()
    _check_today(province)


def _check_today(province):
    """The tree of today: no districts, communes by threes, every branch below one of them."""
    here = Organization.objects.below(province, on=TODAY).valid_on(TODAY)
    kinds = {kind: here.filter(kind=kind).count() for kind in here.values_list("kind", flat=True)}
    assert kinds["grassroots_committee"] == BRANCHES // 10 // 3
    assert "district" not in kinds
    assert kinds["branch"] == BRANCHES + 20  # and those of the districts' offices
    assert Succession.objects.filter(on=DAY).count() == BRANCHES // 10
    below_new = Placement.objects.filter(
        validity__contains=DAY, parent__validity__startswith=DAY, organization__kind="branch"
    )
    # They began long before the parent under which they stand now.
    assert below_new.filter(organization__validity__startswith=None).count() == BRANCHES
    # What is asked as of the day itself is answered otherwise: the comparison is of something.
    said = [json.loads(_report("coverage", "D001", on=day)) for day in (BEFORE, EVE, DAY)]
    assert [each["branches"] for each in said] == [151, 151, 0]
    ended = Assignment.objects.filter(validity__endswith=DAY)
    again = Assignment.objects.filter(validity__startswith=DAY)
    assert (ended.count(), again.count()) == (700, 500)


def everything_said(client):
    """Ratings, board, rosters and every report as of the last day of the year before."""
    said = {"ratings": _ratings()}
    for code in ("P", "D001"):
        organization = Organization.objects.get(code=code)
        for name in REPORTS:
            said[f"report {name} {code}"] = _report(name, code, on=BEFORE)
        rows = {
            "commune": Organization.objects.get(code="D001-X01").pk,
            "branch": Organization.objects.get(code="D001-X01-B01").pk,
            "meeting": Meeting.objects.get(code=f"D001-X01-B01-{YEAR}-12").pk,
        }
        for route, argument, more in PAGES:
            url = reverse(route, args=[rows[argument]] if argument else [])
            response = client.get(f"{url}?org={organization.pk}&on={BEFORE}{more}")
            assert response.status_code == 200, url
            said[f"{route} {argument} {code}"] = TOKENS.sub(b"", response.content)
    return said


def everybody(province):
    """Counts of all that may not get lost."""
    return {
        "members": Member.objects.count(),
        "in the province today": Member.objects.in_organization(province, on=TODAY).count(),
        "meetings": Meeting.objects.count(),
        "attendance": _count("branches_attendance"),
        "tasks": _count("assignments_task"),
        "ratings": Rating.objects.count(),
    }


def _report(name, code, *, on):
    out = StringIO()
    call_command("report", name, org=code, year=YEAR, on=on.isoformat(), format="json", stdout=out)
    return out.getvalue()


def _ratings():
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ratings.csv"
        call_command("export_ratings", org="P", year=YEAR, output=file, stdout=StringIO())
        text = file.read_text(encoding="utf-8")
    assert text.count("\n") > BRANCHES * 1.9
    return text


def _board(province):
    user = make.make_user("board")
    make.grant(user, Role.BOARD, province)
    client = Client()
    client.force_login(user)
    return client


def _import(folder, times):
    began = monotonic()
    report = import_workbook(folder, effective=DAY, reason="Sắp xếp 2025")
    times[folder.name] = monotonic() - began
    return report


def _count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return cursor.fetchone()[0]


def _files(folder):
    return list(Path(folder).rglob("*.csv"))
