"""The grid as a page: pasted, checked, saved in one step, undone; without JavaScript."""

import re
from datetime import date
from time import perf_counter

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from assignments.models import Assigning, Assignment
from branches.models import Member, Membership, Organization, Placement
from branches.periods import period
from tests import builders as make
from tests.pages import text_of

URL = reverse("assignments:assign")
COMMON = {
    "role": "direct",
    "since": "01/07/2026",
    "visits_due": "2",
    "visits_period": "month",
    "rows": "0",
}
# What three districts assigned: cadres and branches.
DISTRICTS = (("Cờ Đỏ", 79, 79), ("Thới Lai", 77, 108), ("Ninh Kiều", 71, 71))


def hidden_and_cells(response):
    """What a browser would send back of the form, as it stands on the page."""
    page = text_of(response)
    data = {}
    for tag in re.findall(r"<input [^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attributes and (attributes.get("type") != "checkbox" or " checked" in tag):
            data[attributes["name"]] = attributes.get("value", "")
    for name, options in re.findall(
        r'<select\b[^>]*? name="([^"]+)"[^>]*>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        data[name] = chosen[1] if chosen else ""
    return data


def make_district(name, cadres, branches):
    """A district with an office of cadres and wards of branches, whose board is returned."""
    district = make.make_organization("district", code="D", name=f"Huyện ủy {name}")
    _office, (desk,) = make.make_ward("O", parent=district)
    ward, _none = make.make_ward("W", parent=district, branches=0)
    targets = Organization.objects.bulk_create(
        Organization(code=f"CB-{number:03}", name=f"Chi bộ ấp Thới {number}", kind="branch")
        for number in range(1, branches + 1)
    )
    Placement.objects.bulk_create(Placement(organization=each, parent=ward) for each in targets)
    people = Member.objects.bulk_create(
        Member(code=f"{number:06}", full_name=f"Nguyễn Văn Số {number}", admitted_on=make.LONG_AGO)
        for number in range(1, cadres + 1)
    )
    days = period(make.LONG_AGO)
    Membership.objects.bulk_create(
        Membership(member=each, branch=desk, validity=days) for each in people
    )
    board = make.make_user("board")
    make.grant(board, Role.BOARD, district)
    return board


def make_list(cadres, branches):
    """A list as Word has it: each branch with its cadre; where they are fewer, some have two."""
    lines = ["STT\tHọ và tên\tChi bộ\tVai trò\tTừ ngày"]
    for number in range(branches):
        who = number % cadres + 1
        lines.append(
            f"{number + 1}\tNguyễn Văn Số {who}\tChi bộ ấp Thới {number + 1}"
            "\tChỉ đạo toàn diện\t01/07/2026"
        )
    return "\n".join(lines)


def timed_post(client, action, **data):
    """(response, seconds of the server)"""
    before = perf_counter()
    response = client.post(URL, COMMON | data | {"action": action})
    return response, perf_counter() - before


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "cadres", "branches"), DISTRICTS)
def test_a_whole_district_by_one_paste_and_one_save_within_3_s(client, name, cadres, branches):
    client.force_login(make_district(name, cadres, branches))
    read, reading = timed_post(client, "read", pasted=make_list(cadres, branches))
    assert read.context["grid"].is_ready
    saved, saving = timed_post(client, "save", **hidden_and_cells(read))
    print(f"\n{name}: {cadres} → {branches}: read in {reading:.2f} s, saved in {saving:.2f} s")
    assert saved.status_code == 302
    made = Assignment.objects.all()
    assert made.count() == branches
    assert made.values("member").distinct().count() == cadres
    assert {each.validity.lower for each in made} == {date(2026, 7, 1)}
    assert reading + saving < 3


@pytest.mark.django_db
def test_a_conflict_in_row_40_is_shown_at_row_40_and_nothing_is_saved(client):
    client.force_login(make_district("Cờ Đỏ", 79, 79))
    make.make_assignment(
        Member.objects.get(code="000040"), Organization.objects.get(code="CB-040"), code="PC-40"
    )
    read, _seconds = timed_post(client, "read", pasted=make_list(79, 79))
    response, _seconds = timed_post(client, "save", **hidden_and_cells(read))
    assert response.status_code == 200
    assert [line.number for line in response.context["grid"].wrong] == [40]
    assert "30/06/2026" in part_of_row(response, 40)
    assert Assignment.objects.count() == 1
    data = hidden_and_cells(response) | {"row-39-ends_earlier": "on"}
    assert timed_post(client, "save", **data)[0].status_code == 302
    assert Assignment.objects.valid_on(date(2026, 7, 1)).count() == 79
    assert Assignment.objects.valid_on(date(2026, 6, 30)).get().code == "PC-40"


