"""An import by a user reaches what they answer for: all else is as if it were not stored."""

import csv
import tempfile
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import TestCase

from accounts.choices import Role
from branches.models import Member, Organization, Placement
from tests import builders as make
from workbook.services import WorkbookError, export_workbook
from workbook.tables import TABLES

from .sheets import (
    only,
    rows_of,
    sheets,
    stored_rows,
    take,
    take_tables,
    write_folder,
)

TODAY = date(2026, 3, 1)

# A second ward, with one of everything that has a code.
ELSEWHERE = {
    "organizations": """
        code,name,kind,parent_code,parent_since,grassroots
        V,Đảng ủy phường V,grassroots_committee,D,,1
        V-1,Chi bộ V 1,branch,V,,
        W-4,Chi bộ 4,branch,W,2000-01-01,
    """,
    "members": """
        code,full_name,admitted_on,branch_code,branch_since
        N1,Phạm Thị Dung,2010-05-01,V-1,2010-05-01
    """,
    "positions": """
        member_code,org_code,title,since,rank
        N1,V,Ủy viên Ban Thường vụ,2015-01-01,standing_member
        M1,W,Ủy viên Ban Thường vụ,2015-01-01,standing_member
    """,
    "directives": """
        number,issuer_code,issued_on,kind,title
        01-NQ/V,V,2015-06-01,resolution,Phân công
        01-NQ/W,W,2015-06-01,resolution,Phân công
    """,
    "teams": """
        code,name,directive_number,target_code,leader_code
        TV,Đoàn V,01-NQ/V,V-1,N1
        TW,Đoàn W,01-NQ/W,W-1,M1
    """,
    "assignments": """
        code,member_code,target_code,role,valid_from
        AV,N1,V-1,direct,2016-01-01
        AW,M1,W-2,direct,2016-01-01
    """,
    "meetings": """
        code,branch_code,held_on
        HV,V-1,2018-03-03
    """,
    "tasks": """
        code,member_code,org_code,year,title,state
        KV,N1,V-1,2018,Phần việc,registered
    """,
    "deductions": """
        code,member_code,criterion,occurred_on,points,reason
        XV,N1,conduct,2018-04-04,1,Muộn
    """,
    "opinions": """
        code,meeting_code,topic,content,state
        YV,HV,Đường,Hỏi,answered
    """,
    "delegations": """
        code,lead_code,org_code,held_on,purpose
        GV,N1,V,2018-04-04,Làm việc
    """,
}
# A row of each table that lies in the ward W, all of whose references are named.
OWN = {
    "organizations": "code,name,kind,parent_code\nW-3,Chi bộ 3,branch,W",
    "earlier_organizations": "org_code,until,name,kind,grassroots\nW-1,2001-01-01,Cũ,branch,0",
    "placements": "org_code,parent_code,since,until\nW-4,W,1990-01-01,1995-01-01",
    "successions": "org_code,successor_code,on,kind\nW-1,W-2,2020-01-01,merge",
    "members": "code,full_name,admitted_on,branch_code,branch_since\n"
    "M9,Võ Thị Mai,2015-01-01,W-1,2015-01-01",
    "earlier_classes": "member_code,until,person_class\nM1,2019-12-31,staff",
    "memberships": "member_code,branch_code,since,until\nM2,W-1,2011-06-02,2011-12-31",
    "statuses": "member_code,status,since\nM1,exempt,2020-01-01",
    "disciplines": "member_code,decided_on,form\nM1,2020-01-01,warning",
    "positions": "member_code,org_code,title,since,rank\nM1,W-1,Bí thư,2020-01-01,branch_secretary",
    "committee_terms": "org_code,name,since,seats\nW,2020–2025,2020-06-01,15",
    "job_descriptions": "org_code,title,since,duties\nW,Bí thư,2020-06-01,Chỉ đạo chung",
    "directives": "number,issuer_code,issued_on,kind,title\n9-NQ/W,W,2020-01-01,plan,Kế hoạch",
    "teams": "code,name,directive_number,issuer_code,target_code,leader_code\n"
    "T9,Đoàn 9,01-NQ/W,W,W-1,M1",
    "assignments": (
        "code,member_code,target_code,role,directive_number,issuer_code,team_code,valid_from,"
        "confirmer_code\nA9,M2,W-1,direct,01-NQ/W,W,TW,2020-01-01,W"
    ),
    "meetings": "code,branch_code,held_on\nH9,W-1,2020-03-03",
    "attendance": "meeting_code,member_code,status\nH1,M2,present",
    "tasks": (
        "code,member_code,org_code,assignment_code,year,title,state,confirmed_by_code\n"
        "K9,M1,W-2,AW,2020,Phần việc,registered,W"
    ),
    "reviews": "assignment_code,year,level,reviewer_code\nAW,2020,good,W",
    "deductions": "code,member_code,criterion,occurred_on,points,reason\n"
    "X9,M1,conduct,2020-01-01,1,Muộn",
    "indicators": "org_code,year,name\nW,2020,Kết nạp",
    "opinions": (
        "code,meeting_code,topic,content,state,referred_to_code,due_on\n"
        "Y9,H1,Đường,Hỏi,referred,W,2020-05-05"
    ),
    "delegations": "code,lead_code,org_code,held_on,purpose\nG9,M1,W,2020-04-04,Làm việc",
    "org_ratings": "org_code,year,level\nW-1,2020,good",
    "unit_caps": "org_code,year,percent\nW,2020,25",
}
FOREIGN = {
    "organizations": ["V", "V-1", "D"],
    "members": ["N1", "M3"],
    "meetings": ["HV"],
    "assignments": ["AV"],
    "teams": ["TV", "T1"],
    "directives": ["01-NQ/V", "02-NQ/QU"],
}
COLUMNS = [
    (table.name, column)
    for table in TABLES
    for column in table.references
    if column.name in OWN[table.name].split("\n")[0].split(",")
]
# Each column with one of the foreign codes, in turn.
REFERENCES = [
    (table, column.name, FOREIGN[column.to][number % len(FOREIGN[column.to])])
    for number, (table, column) in enumerate(COLUMNS)
]
NOWHERE = "Q-0"
TAKEN = (
    ("members", "N1"),
    ("members", "M3"),
    ("meetings", "HV"),
    ("teams", "TV"),
    ("assignments", "AV"),
    ("assignments", "A1"),
    ("tasks", "KV"),
    ("deductions", "XV"),
    ("opinions", "YV"),
    ("delegations", "GV"),
    ("organizations", "V"),
)
ON_ONESELF = {
    "attendance:2:confirmed": (
        "meeting_code,member_code,status,capacity,confirmed\nH1,M2,present,assigned,1"
    ),
    "tasks:2:state": (
        "code,member_code,org_code,year,title,state,outcome\nK9,M2,W-1,2020,x,confirmed,met"
    ),
    "reviews:2:level": "assignment_code,year,level\nA2,2020,good",
    "deductions:2:points": (
        "code,member_code,criterion,occurred_on,points,reason\nX9,M2,conduct,2020-01-01,1,x"
    ),
}


