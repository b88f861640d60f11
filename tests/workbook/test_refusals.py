"""What is wrong with a workbook is said in full, with its place, and nothing is saved."""

from datetime import date

import pytest
from django.utils import translation

from workbook import checks

from .sheets import (
    next_row,
    only,
    refusal,
    refusal_of,
    rows_of,
    sheets,
    take_tables,
    with_rows,
    write_folder,
)

pytestmark = pytest.mark.django_db


def altered(table, row, column, cell):
    """The valid workbook with one other cell; rows are counted with the heading as 1."""
    tables = sheets()
    heading, target = tables[table][0], tables[table][row - 1]
    target[heading.index(column)] = cell
    return tables


def test_the_workbook_that_is_altered_here_is_valid(tmp_path):
    report = take_tables(tmp_path, sheets())
    assert not report.warnings
    assert sum(counts.created for counts in report.tables.values()) == 18


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "message"),
    [
        ("members", 2, "admitted_on", "2010-02-30", "there is no day “2010-02-30”"),
        ("members", 2, "admitted_on", "31/4/2010", "day 31 of month 4 of 2010 does not exist"),
        ("members", 2, "admitted_on", "May 2010", "not a date: write 2026-03-05 or 5/3/2026"),
        ("members", 2, "admitted_on", "1/1/10", "is not a date"),
        ("members", 2, "admitted_on", "0001-01-01", "days are from 1800 to 2200"),
        ("members", 2, "admitted_on", "", "this cell must not be empty"),
        ("members", 2, "full_name", " ", "this cell must not be empty"),
        ("members", 2, "full_name", "x" * 201, "201 characters are too many: at most 200"),
        ("members", 2, "full_name", "An\x00", "control character"),
        ("members", 3, "person_class", "stuff", "the nearest is “staff”"),
        ("members", 3, "person_class", "zzz", "is not in the list: leader (Giữ chức vụ"),
        ("members", 2, "branch_code", "W", "and W is none (Grassroots committee)"),
        ("members", 2, "branch_since", "2010-04-30", "before the admission on 2010-05-01"),
        ("members", 2, "left_reason", "resigned", "give both left_on and left_reason"),
        ("organizations", 3, "grassroots", "maybe", "neither yes nor no"),
        ("organizations", 3, "grassroots", "0", "always a grassroots organization"),
        ("organizations", 4, "parent_code", "W9", "there is no “W9” in organizations"),
        ("organizations", 4, "parent_code", "", "give the code of its parent"),
        ("organizations", 4, "parent_code", "D", "W-1 (Branch) cannot stand under D (District"),
        ("organizations", 2, "kind", "province", None),
        ("directives", 2, "valid_to", "2015-05-31", "before the day of issue"),
        ("teams", 2, "leader_code", "M1", "is no standing member"),
        ("teams", 2, "directive_number", "03-NQ/QU", "no directive, or not a single one"),
        ("assignments", 2, "valid_to", "2015-12-31", "before the first day, 2016-01-01"),
        ("meetings", 2, "branch_code", "W", "and W is none (Grassroots committee)"),
        ("meetings", 2, "quality", "101", "from 0 to 100"),
        ("meetings", 2, "quality", "-1", "from 0 to 100"),
        ("meetings", 2, "quality", "eighty", "is not a number"),
        ("attendance", 2, "member_code", "M9", "there is no “M9” in members"),
        ("attendance", 2, "meeting_code", "H9", "there is no “H9” in meetings"),
        ("attendance", 2, "status", "late", "is not in the list"),
        ("tasks", 2, "weight", "0", "more than 0"),
        ("tasks", 2, "weight", "1.000", "write 1000 if thousands are meant, 1.0000 if decimals"),
        ("tasks", 2, "weight", "0,12345", "up to 4"),
        ("tasks", 2, "weight", "123456789", "less than 100000000"),
        ("tasks", 2, "year", "1929", "from 1930 to 2100"),
        ("tasks", 2, "year", "2018.5", "is not a whole number"),
        ("tasks", 2, "outcome", "", "a confirmed task has an outcome"),
        ("tasks", 3, "outcome", "met", "only a confirmed task has an outcome"),
        ("tasks", 3, "assignment_code", "A1", "is of M3"),
        ("reviews", 2, "year", "2015", "valid on no day of 2015: its days are 2016-01-01 – …"),
    ],
)
def test_a_wrong_cell(tmp_path, table, row, column, cell, message):
    tables = altered(table, row, column, cell)
    if message is None:
        assert take_tables(tmp_path, tables)
        return
    (problem,) = refusal_of(tmp_path, tables)
    assert problem.startswith(f"{table}:{row}:{column}: ")
    assert message in problem