@pytest.mark.django_db
def test_as_many_queries_for_79_rows_as_for_7(client):
    client.force_login(make_district("Cờ Đỏ", 79, 79))
    numbers = set()
    for cadres in (7, 79):
        with CaptureQueriesContext(connection) as queries:
            timed_post(client, "read", pasted=make_list(cadres, cadres))
        numbers.add(len(queries))
    assert len(numbers) == 1


def part_of_row(response, number):
    """What the page says at one row: its cells and what was found."""
    page = text_of(response)
    return page[page.index(f'id="row-{number}"') : page.index(f'id="row-{number + 1}"')]


@pytest.fixture
def world(db, client):
    district = make.make_organization("district", code="D", name="Huyện ủy D")
    ward, (one, two) = make.make_ward("W", parent=district, branches=2)
    Organization.objects.filter(pk=one.pk).update(name="Chi bộ Một")
    Organization.objects.filter(pk=two.pk).update(name="Chi bộ Hai")
    board = make.make_user("board")
    make.grant(board, Role.BOARD, district)
    make.make_member(two, code="0001", full_name="Lê Thị Đào")
    make.make_member(one, code="0002", full_name="Lê Thị Đào")
    make.make_member(two, code="0003", full_name="Phạm Văn An")
    make.make_member(make.make_ward("X")[1][0], code="9999", full_name="Trần Xa Lạ")
    client.force_login(board)
    return ward


def send(client, action="save", rows=(), **data):
    cells = {
        f"row-{number}-{name}": text
        for number, row in enumerate(rows)
        for name, text in row.items()
    }
    posted = COMMON | {"rows": str(len(rows))} | cells | data | {"action": action}
    return client.post(URL, posted)


def first_errors(response):
    return response.context["grid"].lines[0].errors


def test_one_of_two_of_the_same_name_is_chosen(client, world):
    row = {"member": "le thi dao", "target": "chi bo mot"}
    response = send(client, rows=[row])
    assert "member" in first_errors(response)
    (offers,) = response.context["grid"].lines[0].offers.values()
    assert [value for value, _label in offers] == ["Lê Thị Đào (0001)", "Lê Thị Đào (0002)"]
    assert "Chi bộ Hai" in offers[0][1]
    chosen = {"row-0-member_choice": offers[0][0]}
    response = client.post(URL, hidden_and_cells(response) | chosen | {"action": "save"})
    assert response.status_code == 302
    assert Assignment.objects.get().member.code == "0001"


def test_a_masked_card_finds_nobody(client, world):
    make.grant(User.objects.get(username="board"), Role.AUDITOR, Organization.objects.get(code="X"))
    right, wrong = (
        send(client, "check", rows=[{"member": card, "target": "Chi bộ Một"}])
        for card in ("9999", "8888")
    )
    told = [str(first_errors(page)["member"]) for page in (right, wrong)]
    assert told[0].replace("9999", "8888") == told[1]
    assert "Trần Xa Lạ" not in right.content.decode()
    named = send(client, "check", rows=[{"member": "Trần Xa Lạ", "target": "Chi bộ Một"}])
    assert "member" not in first_errors(named)
    assert "9999" not in named.content.decode()


def test_who_is_unknown_is_answered_with_who_is_written_alike(client, world):
    response = send(client, "check", rows=[{"member": "Phạm Văn Ann", "target": "Chi bộ Mo"}])
    offers = response.context["grid"].lines[0].offers
    assert offers["member"][0][0] == "Phạm Văn An (0003)"
    assert "Chi bộ Một (W-1)" in [value for value, _label in offers["target"]]


def test_people_and_places_of_elsewhere_are_unknown(client, world):
    for row in ({"member": "9999", "target": "W-1"}, {"member": "0003", "target": "X-1"}):
        response = send(client, rows=[row])
        assert len(first_errors(response)) == 1
        assert "Trần Xa Lạ" not in text_of(response)


def test_of_two_of_a_name_the_one_that_is_there_on_the_day_is_meant(client, world):
    make.make_organization(code="W-0", parent=world, name="Chi bộ Một", until=date(2025, 6, 30))
    assert send(client, rows=[{"member": "0003", "target": "Chi bộ Một"}]).status_code == 302
    assert Assignment.objects.get().target.code == "W-1"