class ScopedImport(TestCase):
    """The organization board of the ward W, beside a ward V of which it knows nothing."""

    @classmethod
    def setUpTestData(cls):
        with tempfile.TemporaryDirectory() as folder:
            take_tables(Path(folder), sheets())
            take_tables(Path(folder), only(**ELSEWHERE))
        cls.ward = Organization.objects.get(code="W")
        cls.board = make.make_user("board")
        make.grant(cls.board, Role.BOARD, cls.ward)

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path):
        self.tmp_path = tmp_path

    def take(self, tables, *, by=None):
        return take_tables(self.tmp_path, tables, by=by or self.board, on=TODAY)

    def answer(self, tables, *, by=None):
        """The problems that the user is told, as text; nothing of the workbook may be stored."""
        before = stored_rows()
        try:
            self.take(tables, by=by)
        except WorkbookError as error:
            assert stored_rows() == before
            return [str(problem) for problem in error.problems]
        return []

    def one_answer(self, tables, **more):
        (problem,) = self.answer(tables, **more)
        return problem


def own_row(table, **cells):
    """The rows of OWN with other cells."""
    heading, row = rows_of(OWN[table])
    row = [cells.get(name, cell) for name, cell in zip(heading, row, strict=True)]
    return {table: [heading, row]}


def organizations(heading, row):
    return only(organizations=f"code,name,kind,parent_code,{heading}\n{row}")