@pytest.mark.parametrize("code", ["M 1", "-1", ".a", "Mã1", "M/1"])
def test_what_is_no_code(tmp_path, code):
    problem = refusal_of(tmp_path, altered("members", 4, "code", code))[0]
    assert problem.startswith(f"members:4:code: “{code}” is not a code")


def test_every_bad_row_is_listed_in_order(tmp_path):
    tables = sheets()
    tables["members"][1][2] = "30/2/2010"
    tables["members"][3][5] = "boss"
    tables["attendance"][1][1] = "M9"
    tables["tasks"][1][9] = ""
    tables["tasks"] += [["K2", "M1", "W-1", "", "2018", "Again", "", "", "registered", ""]]
    places = [problem.split(": ")[0] for problem in refusal_of(tmp_path, tables)]
    assert places == [
        "members:2:admitted_on",
        "members:4:person_class",
        "attendance:2:member_code",
        "tasks:2:outcome",
        "tasks:4:code",
    ]


# Names of sheets and columns


def test_an_unknown_column_names_the_nearest(tmp_path):
    tables = sheets()
    tables["members"][0][1] = "Họ và tênn"
    (problem,) = refusal_of(tmp_path, tables)
    assert problem == (
        "members:1:Họ và tênn: there is no such column; the nearest is “Họ và tên” (full_name)"
    )


def test_an_unknown_column_far_from_all_lists_them(tmp_path):
    tables = sheets()
    tables["attendance"][0][2] = "xyz"
    (problem,) = refusal_of(tmp_path, tables)
    assert problem.startswith("attendance:1:xyz: there is no such column; the columns are: meeting")


def test_columns_are_listed_by_the_names_that_the_reader_knows(tmp_path):
    tables = sheets()
    tables["attendance"][0][2] = "xyz"
    with translation.override("vi"):
        (problem,) = refusal_of(tmp_path, tables)
    assert problem.count("Mã buổi sinh hoạt") == 1


def test_an_unknown_sheet_names_the_nearest(tmp_path):
    (problem,) = refusal_of(tmp_path, sheets() | only(menbers="code\nM1"))
    assert problem == "menbers: there is no such table; the nearest is “members”"


def test_two_sheets_of_one_table(tmp_path):
    (problem,) = refusal_of(tmp_path, sheets() | {"Đảng viên": sheets()["members"]})
    assert problem.startswith("Đảng viên: this is the same table as “members”")


def test_a_column_twice(tmp_path):
    tables = sheets()
    tables["members"][0][6] = "Họ tên"
    (problem,) = refusal_of(tmp_path, tables)
    assert problem.startswith("members:1:Họ tên: this column is there twice")


def test_a_missing_key(tmp_path):
    tables = only(disciplines="member_code,form\nM1,warning")
    (problem,) = refusal_of(tmp_path, tables)
    assert problem.startswith("disciplines:1:decided_on: the column is missing")


def test_a_missing_column_that_new_rows_need(tmp_path):
    tables = sheets(positions=None, teams=None, tasks=None, reviews=None, assignments=None)
    tables["members"] = [row[:5] for row in tables["members"]]
    for row in tables["members"]:
        del row[1]
    assert refusal_of(tmp_path, tables) == [
        "members:1:full_name: the column is missing, and 3 new rows need it, the first is 2"
    ]


