"""Pages of the organizations of a cycle."""

import csv
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from evaluations.models import (
    OrganizationAppraisal,
    OrganizationDecision,
    OrganizationPlaces,
    OrganizationRating,
)
from evaluations.templatetags.ratings import short_level
from tests import builders as make
from tests import year_end
from tests.evaluations.organization_worlds import (
    appraisal_of,
    decide_members,
    decide_on,
    make_scheme,
    suggest,
)
from tests.evaluations.test_organization_ratings import CAPPED, make_excellent
from tests.pages import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client):
    """A ward with six branches that come to excellent together; the reader decides everywhere."""
    world = year_end.open_small_cycle(units=1, branches=6, members=1)
    make_excellent(world)
    decide_members(world)
    client.force_login(world.by)
    return world


@pytest.fixture
def suggested(world):
    suggest(world, scheme=make_scheme(**CAPPED))
    return world


def url(name, *args):
    return reverse(f"evaluations:{name}", args=args)


def ids_of(world, *organizations):
    rows = world.cycle.organizations.filter(organization__in=organizations)
    return list(rows.values_list("pk", flat=True))


def test_the_board_begins_with_the_suggestion(world, client):
    board = url("cycle_organizations", world.cycle.pk)
    assert not client.get(board).context["pictures"]
    scheme = make_scheme(**CAPPED)
    client.post(url("cycle_organizations_suggest", world.cycle.pk), {"scheme": scheme.pk})
    response = client.get(board)
    assert response.context["round"].scheme == scheme
    by_committee, by_kind = response.context["pictures"]
    [ward, district] = [bar for bar, _address in by_committee["bars"]][::-1]
    assert (district.of, district.waiting) == (world.district, 1)
    assert (ward.of, ward.open, ward.suggested["good"]) == (world.units[0], 6, 6)
    assert by_committee["chart"]["places"] == [0, 1]
    kinds = [(bar.of, bar.organizations, bar.places) for bar, _address in by_kind["bars"]]
    assert kinds == [("grassroots_committee", 1, 0), ("branch", 6, 1)]
    assert response.context["totals"].open == 6


def lines_of(client, address):
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.reader(text.splitlines()))


def test_the_file_has_the_rows_and_values_of_the_list(suggested, client):
    decide_on(suggested, suggested.branches[0], level="completed", reason="=Lỗi")
    page = client.get(url("cycle_organizations", suggested.cycle.pk), {"note": "differs"})
    csv_file, xlsx_file = [each["url"] for each in page.context["downloads"]]
    _heading, row = lines_of(client, csv_file)
    with translation.override("vi"):
        decided = str(short_level("completed"))
    assert (row[0], row[8], row[10]) == (suggested.branches[0].code, decided, "'=Lỗi")
    book = load_workbook(BytesIO(b"".join(client.get(xlsx_file).streaming_content)))
    assert [cell.value for cell in book.active[2]][8] == decided
    everything = url("cycle_organizations_file", suggested.cycle.pk, "csv")
    assert len(lines_of(client, everything)) == 1 + 7
    assert client.get(everything.replace("csv", "pdf")).status_code == 404


def test_levels_are_sorted_best_first_and_found_by_name(suggested, client):
    decide_on(suggested, suggested.branches[0], level="good")
    decide_on(suggested, suggested.branches[1], level="excellent")
    board = url("cycle_organizations", suggested.cycle.pk)
    table = client.get(board, {"sort": "decided"}).context["table"]
    decided = [row.record.decided_level for row in table.rows]
    assert decided == ["excellent", "good", "", "", "", "", ""]
    found = client.get(board, {"q": suggested.branches[2].code}).context["table"]
    assert [row.record.organization for row in found.rows] == [suggested.branches[2]]


def test_years_are_compared_by_what_was_decided_or_else_suggested(suggested, client):
    first, second, *_others = suggested.branches
    year = suggested.cycle.year
    OrganizationRating.objects.create(organization=first, year=year - 1, level="failed")
    OrganizationRating.objects.create(organization=second, year=year - 6, level="failed")
    decide_on(suggested, first, level="excellent")
    page = client.get(url("cycle_organizations_years", suggested.cycle.pk))
    before, now = page.context["counts"]
    assert (before.year, before.levels["failed"], before.not_rated) == (year - 1, 1, 6)
    assert (now.levels["excellent"], now.levels["good"], now.decided) == (1, 5, 1)
    assert sum(now.levels.values()) + now.not_rated == 7
    rows = {row.record.organization: list(row.cells) for row in page.context["table"].rows}
    assert "level-failed" in rows[first][2]
    assert "level-excellent" in rows[first][3]
    assert "<small>" in rows[second][3]