def test_what_is_written_wrong_stays_in_its_cell(client, world):
    row = {"member": "0003", "target": "W-1", "role": "sếp", "since": "31/02/2026"}
    response = send(client, rows=[row | {"visits_due": "hai"}])
    assert set(first_errors(response)) == {"role", "since", "visits_due"}
    for text in ("sếp ?", "31/02/2026", "hai"):
        assert text in part_of_row(response, 1)
    assert not Assignment.objects.exists()


def test_a_row_says_otherwise_than_all(client, world):
    row = {"member": "0003", "target": "W-1", "role": "attend", "since": "1/8/2026"}
    send(client, rows=[row | {"visits_due": "6", "visits_period": "year", "until": "31/12/2026"}])
    saved = Assignment.objects.get()
    assert (saved.role, saved.visits_due, saved.visits_period) == ("attend", 6, "year")
    assert saved.validity == period(date(2026, 8, 1), date(2026, 12, 31))


def test_a_double_click_saves_once(client, world):
    page = client.get(URL)
    token = page.context["form"].initial["token"]
    rows = [{"member": "0003", "target": "W-1"}]
    first = send(client, rows=rows, token=token)
    second = send(client, rows=rows, token=token)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Assignment.objects.count() == 1


def test_the_same_page_with_other_rows_is_another_save(client, world):
    token = client.get(URL).context["form"].initial["token"]
    for target in ("W-1", "W"):
        send(client, rows=[{"member": "0003", "target": target}], token=token)
    assert Assignment.objects.count() == 2


def test_pasting_into_a_cell_fills_from_there(client, world):
    rows = [{"member": "0001"}, {"member": "0003"}]
    response = send(client, "read", rows=rows, pasted="W-1\nW-2", paste_row="0", paste_column="1")
    lines = response.context["grid"].filled
    assert [line["target"].value() for line in lines] == ["Chi bộ Một (W-1)", "Chi bộ Hai (W-2)"]


def test_a_pasted_list_goes_behind_what_is_there(client, world):
    rows = [{"member": "0001", "target": "W-1"}, {}]
    response = send(client, "read", rows=rows, pasted="0003;W-2")
    lines = response.context["grid"].filled
    assert [line["member"].value() for line in lines] == ["Lê Thị Đào (0001)", "Phạm Văn An (0003)"]


def test_more_than_the_grid_holds_is_not_read(client, world):
    response = send(client, "read", pasted="\n".join(f"A{number};W-1" for number in range(301)))
    assert "300" in str(response.context["form"].errors["pasted"])
    assert "A300" in text_of(response)
    assert settings.DATA_UPLOAD_MAX_NUMBER_FIELDS > 300 * 10


def test_an_empty_grid_is_told_so_and_saves_nothing(client, world):
    response = send(client, rows=[{}])
    assert response.status_code == 200
    assert not Assigning.objects.exists()


def test_more_rows_without_a_script(client, world):
    before = len(client.get(URL).context["grid"].lines)
    response = send(client, "more", rows=[{"member": "x"}] * before)
    assert len(response.context["grid"].lines) > before
    assert response.context["grid"].lines[0]["member"].value() == "x"


def test_the_board_prefills_what_it_was_left_with(client, world):
    one = Organization.objects.get(code="W-1")
    make.make_assignment(Member.objects.get(code="0003"), one)
    for query, targets in (
        ({"target": [one.pk]}, ["Chi bộ Một (W-1)"]),
        ({"uncovered": 1}, ["Chi bộ Hai (W-2)"]),
        ({"target": ["x", "9" * 40, "²", Organization.objects.get(code="X-1").pk]}, []),
    ):
        lines = client.get(URL, query).context["grid"].lines
        assert [text for line in lines if (text := line["target"].value())] == targets


def test_saved_rows_are_undone_from_their_page(client, world):
    saved = send(client, rows=[{"member": "0003", "target": "W-1"}])["Location"]
    assert Assignment.objects.get().code in text_of(client.get(saved))
    response = client.post(saved, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("assignments:desk"))
    assert not Assignment.objects.exists()
    assert client.get(saved).context["saved"].undone_at


def test_what_depends_is_told_instead(client, world):
    saved = send(client, rows=[{"member": "0003", "target": "W-1"}])["Location"]
    made = Assignment.objects.get()
    make.make_task(made.member, made.target, 2026, assignment=made)
    assert made.code in text_of(client.post(saved, follow=True))
    assert Assignment.objects.exists()


def test_who_does_not_assign_may_not(client, world):
    office = make.make_user()
    make.grant(office, Role.OFFICE, world)
    client.force_login(office)
    assert client.get(URL).status_code == 403
    assert send(client, rows=[{"member": "0003", "target": "W-1"}]).status_code == 403