def test_cells_without_a_heading(tmp_path):
    tables = sheets()
    tables["reviews"] = [
        [*row, extra] for row, extra in zip(tables["reviews"], ["", "!"], strict=True)
    ]
    tables["teams"][1].append("!")
    problems = refusal_of(tmp_path, tables)
    assert problems == [
        "teams:2:G: the row has more cells than there are headings",
        "reviews:2:F: this cell stands in a column without a heading",
    ]


def test_an_empty_column_without_a_heading_is_nothing(tmp_path):
    tables = sheets()
    tables["reviews"] = [[*row, " ", ""] for row in tables["reviews"]]
    assert take_tables(tmp_path, tables)


# Rules between rows


def test_the_same_key_twice_names_both_rows(tmp_path):
    (problem,) = refusal_of(tmp_path, with_rows("attendance", "H1,M1,excused,,"))
    assert problem == (
        "attendance:4:meeting_code: the same key as in row 2: each row needs a key of its own"
    )


@pytest.mark.parametrize(
    ("table", "row", "first"),
    [
        ("members", "M1,Nguyễn Văn An,2010-05-01,W-2,2015-05-01,,,", 2),
        ("members", "M2,Trần Thị Bình,2011-06-02,W-2,2012-01-01,staff,,", 3),
        ("assignments", "A1,M3,W-1,direct,02-NQ/QU,D,T1,2017-01-01,", 2),
    ],
)
def test_the_same_key_twice_is_all_that_is_said_of_it(tmp_path, table, row, first):
    (problem,) = refusal_of(tmp_path, with_rows(table, row))
    assert problem.startswith(f"{table}:{next_row(table)}:code: the same key as in row {first}: ")


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("memberships", "member_code,branch_code,since,until\n" + "M2,W-1,2011-06-02,\n" * 2),
        ("statuses", "member_code,status,since\n" + "M2,away,2018-06-01\n" * 2),
    ],
)
def test_the_same_period_twice(tmp_path, table, rows):
    (problem,) = refusal_of(tmp_path, sheets() | only(**{table: rows}))
    assert problem.startswith(f"{table}:3:member_code: the same key as in row 2: ")


def test_a_cycle_is_spelled_out(tmp_path):
    tables = sheets()
    tables["organizations"] += rows_of("P1,Một,province,P2,,,,\nP2,Hai,province,P1,,,,")
    problems = refusal_of(tmp_path, tables)
    assert (
        "organizations:7:parent_code: a cycle: P1 would stand below itself, by way of "
        in (problems[1])
    )
    assert problems[1].endswith("P1 < P2 < P1")
    assert problems[0].endswith(
        "P1 (Province committee) cannot stand under P2 (Province committee)"
    )
    assert len(problems) == 4


def test_a_cycle_with_what_is_stored(tmp_path):
    take_tables(tmp_path, sheets())
    moved = only(organizations="code,parent_code\nD,W")
    problems = refusal_of(tmp_path, moved)
    assert any(
        each.startswith("organizations:2:parent_code: a cycle: D would") for each in problems
    )


def test_a_parent_that_does_not_exist_all_the_while(tmp_path):
    problems = refusal_of(tmp_path, altered("organizations", 3, "valid_from", "2019-01-01"))
    assert problems == [
        f"organizations:{row}:parent_code: W-{row - 3} stands under W on days outside of its "
        "validity, 2019-01-01 – …"
        for row in (4, 5)
    ]