def test_the_page_says_why_the_highest_organization_is_not_in_its_list(suggested, client):
    board = url("cycle_organizations", suggested.cycle.pk)
    assert client.get(board).context["own_rating"] is None
    year = suggested.cycle.year
    OrganizationRating.objects.create(organization=suggested.district, year=year, level="good")
    assert client.get(board).context["own_rating"].level == "good"


def test_the_board_costs_as_many_queries_for_more_organizations(suggested, client):
    board = url("cycle_organizations", suggested.cycle.pk)
    client.get(board)
    few = count_queries(client, board)
    decide_on(suggested, *suggested.branches)
    assert count_queries(client, board) <= few
    assert few <= 26


def test_those_ticked_are_decided_on_or_the_page_asks_for_what_is_missing(suggested, client):
    address = url("cycle_organizations_decide", suggested.cycle.pk)
    values = {"ids": ids_of(suggested, *suggested.branches[:2]), "decided_on": "2026-01-06"}
    response = client.post(address, values | {"level": "suggested"})
    assert response.status_code == 200
    assert "reason" in response.context["form"].errors
    response = client.post(address, values | {"level": "suggested", "reason": "Đã xem xét"})
    assert response.status_code == 302
    assert OrganizationDecision.objects.count() == 2
    response = client.post(address, values | {"level": "excellent", "reason": "Thành tích"})
    assert "level" in response.context["form"].errors
    client.post(address, values | {"level": "take_back", "reason": "Nhầm"})
    assert not OrganizationAppraisal.objects.decided().exists()


def test_nobody_decides_on_what_another_committee_decides(suggested, client):
    leader = make.make_user()
    make.grant(leader, "leader", suggested.branches[0])
    client.force_login(leader)
    values = {"ids": ids_of(suggested, suggested.branches[0]), "level": "good"}
    address = url("cycle_organizations_decide", suggested.cycle.pk)
    response = client.post(address, values | {"decided_on": "2026-01-06", "reason": "x"})
    assert not response.context["rows"]
    assert not OrganizationDecision.objects.exists()


def test_one_organization_is_explained(suggested, client):
    row = appraisal_of(suggested, suggested.branches[0])
    response = client.get(url("cycle_organization", row.pk))
    explanation = response.context["explanation"]
    assert sum(line.points for line in explanation.lines if line.points is not None) == row.score
    [chosen] = [rung for rung in explanation.rungs if rung.chosen]
    assert chosen.level == "excellent"
    assert response.context["group"].places == 1
    ward = appraisal_of(suggested, suggested.units[0])
    response = client.get(url("cycle_organization", ward.pk))
    assert [each.organization for each in response.context["below"]] == suggested.branches
    assert not response.context["explanation"].rungs


def test_shortcomings_are_stated_where_the_set_asks_for_it(world, client):
    suggest(world, scheme=make_scheme(**CAPPED | {"conditions": {"shortcomings_mended": True}}))
    row = appraisal_of(world, world.branches[0])
    page, address = (
        url("cycle_organization", row.pk),
        url("cycle_organization_shortcomings", row.pk),
    )
    client.post(address, {"mended": "no"})
    assert client.get(page).context["mended"] == "no"
    client.post(address, {"mended": ""})
    assert client.get(page).context["mended"] == ""


def test_places_beyond_the_cap_are_given_and_withdrawn(suggested, client):
    ward = suggested.units[0]
    address = url("cycle_organization_places", suggested.cycle.pk, ward.pk, "branch")
    response = client.post(address, {"places": "2", "reason": ""})
    assert "reason" in response.context["form"].errors
    client.post(address, {"places": "2", "reason": "Đơn vị dẫn đầu"})
    given = OrganizationPlaces.objects.get()
    assert client.get(address).context["group"].all_places == 3
    withdraw = url("cycle_organization_places_withdraw", given.pk)
    assert client.get(withdraw).status_code == 200
    client.post(withdraw, {"reason": "Nhầm"})
    given.refresh_from_db()
    assert given.withdrawn_at
    assert client.get(address.replace("branch", "district")).status_code == 404
