"""What an export holds and how it is written; test_round_trip.py has whole cases."""

import csv
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook

from branches.models import Member, Organization, Position
from tests.builders import make_member, make_organization, make_ward, move
from workbook import outputs
from workbook.services import ExportError, export_workbook
from workbook.synthetic import generate_data

from .sheets import (
    TODAY,
    database_of_its_own,
    export_bytes,
    only,
    sheets,
    take,
    take_tables,
)

pytestmark = pytest.mark.django_db


def exported(tmp_path, code="D", **options):
    """{table: rows as dicts} of an export."""
    folder = tmp_path / "exported"
    export_bytes(folder, code, **options)
    return {
        file.stem: list(csv.DictReader(file.open(encoding="utf-8", newline="")))
        for file in folder.iterdir()
    }


def codes(rows, column="code"):
    return [row[column] for row in rows]


def test_every_given_table_is_written_with_its_heading(tmp_path):
    take_tables(tmp_path, sheets())
    files = export_bytes(tmp_path / "out")
    assert len(files) == 20
    assert files["opinions.csv"] == (
        b"code,meeting_code,raised_by,topic,content,answer,referred_to_code,due_on,state\n"
    )
    assert files["attendance.csv"].decode() == (
        "meeting_code,member_code,status,capacity,confirmed\n"
        "H1,M1,present,member,1\n"
        "H1,M3,present,assigned,1\n"
    )


def test_added_columns_and_tables_come_only_with_values(tmp_path):
    take_tables(
        tmp_path,
        sheets()
        | only(
            unit_caps="org_code,year,percent\nW,2018,25",
            earlier_classes="member_code,until,person_class\nM1,2019-12-31,staff",
        ),
    )
    Member.objects.get(code="M1").memberships.update(validity="[2010-05-01,2021-01-01)")
    tables = exported(tmp_path)
    assert tables["unit_caps"] == [{"org_code": "W", "year": "2018", "percent": "25"}]
    assert tables["earlier_classes"][0]["until"] == "2019-12-31"
    assert "earlier_organizations" not in tables
    assert [row["branch_until"] for row in tables["members"]] == ["2020-12-31", "", ""]
    assert "directive_issued_on" not in tables["assignments"][0]


def test_rows_are_in_the_order_of_their_keys_by_code_point(tmp_path):
    with_codes = only(
        organizations="code,name,kind,parent_code\nb,b,province,\nB,B,province,b0\n"
        "_,x,province,\nb0,x,central,\nA-1,x,province,\nA.1,x,province,b0\nA_1,x,province,"
    )
    del with_codes["organizations"][3]
    take_tables(tmp_path, with_codes)
    assert codes(exported(tmp_path, "b0")["organizations"]) == ["A.1", "B", "b0"]


def test_vietnamese_names(tmp_path):
    take_tables(tmp_path, sheets())
    files = export_bytes(tmp_path / "out", vi=True)
    assert files["Điểm danh.csv"].decode() == (
        "Mã buổi sinh hoạt,Số thẻ đảng viên,Tình trạng,Tư cách dự,Đã xác nhận\n"
        "H1,M1,Có mặt,Đảng viên chi bộ,1\n"
        "H1,M3,Có mặt,Cán bộ được phân công,1\n"
    )


def test_a_folder_is_replaced_and_other_files_stay(tmp_path):
    take_tables(tmp_path, sheets())
    export_bytes(tmp_path / "out")
    (tmp_path / "out" / "notes.csv").write_text("mine")
    files = export_bytes(tmp_path / "out", vi=True)
    assert len(files) == 21
    assert files["notes.csv"] == b"mine"


@pytest.mark.parametrize("name", ["a.xlsx", "a.zip"])
def test_the_same_rows_are_the_same_bytes(tmp_path, name):
    take_tables(tmp_path, sheets())
    organization = Organization.objects.get(code="D")
    for folder in ("one", "two"):
        export_workbook(organization, on=TODAY, output=tmp_path / folder / name)
    first, second = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
    assert first == second


def test_cells_of_excel_are_what_they_are(tmp_path):
    tables = sheets()
    tables["members"][1][1] = "=1+1"
    take_tables(tmp_path, tables)
    organization = Organization.objects.get(code="D")
    export_workbook(organization, on=TODAY, output=tmp_path / "out.xlsx", vi=True)
    workbook = load_workbook(tmp_path / "out.xlsx")
    assert workbook.sheetnames[:2] == ["Tổ chức đảng", "Tổ chức cấp trên trước đây"]
    row = next(workbook["Đảng viên"].iter_rows(min_row=2))
    assert (row[0].value, row[1].value, row[1].data_type) == ("M1", "'=1+1", "s")
    assert row[4].value.date() == date(2010, 5, 1)
    weights = [each.value for each in workbook["Phần việc"]["H"]]
    assert weights == ["Trọng số", 2, 1]


@pytest.mark.parametrize("text", ["=1+1", "+84", "-x", "@a", "'=1", "'quoted", 'a,"b"\nc', "'"])
def test_awkward_text_goes_round(tmp_path, text):
    tables = sheets()
    tables["directives"][1][4] = (
        f"'{text}" if text.lstrip("'")[:1] in ("=", "+", "-", "@") else text
    )
    take_tables(tmp_path, tables)
    row = exported(tmp_path)["directives"][0]
    assert not row["title"].startswith(("=", "+", "-", "@"))
    assert not take(tmp_path / "exported").has_changes


def test_awkward_text_from_elsewhere_is_exported_as_it_can_be_read(tmp_path):
    take_tables(tmp_path, sheets())
    Position.objects.update(field=" a\rb\x07 Nguye\u0302\u0303n\u00a0")
    assert exported(tmp_path)["positions"][0]["field"] == "a\nb Nguyễn"