@pytest.mark.parametrize(
    ("child", "parent", "grassroots", "is_right"),
    [
        ("province", "central", "", True),
        ("province", "", "", True),
        ("province", "district", "", False),
        ("district", "province", "", True),
        ("district", "central", "", True),
        ("district", "", "", True),
        ("district", "grassroots_committee", "", False),
        ("grassroots_committee", "district", "", True),
        ("grassroots_committee", "central", "", True),
        ("grassroots_committee", "", "", False),
        ("grassroots_committee", "sub_committee", "", False),
        ("sub_committee", "grassroots_committee", "", True),
        ("sub_committee", "district", "", False),
        ("branch", "sub_committee", "", True),
        ("branch", "district", "", False),
        ("branch", "district", "1", True),
        ("branch", "central", "x", True),
        ("branch", "branch", "1", False),
        ("cell", "branch", "", True),
        ("cell", "grassroots_committee", "", False),
        ("central", "", "", True),
        ("central", "central", "", False),
    ],
)
def test_which_kind_stands_under_which(tmp_path, child, parent, grassroots, is_right):
    above = {"branch": "grassroots_committee", "sub_committee": "grassroots_committee"}
    above["grassroots_committee"] = "district"
    rows = [["code", "name", "kind", "parent_code", "grassroots"]]
    kind, code = parent, "P0"
    while kind:
        rows.append([code, code, kind, f"{code}0" if kind in above else "", ""])
        kind, code = above.get(kind, ""), f"{code}0"
    rows.append(["C", "C", child, "P0" if parent else "", grassroots])
    if is_right:
        assert take_tables(tmp_path, {"organizations": rows})
        return
    (problem,) = refusal_of(tmp_path, {"organizations": rows})
    assert problem.startswith(f"organizations:{len(rows)}:parent_code: ")


def test_a_meeting_outside_of_its_branch(tmp_path):
    problems = refusal_of(tmp_path, altered("organizations", 4, "valid_to", "2018-03-02"))
    assert problems == [
        "meetings:2:held_on: W-1 does not exist on 2018-03-03: it is valid … – 2018-03-02"
    ]


def test_an_end_before_meetings_that_are_stored(tmp_path):
    take_tables(tmp_path, sheets())
    ended = only(organizations="code,valid_to\nW-1,2018-03-02")
    assert refusal_of(tmp_path, ended) == [
        "organizations:2:valid_to: 1 meetings that are stored lie outside these days, "
        "as that on 2018-03-03"
    ]


def test_a_branch_with_members_becomes_nothing_else(tmp_path):
    take_tables(tmp_path, sheets())
    changed = only(organizations="code,kind\nW-2,sub_committee")
    assert refusal_of(tmp_path, changed) == [
        "organizations:2:kind: 1 members belong to it: only a branch has members"
    ]


MEMBERSHIPS = "member_code,branch_code,since,until\n"


@pytest.mark.parametrize(
    ("rows", "place", "message"),
    [
        ("M2,W-1,2011-06-02,2012-01-01", "memberships:2:until", "members:3"),
        ("M2,W-1,2012-01-01,", "memberships:2:until", "members:3"),
        ("M2,W-1,2013-01-01,", "memberships:2:since", "members:3"),
        (
            "M2,W-1,2011-06-02,2011-08-01\nM2,D-O,2011-08-01,",
            "memberships:2:until",
            "memberships:3",
        ),
        ("M2,W-1,2011-08-01,2011-07-01", "memberships:2:until", "is before the first day"),
        ("M2,W,2011-06-02,", "memberships:2:branch_code", "members belong to a branch"),
        ("M9,W,2011-06-02,", "memberships:2:member_code", "there is no “M9”"),
    ],
)
def test_a_member_in_two_branches(tmp_path, rows, place, message):
    tables = sheets() | only(memberships=MEMBERSHIPS + rows)
    problems = refusal_of(tmp_path, tables)
    assert problems[0].startswith(f"{place}: ")
    assert message in problems[0]