class ReferenceTests(ScopedImport):
    def test_every_reference_is_tried(self):
        tried = {(table, column) for table, column, _code in REFERENCES}
        assert tried == {(table.name, each.name) for table in TABLES for each in table.references}

    def test_what_lies_in_the_scope_is_taken(self):
        tables = {name: rows for table in OWN for name, rows in own_row(table).items()}
        report = self.take(tables)
        assert {name: counts.created for name, counts in report.tables.items()} == dict.fromkeys(
            OWN, 1
        )
        assert not self.take(tables).has_changes

    def test_a_foreign_code_is_answered_like_one_that_does_not_exist(self):
        unknown = {}
        for table, column, code in REFERENCES:
            with self.subTest(table=table, column=column, code=code):
                if (table, column) not in unknown:
                    unknown[table, column] = self.answer(own_row(table, **{column: NOWHERE}))
                    assert unknown[table, column]
                foreign = self.answer(own_row(table, **{column: code}))
                assert foreign == [each.replace(NOWHERE, code) for each in unknown[table, column]]

    def test_what_the_workbook_brings_may_be_referred_to(self):
        tables = own_row("members", branch_code="W-3") | own_row("organizations")
        assert self.take(tables).tables["members"].created == 1

    def test_a_member_who_left_the_scope_is_gone(self):
        elsewhere = Organization.objects.get(code="V-1")
        make.move(Member.objects.get(code="M2"), elsewhere, on=date(2026, 1, 1))
        foreign = self.answer(own_row("statuses", member_code="M2"))
        unknown = self.answer(own_row("statuses", member_code=NOWHERE))
        assert foreign == [each.replace(NOWHERE, "M2") for each in unknown]

    def test_grants_count_on_the_day_and_by_role(self):
        former, office = make.make_user("former"), make.make_user("office")
        make.grant(former, Role.BOARD, self.ward, until=date(2026, 2, 28))
        make.grant(office, Role.OFFICE, self.ward)
        for user in (former, office):
            assert "there is no “M1”" in self.one_answer(own_row("statuses"), by=user)
        with pytest.raises(TypeError):
            take_tables(self.tmp_path, own_row("statuses"), by=self.board)


class TakenCodeTests(ScopedImport):
    def test_a_code_that_is_taken_outside_is_refused_and_no_more_said(self):
        """Whatever has it, and wherever it is, the answer is one sentence."""
        told = set()
        for table, code in TAKEN:
            with self.subTest(table=table, code=code):
                problem = self.one_answer(own_row(table, code=code))
                assert problem.startswith(f"{table}:2:code: the code “{code}” cannot be given")
                told.add(problem.partition(": ")[2].replace(code, ""))
        assert len(told) == 1

    def test_a_row_that_is_refused_so_may_be_referred_to(self):
        """It is one problem, at the row itself."""
        tables = own_row("members", code="N1") | own_row("statuses", member_code="N1")
        assert self.one_answer(tables).startswith("members:2:code: ")