def test_numbers_with_three_decimals_are_not_ambiguous(tmp_path):
    take_tables(tmp_path, sheets() | only(indicators="org_code,year,name,target\nW,2018,x,1.2340"))
    assert exported(tmp_path)["indicators"][0]["target"] == "1.2340"
    assert not take(tmp_path / "exported").has_changes


# Which rows


def test_the_subtree_and_what_it_refers_to(tmp_path):
    tables = sheets()
    tables["organizations"] += only(
        o="""
            V,Đảng ủy phường V,grassroots_committee,D,,1,,
            V-1,Chi bộ khác,branch,V,,,,
        """
    )["o"]
    tables["members"] += only(m="M4,Phạm Thị Dung,2010-01-01,V-1,2010-01-01,,,")["m"]
    tables["meetings"] += only(m="H2,V-1,2018-04-04,regular,\nH3,V-1,2018-05-05,regular,")["m"]
    tables["attendance"] += only(a="H2,M1,present,assigned,\nH3,M4,present,,")["a"]
    tables |= only(
        statuses="member_code,status,since\nM1,exempt,2020-01-01\nM3,exempt,2020-01-01",
        opinions="code,meeting_code,topic,content,state,referred_to_code,due_on\n"
        "Y1,H1,Đất,Hỏi,referred,V,2018-09-01",
    )
    take_tables(tmp_path, tables)
    out = exported(tmp_path, "W-1")
    assert codes(out["organizations"]) == ["D", "D-O", "V", "V-1", "W", "W-1"]
    assert codes(out["members"]) == ["M1", "M3"]  # its member, and the cadre who comes
    assert codes(out["meetings"]) == ["H1", "H2"]
    assert codes(out["attendance"], "member_code") == ["M1", "M3", "M1"]
    assert codes(out["statuses"], "member_code") == ["M1"]
    assert codes(out["assignments"]) == ["A1"]
    assert codes(out["positions"], "member_code") == ["M3"]
    assert codes(out["tasks"]) == ["K1", "K2"]
    assert codes(out["reviews"], "assignment_code") == ["A1"]
    first = export_bytes(tmp_path / "first", "W-1")
    assert not take(tmp_path / "first").has_changes
    assert first == export_bytes(tmp_path / "second", "W-1")


def test_history_goes_round(tmp_path):
    """Moves, gaps, organizations that ended or stand alone, names that changed, a new term."""
    with database_of_its_own():
        take_tables(tmp_path, sheets())
        ward, (one, two) = make_ward("X", parent=Organization.objects.get(code="D"), branches=2)
        member = make_member(one, code="X1")
        move(member, two, on=date(2015, 5, 5))
        move(member, one, on=date(2016, 5, 5))
        make_organization(code="X-E", parent=ward, since=date(2001, 1, 1), until=date(2010, 1, 1))
        alone = make_organization("district", code="D2", parent=None)
        take_tables(
            tmp_path,
            only(
                organizations="code,name,kind,parent_code,parent_since\nD,D,district,P,\nP,P,province,,"
                "\nX-1,Chi bộ mới,branch,W,2018-08-08",
                directives="number,issuer_code,issued_on,kind,title\n02-NQ/QU,D,2021-01-01,plan,Mới",
            ),
            effective=date(2019, 9, 9),
        )
        assert alone.placements.count() == 0
        first = export_bytes(tmp_path / "first", "P")
        assert not take(tmp_path / "first").has_changes
    with database_of_its_own():
        take(tmp_path / "first")
        assert export_bytes(tmp_path / "second", "P") == first
    assert b"directive_issued_on" in first["assignments.csv"]
    assert b"X1,X-1,2000-01-01,2015-05-04" in first["memberships.csv"]
    assert "X-1,,2019-09-08,X-1,branch,0" in first["earlier_organizations.csv"].decode()
    assert b"X-1,X,,2018-08-07" in first["placements.csv"]


def test_synthetic_data_goes_round(tmp_path):
    generate_data(members=200, year=2025, output=tmp_path / "data")
    with database_of_its_own():
        report = take(tmp_path / "data")
        assert not report.warnings
        first = export_bytes(tmp_path / "first", "P")
    with database_of_its_own():
        take(tmp_path / "first")
        assert export_bytes(tmp_path / "second", "P") == first


# Limits


def test_more_rows_than_a_sheet_holds(tmp_path, monkeypatch):
    take_tables(tmp_path, sheets())
    monkeypatch.setattr(outputs, "MOST_EXCEL_ROWS", 4)
    with pytest.raises(ExportError, match="“organizations” has more than the 4 rows that a sheet"):
        export_workbook(
            Organization.objects.get(code="D"), on=TODAY, output=tmp_path / "out" / "out.xlsx"
        )
    assert not list((tmp_path / "out").iterdir())


def test_a_text_that_no_cell_of_excel_holds(tmp_path):
    tables = sheets()
    tables["reviews"][1][3] = "x" * 40_000
    take_tables(tmp_path, tables)
    organization = Organization.objects.get(code="D")
    with pytest.raises(ExportError, match="a text of 40000 characters"):
        export_workbook(organization, on=TODAY, output=tmp_path / "out.xlsx")
    export_workbook(organization, on=TODAY, output=tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert len(archive.namelist()) == 20
    assert not take(tmp_path / "out.zip").has_changes


def test_exporting_takes_few_queries(tmp_path, django_assert_max_num_queries):
    take_tables(tmp_path, sheets())
    with django_assert_max_num_queries(45):
        export_bytes(tmp_path / "out")