def test_the_same_day_in_a_stored_branch(tmp_path):
    take_tables(tmp_path, sheets() | only(memberships=MEMBERSHIPS + "M2,W-1,2011-06-02,"))
    (problem,) = refusal_of(
        tmp_path, only(memberships=MEMBERSHIPS + "M2,D-O,2011-12-01,2011-12-31")
    )
    assert problem == (
        "memberships:2:since: W-1 from 2011-06-02 is still present when D-O begins on 2011-12-01 "
        "(already stored): end the one the day before the other begins"
    )


def test_earlier_parents_need_a_day_for_the_present_one(tmp_path):
    tables = sheets() | only(placements="org_code,parent_code,since\nW-1,W,2010-01-01")
    problems = refusal_of(tmp_path, tables)
    assert problems[0].startswith("organizations:4:parent_since: it stood elsewhere before")


PLACED = """
    code,name,kind,parent_code,parent_since
    X,Trung ương,central,,
    A,Tỉnh ủy,province,{}
"""
PLACEMENTS = "org_code,parent_code,since,until\n"
UNENDED = (
    "rows of placements end before parent_since of A: in organizations write since when it stands "
    "under its present parent, or since when it stands alone"
)


@pytest.mark.parametrize("until", ["", "2015-01-01"])
def test_earlier_parents_need_a_day_since_when_it_stands_alone(tmp_path, until):
    placements = PLACEMENTS + f"A,X,2010-01-01,{until}"
    tables = only(organizations=PLACED.format(","), placements=placements)
    assert refusal_of(tmp_path, tables) == [f"organizations:3:parent_since: {UNENDED}"]
    take_tables(tmp_path, only(organizations=PLACED.format(",")))
    assert refusal_of(tmp_path, only(placements=placements)) == [f"placements:2:until: {UNENDED}"]
    alone = only(organizations=PLACED.format(",2015-01-02"), placements=placements)
    take_tables(tmp_path, alone)
    assert not take_tables(tmp_path, alone).has_changes
    later = only(placements=PLACEMENTS + "A,X,2010-01-01,2015-01-02")
    assert refusal_of(tmp_path, later) == [f"placements:2:until: {UNENDED}"]


@pytest.mark.parametrize("until", ["", "2015-01-01"])
def test_the_present_parent_is_no_earlier_one(tmp_path, until):
    placements = only(placements=PLACEMENTS + f"A,X,2010-01-01,{until}")
    take_tables(tmp_path, only(organizations=PLACED.format("X,2010-01-01")))
    assert refusal_of(tmp_path, placements) == [f"placements:2:until: {UNENDED}"]
    tables = only(organizations=PLACED.format(",")) | placements
    assert refusal_of(tmp_path, tables)[0].startswith(
        "organizations:3:parent_since: it stood elsewhere before (placements, row 2): say since"
    )
    tables = only(organizations=PLACED.format("X,")) | placements
    assert refusal_of(tmp_path, tables)


def test_a_first_parent_without_a_day_and_earlier_ones(tmp_path):
    take_tables(tmp_path, only(organizations=PLACED.format(",")))
    tables = only(
        organizations="code,parent_code,valid_from\nA,X,2015-01-01",
        placements=PLACEMENTS + "A,X,2010-01-01,2014-12-31",
    )
    (problem,) = refusal_of(tmp_path, tables)
    assert problem.startswith("organizations:2:parent_since: it stood elsewhere before")


def test_statuses_do_not_overlap(tmp_path):
    tables = sheets() | only(
        statuses="""
            member_code,status,since,until
            M1,exempt,2018-01-01,
            M1,away,2018-06-01,2018-07-01
            M2,away,2018-06-01,2018-07-01
            M2,suspended,2018-07-02,
        """
    )
    assert refusal_of(tmp_path, tables) == [
        "statuses:3:since: these days overlap with 2018-01-01 – … (statuses:2), and only one can "
        "be valid on a day"
    ]


