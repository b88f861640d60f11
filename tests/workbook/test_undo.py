"""Undo of a whole import: exactly what was there before, unless something newer depends on it."""

import random
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import JournalEntry
from assignments.models import Assignment, Visit
from branches.models import Meeting, Member, Organization, OrganizationPath
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from evaluations.services.schemes import load_schemes
from tests import builders as make
from workbook import uploads

from .sheets import TODAY, export_bytes, only, sheets
from .test_import_wizard import CHANGES
from .uploads import (
    NOON,
    checked,
    commit,
    excel,
    imported,
    make_board,
    stored_world,
    undo,
)

pytestmark = pytest.mark.django_db

# New rows in most tables, moves, corrected and cut periods, changed names and kinds of a day.
MUCH = only(
    organizations="""
        code,name,kind,parent_code,parent_since,grassroots
        W,Đảng ủy phường mới W,grassroots_committee,D,,1
        V,Đảng ủy phường V,grassroots_committee,D,,1
        W-2,Chi bộ 2,branch,V,2025-07-01,
        V-1,Chi bộ V1,branch,V,,
    """,
    members="""
        code,full_name,admitted_on,branch_code,branch_since,person_class,occupation
        M1,Nguyễn Văn Ân,2010-05-01,V-1,2025-07-01,leader,Giáo viên
        M2,Trần Thị Bình,2011-06-02,W-2,2013-01-01,staff,
        M9,Lý Mới,2020-01-01,W-2,2020-01-01,,
    """,
    memberships="""
        member_code,branch_code,since,until
        M1,W-2,2015-01-01,2025-06-30
        M1,W-1,2010-05-01,2014-12-31
    """,
    positions="""
        member_code,org_code,title,since,until,rank
        M3,D,Ủy viên Ban Thường vụ,2015-01-01,2024-12-31,deputy_secretary
        M9,V,Bí thư,2025-07-01,,secretary
    """,
    assignments="""
        code,member_code,target_code,role,directive_number,issuer_code,team_code,valid_from,valid_to
        A1,M3,W-1,attend,02-NQ/QU,D,T1,2016-01-01,2020-12-31
        A2,M3,W-1,direct,,,,2021-01-01,
    """,
    meetings="""
        code,branch_code,held_on,kind,quality
        H1,W-1,2018-03-03,thematic,75.5
        H2,V-1,2025-08-03,regular,
    """,
    attendance="""
        meeting_code,member_code,status,capacity,confirmed
        H1,M1,excused,,
        H2,M9,present,,
    """,
    indicators="""
        org_code,year,name,target,actual
        W,2026,Kết nạp,5,1
    """,
)


EARLY, LATE = "2016-01-01,2016-12-31", "2017-01-01,2017-12-31"
EXCHANGED = ((EARLY, LATE), (LATE, EARLY))


@pytest.fixture
def district(tmp_path):
    return stored_world(tmp_path)


@pytest.fixture
def board(district):
    return make_board(district)


def tree_of_all_days():
    rows = OrganizationPath.objects.values_list("organization", "validity", "ancestors")
    return sorted(map(str, rows))


def ask_constraints():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_everything_is_as_it_was(tmp_path, district, board):
    before, tree = export_bytes(tmp_path / "before"), tree_of_all_days()
    row = imported(excel(tmp_path, MUCH), district, board)
    assert row.state == "done", [line.message for line in row.lines.filter(kind="wrong")]
    assert export_bytes(tmp_path / "between") != before
    row = undo(row, board)
    assert (row.state, row.obstacles) == ("undone", [])
    assert export_bytes(tmp_path / "after") == before
    assert tree_of_all_days() == tree
    ask_constraints()


