"""The uploaded workbook comes back with its faulty cells marked and the reason in a comment."""

import io
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from tests.workbook.sheets import only, rows_of, sheets, write_excel, write_zip
from workbook import error_workbook
from workbook.error_workbook import FILL, write_error_workbook
from workbook.problems import Problem, WorkbookError

from .sheets import take
from .uploads import archive, checked, content_of, excel, make_board, stored_world

WRONG = only(
    organizations="""
        code,name,kind,parent_code
        W-3,Chi bộ 3,brunch,W
    """,
    members="""
        code,full_name,admitted_on,branch_code,branch_since
        M1,Nguyễn Văn An,2010-05-01,NOWHERE,2010-05-01
        M2,Trần Thị Bình,31/2/2011,W-2,2012-01-01
    """,
)


def marked(path, problems, **aliases):
    output = io.BytesIO()
    write_error_workbook(path, problems, output, aliases=aliases)
    return openpyxl.load_workbook(output)


def is_marked(cell):
    return cell.fill.fgColor.rgb == f"FF{FILL[1:]}"


def marked_cells(sheet):
    return [cell.coordinate for row in sheet.iter_rows() for cell in row if is_marked(cell)]


@pytest.mark.django_db
@pytest.mark.parametrize("pack", [excel, archive])
def test_faulty_cells_are_filled_and_say_why(tmp_path, pack):
    district = stored_world(tmp_path)
    row = checked(pack(tmp_path, WRONG), district, make_board(district))
    book = openpyxl.load_workbook(content_of(row.errors_file))
    assert book.sheetnames[0] == "Problems"
    assert marked_cells(book["organizations"]) == ["C2"]
    assert marked_cells(book["members"]) == ["D2", "C3"]
    assert "there is no “NOWHERE”" in book["members"]["D2"].comment.text
    assert "31/2/2011" in book["members"]["C3"].comment.text
    assert book["members"]["D3"].comment is None


@pytest.mark.django_db
def test_the_first_sheet_lists_all_of_them(tmp_path):
    district = stored_world(tmp_path)
    row = checked(excel(tmp_path, WRONG), district, make_board(district))
    listed = list(openpyxl.load_workbook(content_of(row.errors_file))["Problems"].values)
    assert listed[0] == ("Table", "Row", "Column", "What is wrong")
    assert [line[:3] for line in listed[1:]] == [
        ("organizations", 2, "kind"),
        ("members", 2, "branch_code"),
        ("members", 3, "admitted_on"),
    ]


@pytest.mark.django_db
def test_the_corrected_error_workbook_can_be_imported(tmp_path):
    tables = sheets()
    tables["members"][1][2] = "31/2/2011"
    path = write_excel(tmp_path / "wrong.xlsx", tables)
    with pytest.raises(WorkbookError) as refused:
        take(path)
    book = marked(path, refused.value.problems)
    book["members"]["C2"] = datetime(2010, 5, 1)
    book.save(tmp_path / "corrected.xlsx")
    assert take(tmp_path / "corrected.xlsx").tables["members"].created == 3


def test_other_cells_are_as_they_were_uploaded(tmp_path):
    rows = [
        ["code", "name", "seen", "so"],
        ["001", "=1+1", date(2026, 3, 5), 2.5],
        ["'-x", "Đảng ủy", "2026-03-05", True],
    ]
    path = write_excel(tmp_path / "cells.xlsx", {"members": rows})
    book = marked(path, [Problem("members", 3, "name", "no")])
    sheet = book["members"]
    assert [cell.value for cell in sheet[2]] == ["001", "=1+1", datetime(2026, 3, 5), 2.5]
    assert sheet["B2"].data_type == "s"
    assert sheet["C2"].number_format == "dd/mm/yyyy"
    assert [cell.value for cell in sheet[3]] == ["'-x", "Đảng ủy", "2026-03-05", True]


def test_columns_stay_where_they_were(tmp_path):
    rows = [["", "", ""], ["", "code", "full_name"], ["", "M1", "?"]]
    path = write_excel(tmp_path / "moved.xlsx", {"members": rows})
    book = marked(path, [Problem("members", 3, "full_name", "no")])
    assert marked_cells(book["members"]) == ["C3"]


def test_faults_of_headings_and_of_sheets_stand_at_their_headings(tmp_path):
    path = write_excel(
        tmp_path / "x.xlsx", {"members": [["code", "Cột lạ"], ["M1", "a"]], "Q": [[1]]}
    )
    problems = [
        Problem("members", 1, "Cột lạ", "unknown", heading="Cột lạ"),
        Problem("members", 1, "full_name", "missing"),
        Problem("Q", None, "", "no such table", heading="Q"),
    ]
    book = marked(path, problems)
    assert marked_cells(book["members"]) == ["A1", "B1"]
    assert book["members"]["A1"].comment.text == "missing"
    assert book["Q"]["A1"].comment.text == "no such table"


def test_several_faults_of_a_cell_stand_in_one_comment(tmp_path):
    path = write_excel(tmp_path / "x.xlsx", {"members": rows_of("code\nM1")})
    problems = [Problem("members", 2, "code", "one"), Problem("members", 2, "code", "two")]
    assert marked(path, problems)["members"]["A2"].comment.text == "one\ntwo"


def test_a_heading_that_was_explained_is_found(tmp_path):
    path = write_excel(tmp_path / "x.xlsx", {"Sổ": [["Mã số", "Ai"], ["M1", "a"]]})
    output = io.BytesIO()
    aliases = {("", "so"): "members", ("members", "ai"): "full_name"}
    write_error_workbook(path, [Problem("members", 2, "full_name", "no")], output, aliases=aliases)
    assert marked_cells(openpyxl.load_workbook(output)["Sổ"]) == ["B2"]


def test_only_the_first_comments_are_written(tmp_path, monkeypatch):
    monkeypatch.setattr(error_workbook, "MOST_COMMENTS", 2)
    path = write_excel(tmp_path / "x.xlsx", {"members": [["code"], *[[f"M{n}"] for n in range(4)]]})
    problems = [Problem("members", row, "code", "no") for row in range(2, 6)]
    sheet = marked(path, problems)["members"]
    assert marked_cells(sheet) == ["A2", "A3", "A4", "A5"]
    assert sheet["A3"].comment
    assert sheet["A4"].comment is None


def test_names_of_files_become_names_of_sheets(tmp_path):
    path = write_zip(tmp_path / "x.zip", {"members": [["code"]], "a[b]" + "c" * 40: [["x"]]})
    assert marked(path, []).sheetnames == ["Problems", "a_b_" + "c" * 27, "members"]


def test_errors_of_excel_stay_errors(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as workbook:
        sheet = workbook.add_worksheet("members")
        sheet.write_row(0, 0, ["code", "full_name"])
        sheet.write_string(1, 0, "M1")
        sheet.write_formula(1, 1, "=#N/A", None, "#N/A")
    book = marked(tmp_path / "x.xlsx", [])
    assert book["members"]["B2"].value == "=#N/A"