def test_assignments_to_one_target_do_not_overlap(tmp_path):
    take_tables(tmp_path, sheets())
    again = only(
        assignments="""
            code,member_code,target_code,role,valid_from
            A2,M3,W-1,attend,2017-01-01
            A3,M3,W-2,attend,2017-01-01
        """
    )
    (problem,) = refusal_of(tmp_path, again)
    assert problem.startswith("assignments:2:valid_from: these days overlap with 2016-01-01 – …")
    assert "already stored" in problem


def test_a_directive_that_is_not_the_only_one(tmp_path):
    tables = with_rows("directives", "02-NQ/QU,W,2016-01-01,plan,Khác,")
    tables["assignments"][1][5] = ""
    (problem,) = refusal_of(tmp_path, tables)
    assert problem == (
        "assignments:2:directive_number: no directive, or not a single one, is meant by "
        "“02-NQ/QU”: 02-NQ/QU D 2015-06-01, 02-NQ/QU W 2016-01-01"
    )


def test_an_organization_does_not_succeed_itself(tmp_path):
    tables = sheets() | only(successions="org_code,successor_code,on,kind\nW,W,2020-01-01,merge")
    (problem,) = refusal_of(tmp_path, tables)
    assert problem.startswith("successions:2:successor_code: ")


def test_an_opinion_that_is_referred(tmp_path):
    tables = sheets() | only(
        opinions="""
            code,meeting_code,topic,content,state,referred_to_code,due_on
            Y1,H1,Đất đai,Hỏi,referred,,
            Y2,H1,Đất đai,Hỏi,referred,W,2018-05-01
            Y3,H1,Đất đai,Hỏi,answered,,
        """
    )
    assert [each.split(": ")[0] for each in refusal_of(tmp_path, tables)] == [
        "opinions:2:referred_to_code",
        "opinions:2:due_on",
    ]


def test_deductions(tmp_path):
    tables = sheets() | only(
        deductions="""
            code,member_code,criterion,occurred_on,points,reason
            D1,M1,conduct,2018-05-01,-1,x
            D2,M1,tasks,2018-05-01,0,x
        """
    )
    assert [each.split(": ")[0] for each in refusal_of(tmp_path, tables)] == [
        "deductions:2:points",
        "deductions:3:criterion",
    ]


def test_what_only_the_database_sees_is_a_problem_too(tmp_path, monkeypatch):
    """Behind the checks stand constraints; here they stand alone."""
    take_tables(tmp_path, sheets())
    monkeypatch.setattr(checks, "CHECKS", ())
    ended = only(positions=POSITIONS.format("2015-05-31", "standing_member"))
    (problem,) = refusal_of(tmp_path, ended)
    assert problem.startswith("workbook: the database refuses this: team T1: M3 is no standing")


# Rows against what is stored and refers to them


@pytest.mark.parametrize(
    ("days", "column"),
    [("2019-01-01,", "valid_from"), ("2016-01-01,2017-12-31", "valid_to")],
)
def test_an_assignment_stays_in_the_year_of_its_review(tmp_path, days, column):
    take_tables(tmp_path, sheets())
    moved = only(assignments=f"code,valid_from,valid_to\nA1,{days}")
    told = days.replace(",", " – ") if days[-1] != "," else days.replace(",", " – …")
    assert refusal_of(tmp_path, moved) == [
        f"assignments:2:{column}: a review of 2018 is stored, and the days {told} would leave that "
        "year"
    ]


def test_an_assignment_stays_with_the_member_of_its_tasks(tmp_path):
    take_tables(tmp_path, sheets())
    changed = only(
        assignments="code,member_code\nA1,M2",
        tasks="code,member_code,org_code,year,title,state\nK9,M1,W-1,2018,Việc,registered",
    )
    assert refusal_of(tmp_path, changed) == [
        "assignments:2:member_code: 1 tasks that are stored, as K1, are registered under it for "
        "M3: a registered task is of the assigned member, so change them too or use a new code"
    ]
    take_tables(tmp_path, changed | only(tasks="code,member_code\nK1,M2"))