def test_the_trail_says_who_undid_it_and_why(tmp_path, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    other = make_board(district, "other")
    row = undo(row, other, reason="Gửi nhầm")
    entry = JournalEntry.objects.filter(table_name="branches_member").latest("pk")
    assert (entry.user, entry.reason) == (other, "Gửi nhầm")
    assert (row.undone_by, row.undo_reason) == (other, "Gửi nhầm")


def test_ids_and_what_stood_beside_the_workbook_stay(tmp_path, district, board):
    ids = dict(Member.objects.values_list("code", "pk"))
    undo(imported(excel(tmp_path, MUCH), district, board), board)
    assert dict(Member.objects.values_list("code", "pk")) == ids


def test_visits_that_waited_go_too(tmp_path, district, board):
    tables = only(
        meetings="code,branch_code,held_on,kind\nH8,W-1,2020-03-03,regular",
        attendance="meeting_code,member_code,status,capacity,confirmed\nH8,M3,present,assigned,0",
    )
    row = imported(excel(tmp_path, tables), district, board)
    assert [visit.state for visit in Visit.objects.all()] == ["logged"]
    assert undo(row, board).state == "undone"
    assert not Visit.objects.exists()
    row = imported(excel(tmp_path, tables), district, board)
    Visit.objects.update(note="", claimed_at=NOON, assignment=Assignment.objects.get(code="A1"))
    assert undo(row, board).state == "done"  # the cadre has said something since
    assert Visit.objects.exists()
    ask_constraints()


def test_a_row_changed_since_stands_in_the_way(tmp_path, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    Member.objects.filter(code="M1").update(occupation="Thợ")
    before = export_bytes(tmp_path / "before")
    row = undo(row, board)
    assert row.state == "done"
    assert len(row.obstacles) == 1
    assert "Nguyễn Văn Ân" in row.obstacles[0]
    assert export_bytes(tmp_path / "after") == before


def test_a_row_deleted_since_stands_in_the_way(tmp_path, district, board):
    row = imported(excel(tmp_path, MUCH), district, board)
    Meeting.objects.get(code="H2").attendance.all().delete()
    assert undo(row, board).obstacles


def test_rows_that_refer_to_new_ones_stand_in_the_way(tmp_path, district, board):
    row = imported(excel(tmp_path, MUCH), district, board)
    make.make_meeting(Organization.objects.get(code="V-1"), date(2025, 9, 1), code="LATER")
    (told,) = undo(row, board).obstacles
    assert "refers to what the import brought" in told
    assert Meeting.objects.filter(code="LATER").exists()


def test_a_rating_of_a_new_member_stands_in_the_way(tmp_path, district, board):
    load_schemes()
    row = imported(excel(tmp_path, MUCH), district, board)
    roll_up_inline(district, year=2025, at=NOON)
    assert Rating.objects.filter(member__code="M9").exists()
    row = undo(row, board)
    assert row.state == "done"
    assert set(row.obstacles) == {
        "Roll-up “Quận ủy D 2025” refers to what the import brought (Organization).",
        "Roll-up “Quận ủy D 2025” refers to what the import brought (Member).",
    }


def test_what_is_outside_of_ones_scope_is_not_named(tmp_path, district):
    ward = Organization.objects.get(code="W")
    user = make_board(ward, "ward")
    tables = only(
        members="""
            code,full_name,admitted_on,branch_code,branch_since
            M9,Lý Mới,2020-01-01,W-2,2020-01-01
        """
    )
    row = imported(excel(tmp_path, tables), ward, user)
    assert row.state == "done"
    _other, (branch,) = make.make_ward("SECRET")
    meeting = make.make_meeting(branch, date(2026, 1, 5), code="SECRET-1")
    make.attend(meeting, Member.objects.get(code="M9"))
    (told,) = undo(row, user).obstacles
    assert "outside of what you answer for" in told
    assert "SECRET" not in told


@pytest.mark.django_db(transaction=True)
def test_a_later_import_is_named_and_undone_first(tmp_path, district, board):
    before = export_bytes(tmp_path / "before")
    first = imported(excel(tmp_path, CHANGES), district, board)
    second = imported(
        excel(tmp_path, only(members="code,full_name\nM1,Nguyễn Văn Ẩn")), district, board
    )
    assert "undo that one first" in undo(first, board).obstacles[0]
    assert undo(second, board).state == "undone"
    assert undo(first, board).state == "undone"
    assert export_bytes(tmp_path / "after") == before


def test_an_import_is_undone_once(tmp_path, district, board):
    row = undo(imported(excel(tmp_path, CHANGES), district, board), board)
    with pytest.raises(ValidationError):
        uploads.undo_import(row, reason="Nữa", by=board, on=TODAY)


def test_an_unrelated_change_since_is_no_matter(tmp_path, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    Member.objects.filter(code="M3").update(occupation="Thợ")
    assert undo(row, board).state == "undone"
    assert Member.objects.get(code="M3").occupation == "Thợ"


def test_rows_that_exchanged_their_days_get_them_back(tmp_path, district, board):
    heading = "code,member_code,target_code,role,valid_from,valid_to"
    texts = [f"{heading}\nB1,M1,W-2,direct,{a}\nB2,M1,W-2,direct,{b}" for a, b in EXCHANGED]
    imported(excel(tmp_path, only(assignments=texts[0])), district, board)
    before = export_bytes(tmp_path / "before")
    row = imported(excel(tmp_path, only(assignments=texts[1])), district, board)
    assert row.outcome["assignments"]["updated"] == 2
    assert undo(row, board).state == "undone"
    assert export_bytes(tmp_path / "after") == before


@pytest.mark.parametrize("seed", range(8))
def test_any_import_over_any_world_is_undone_exactly(tmp_path, district, board, seed):
    chance = random.Random(seed)
    before, tree = export_bytes(tmp_path / "before"), tree_of_all_days()
    row = checked(excel(tmp_path, random_workbook(chance)), district, board)
    assert row.state == "checked", [line.message for line in row.lines.filter(kind="wrong")]
    row = commit(row, board)
    row = undo(row, board)
    assert (row.state, row.obstacles) == ("undone", [])
    assert export_bytes(tmp_path / "after") == before
    assert tree_of_all_days() == tree


def random_workbook(chance):
    """The stored workbook with rows left out, changed and added, in ways that are never wrong."""
    tables = sheets()
    for rows in tables.values():
        rows[1:] = [row for row in rows[1:] if chance.random() < 0.8]
    for row in tables["members"][1:]:
        row[1] = f"{row[1]} {chance.randrange(3)}"
        row[5] = chance.choice(["", "leader", "staff", "outside"])
        if chance.random() < 0.5:
            row[3], row[4] = chance.choice(["W-1", "W-2"]), str(some_day(chance))
    for row in tables["organizations"][1:]:
        row[1] = chance.choice([row[1], f"{row[1]} mới"])
        if row[0] == "W-2" and chance.random() < 0.7:
            row[3], row[4] = "V", str(some_day(chance))
    tables["organizations"].append(["V", "Đảng ủy V", "grassroots_committee", "D", "", "1", "", ""])
    for row in tables["meetings"][1:]:
        row[4] = str(chance.randrange(100))
    for row in tables["attendance"][1:]:
        row[2] = chance.choice(["present", "excused", "unexcused"])
    add_rows(chance, tables)
    return tables


def add_rows(chance, tables):
    for number in range(chance.randrange(6)):
        tables["members"].append(
            [f"N{number}", f"Mới {number}", "2012-03-04", "W-1", str(some_day(chance)), "", "", ""]
        )
        tables["meetings"].append([f"L{number}", "W-1", str(some_day(chance)), "regular", ""])
        tables["attendance"].append([f"L{number}", f"N{number}", "present", "", ""])
        tables["tasks"].append(
            [f"T{number}", f"N{number}", "W-1", "", "2024", "Việc", "", "", "registered", ""]
        )


def some_day(chance):
    return date(2019, 1, 1) + timedelta(days=chance.randrange(2000))
