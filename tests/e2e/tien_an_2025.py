"""Tiền An's year 2016 as if it were 2025, with a tie at the cap and a discipline."""

import csv
import re
from datetime import UTC, date, datetime
from pathlib import Path

from accounts.choices import Role
from branches.models import Discipline, Member, Organization
from evaluations.services.roll_ups import roll_up_inline
from evaluations.services.schemes import load_schemes
from tests import builders as make
from workbook.services import import_workbook

CASE = Path(__file__).parents[1] / "cases" / "tien-an-2016"
YEARS = 9
YEAR = 2016 + YEARS
NOON = datetime(2026, 1, 5, 5, tzinfo=UTC)
DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
DISCIPLINED = "TA16-00294"  # of level good otherwise
BOARD, SECRETARY, LEADER = "bantochuc", "bithu", "lanhdao"


def make_tien_an(folder):
    """Import the moved case from a folder that is made in `folder`, rate it, and make who works
    on its year end. Returns the ward."""
    load_schemes()
    moved = folder / "tien-an-2025"
    moved.mkdir()
    for path in CASE.glob("*.csv"):
        if path.name != "expected_ratings.csv":
            _move(path, moved / path.name)
    import_workbook(moved, effective=date(YEAR, 12, 31))
    ward = Organization.objects.get(code="TA")
    Discipline.objects.create(
        member=Member.objects.get(code=DISCIPLINED),
        form="reprimand",
        decided_on=date(YEAR, 5, 20),
        note="Khiển trách",
    )
    roll_up(ward)
    _make_users(ward)
    return ward


def roll_up(ward):
    return roll_up_inline(ward, year=YEAR, at=NOON)


def _move(path, target):
    with path.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    for row in rows:
        for name, value in row.items():
            row[name] = _later(value) if name != "year" else str(int(value) + YEARS)
            if name.endswith("code"):
                row[name] = value
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _later(text):
    """The days in a text so many years later; a 29 February becomes the 28th."""
    return DAY.sub(
        lambda found: (
            f"{int(found[1]) + YEARS}-{found[2]}-"
            + ("28" if (found[2], found[3]) == ("02", "29") else found[3])
        ),
        text,
    )


def _make_users(ward):
    for name, role in ((BOARD, Role.BOARD), (SECRETARY, Role.SECRETARY), (LEADER, Role.LEADER)):
        make.grant(make.make_user(name), role, ward)