POSITIONS = (
    "member_code,org_code,title,since,until,rank\nM3,D,Ủy viên Ban Thường vụ,2015-01-01,{},{}"
)


@pytest.mark.parametrize(
    ("until", "rank", "column"),
    [
        ("2015-05-31", "standing_member", "until"),
        ("", "committee_member", "rank"),
        ("2015-06-01", "standing_member", ""),
        ("", "secretary", ""),
    ],
)
def test_the_position_of_who_leads_a_team(tmp_path, until, rank, column):
    take_tables(tmp_path, sheets())
    changed = only(positions=POSITIONS.format(until, rank))
    if not column:
        take_tables(tmp_path, changed)
        return
    (problem,) = refusal_of(tmp_path, changed)
    assert problem.startswith(
        f"positions:2:{column}: M3 leads T1, a team that is stored, and would be no standing "
        "member, deputy secretary or secretary of D on 2015-06-01"
    )
    changed["positions"] += [["M3", "D", "Phó bí thư", "2015-03-01", "", "deputy_secretary"]]
    take_tables(tmp_path, changed)


def test_a_branch_with_meetings_becomes_nothing_else_on_their_days(tmp_path):
    take_tables(tmp_path, sheets())
    moved = "code,branch_code,branch_since\nM1,W-2,2010-05-01"
    changed = only(organizations="code,kind\nW-1,sub_committee", members=moved)
    assert refusal_of(tmp_path, changed, effective=date(2018, 3, 3)) == [
        "organizations:2:kind: 1 meetings that are stored lie on days on which it would be no "
        "branch, as that on 2018-03-03: only a branch has meetings, so change the kind from a "
        "later day"
    ]
    told = only(
        organizations="code,name\nW-1,Chi bộ Một",
        earlier_organizations="org_code,since,until,name,kind,grassroots\n"
        "W-1,,2018-12-31,Chi bộ 1,sub_committee,0",
        members=moved,
    )
    (problem,) = refusal_of(tmp_path, told)
    assert problem.startswith("earlier_organizations:2:kind: 1 meetings that are stored lie on")
    take_tables(tmp_path, changed, effective=date(2018, 3, 4))


def test_an_earlier_branch_of_members_in_the_workbook_stays_one(tmp_path):
    """They move away, but what is stored of them so far is kept."""
    take_tables(tmp_path, sheets())
    changed = only(
        organizations="code,kind\nW-2,sub_committee",
        members="code,branch_code,branch_since\nM2,W-1,2020-01-01",
    )
    assert refusal_of(tmp_path, changed, effective=date(2019, 12, 31)) == [
        "organizations:2:kind: 1 members belong to it: only a branch has members"
    ]
    take_tables(tmp_path, changed, effective=date(2020, 1, 1))


def test_row_numbers_count_blank_rows_and_title_lines(tmp_path):
    folder = write_folder(tmp_path / "workbook", sheets(members=None))
    (folder / "members.csv").write_text(
        "\n ,\ncode,full_name,admitted_on,branch_code,branch_since\n"
        "M1,An,2010-05-01,W-1,2010-05-01\n\n,,,,\nM2,Bình,2011-13-01,W-1,2011-01-01\n"
        "M3,Cường,2005-02-03,D-O,2005-02-03\n",
        encoding="utf-8",
    )
    (problem,) = refusal(folder)
    assert problem.startswith("members:7:admitted_on: ")
    assert next_row("members") == 5


def test_an_earlier_kind_alone_is_told_at_its_row(tmp_path):
    take_tables(tmp_path, sheets())
    earlier = """
        org_code,since,until,name,kind,grassroots
        D,,1999-12-31,Quận D,district,0
        W,,1999-12-31,Bộ phận W,sub_committee,0
    """
    (problem,) = refusal_of(tmp_path, only(earlier_organizations=earlier))
    assert problem.startswith("earlier_organizations:3:kind: W (")
    assert "cannot stand under D" in problem