class EdgeTests(ScopedImport):
    """Nothing at the edge of the scope comes in, moves or goes."""

    def test_a_new_organization_stands_in_the_scope(self):
        for code in ("X-1", "V", "D"):
            for kind in ("branch", "province"):
                tables = own_row("organizations", code=code, kind=kind, parent_code="")
                assert "stand below no organization that you" in " ".join(self.answer(tables))

    def test_the_top_of_the_scope_keeps_the_parent_that_cannot_be_named(self):
        row = "W,Đảng ủy phường mới,grassroots_committee,{},1"
        report = self.take(organizations("grassroots", row.format("")))
        assert report.tables["organizations"].updated == 1
        assert Placement.objects.get(organization=self.ward).parent.code == "D"
        foreign, unknown = (
            self.answer(organizations("grassroots", row.format(code))) for code in ("D", NOWHERE)
        )
        assert foreign == [each.replace(NOWHERE, "D") for each in unknown]

    def test_the_top_of_the_scope_is_not_moved(self):
        row = "W,W,grassroots_committee,,2020-01-01,1"
        problem = self.one_answer(organizations("parent_since,grassroots", row))
        assert "belongs to an organization that you do not answer for" in problem

    def test_a_branch_is_not_let_go(self):
        told = self.answer(organizations("parent_since", "W-1,x,branch,,2020-01-01"))
        assert any("stand below no organization that you answer for" in each for each in told)

    def test_a_move_to_elsewhere_that_is_due_is_not_undone(self):
        member = Member.objects.get(code="M1")
        make.move(member, Organization.objects.get(code="V-1"), on=date(2027, 1, 1))
        row = "code,full_name,admitted_on,branch_code,branch_since\nM1,An,2010-05-01,W-1,{}"
        problem = self.one_answer(only(members=row.format("2010-05-01")))
        assert problem.startswith("members:2:branch_since: this would change")

    def test_who_came_from_elsewhere_keeps_the_history(self):
        member = make.make_member(Organization.objects.get(code="V-1"), code="N2")
        make.move(member, Organization.objects.get(code="W-1"), on=date(2015, 1, 1))
        row = "code,full_name,admitted_on,branch_code,branch_since\nN2,Mới,2000-01-01,W-1,{}"
        self.take(only(members=row.format("2015-02-01")))
        assert list(member.memberships.order_by("pk").values_list("branch__code", flat=True)) == [
            "V-1",
            "W-1",
        ]


class OwnRecordTests(ScopedImport):
    """Nobody confirms, reviews or decides on their own record."""

    def setUp(self):
        self.board.member = Member.objects.get(code="M2")
        self.board.save()
        branch = Organization.objects.get(code="W-1")
        make.make_assignment(self.board.member, branch, code="A2")

    def test_it_is_refused_at_its_row(self):
        for place, text in ON_ONESELF.items():
            table = place.partition(":")[0]
            with self.subTest(table):
                problem = self.one_answer(only(**{table: text}))
                assert problem.startswith(f"{place}: this is your own record")
                # What another did stays, and to import it once more is no act.
                take_tables(self.tmp_path, only(**{table: text}))
                assert self.answer(only(**{table: text})) == []

    def test_what_one_may_say_of_oneself(self):
        tables = own_row("attendance") | only(
            tasks="code,member_code,org_code,year,title,state\nK9,M2,W-1,2020,x,reported"
        )
        assert self.take(tables).has_changes


class ExportTests(ScopedImport):
    def test_an_export_holds_what_is_in_reach_and_goes_round(self):
        out = self.tmp_path / "out"
        export_workbook(self.ward, on=TODAY, output=out, by=self.board)
        cells = {cell for file in out.iterdir() for row in read(file) for cell in row}
        assert not cells & {"M3", "V", "V-1", "D", "D-O", "N1", "A1", "T1", "HV"}
        assert {"W", "W-1", "M1", "M2", "AW", "H1", "K2"} <= cells
        assert not take(out, by=self.board, on=TODAY).has_changes

    def test_commands_take_a_user(self):
        folder = write_folder(self.tmp_path / "asked", own_row("statuses", member_code="N1"))
        with pytest.raises(CommandError, match="1 problem"):
            call_command("import_workbook", folder, user="board")
        call_command("import_workbook", write_folder(folder, own_row("statuses")), user="board")
        with pytest.raises(CommandError, match="no active user with the name nobody"):
            call_command("import_workbook", folder, user="nobody")
        out = self.tmp_path / "out"
        for code in ("V", NOWHERE):
            with pytest.raises(CommandError, match=f"no organization with the code {code}"):
                call_command("export_workbook", org=code, output=out, user="board")
        call_command("export_workbook", org="W", output=out, user="board")
        with pytest.raises(PermissionDenied):
            export_workbook(Organization.objects.get(code="V"), on=TODAY, output=out, by=self.board)


def read(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))
