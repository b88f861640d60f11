"""Who read or exported ratings stands in the log of reads."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import AccessLog, JournalEntry
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from tests.builders import grant, make_member, make_user, make_ward

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def ward():
    ward, [branch] = make_ward()
    for _number in range(3):
        make_member(branch)
    roll_up_inline(ward, year=2025, at=NOON)
    return ward


@pytest.fixture
def leader(client, ward):
    leader = make_user("leader")
    grant(leader, "leader", ward)
    client.force_login(leader)
    return leader


def logged():
    """(kind, who, whose record, of which organization, rows, note) of each row."""
    fields = ("kind", "by__username", "member__code", "organization__code", "rows", "note")
    return list(AccessLog.objects.order_by("pk").values_list(*fields))


def test_the_board(client, leader, ward):
    client.get(reverse("evaluations:board"), {"year": 2025})
    assert logged() == [("ratings_seen", "leader", None, "W", 3, "2025")]


def test_its_list_alone(client, leader, ward):
    headers = {"HX-Request": "true", "HX-Target": "list"}
    client.get(reverse("evaluations:board"), {"year": 2025, "page": 1}, headers=headers)
    assert logged() == [("ratings_seen", "leader", None, "W", 3, "2025")]


def test_one_rating(client, leader):
    rating = Rating.objects.first()
    client.get(rating.get_absolute_url())
    assert logged() == [("ratings_seen", "leader", rating.member.code, None, 1, "2025")]


def test_the_ratings_on_a_members_page(client, leader):
    member = Rating.objects.first().member
    client.get(member.get_absolute_url())
    assert logged() == [("ratings_seen", "leader", member.code, None, 1, "")]


def test_a_page_without_ratings_leaves_nothing(client, ward):
    secretary = make_user("secretary")
    grant(secretary, "administrator", ward)
    client.force_login(secretary)
    client.get(reverse("branches:organizations"))
    client.get(reverse("evaluations:board"), {"year": 2025})
    assert logged() == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_download(client, leader, kind):
    response = client.get(reverse("evaluations:ratings_download", args=[kind]), {"year": 2025})
    assert response.getvalue()
    assert logged() == [("ratings_exported", "leader", None, "W", 3, "2025")]


def test_the_commands(ward, tmp_path):
    call_command(
        "export_ratings", "--org", "W", "--year", "2025", "--output", str(tmp_path / "r.csv")
    )
    call_command("export_workbook", "--org", "W", "--output", str(tmp_path / "book.xlsx"))
    [ratings, workbook] = logged()
    assert ratings == ("ratings_exported", None, None, "W", 3, "2025")
    assert (workbook[0], workbook[3]) == ("workbook_exported", "W")
    assert workbook[4] > 0


def test_reading_is_no_change(client, leader):
    before = JournalEntry.objects.count()
    client.get(reverse("evaluations:board"), {"year": 2025})
    assert JournalEntry.objects.count() == before
