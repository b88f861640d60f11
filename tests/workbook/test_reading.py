"""The files that a workbook comes in, whole and broken."""

import csv
import io
import re
import struct
import zipfile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from branches.models import Member
from workbook import sources
from workbook.services import WorkbookError, import_upload

from .sheets import (
    BASE,
    TODAY,
    only,
    refusal,
    rows_of,
    sheets,
    stored_rows,
    take,
    write_excel,
    write_folder,
    write_zip,
)

pytestmark = pytest.mark.django_db
DAMAGED = "the file is damaged or was not transferred whole; save it again"


def counts_of(report):
    return {name: counts.created for name, counts in report.tables.items()}


EXPECTED = {name: len(rows_of(text)) - 1 for name, text in BASE.items()}


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("folder", write_folder),
        ("wb.zip", write_zip),
        ("wb.xlsx", write_excel),
        ("WB.XLSX", write_excel),
    ],
)
def test_a_workbook_is_a_folder_a_zip_or_excel(tmp_path, name, write):
    assert counts_of(take(write(tmp_path / name, sheets()))) == EXPECTED


def test_an_open_file(tmp_path):
    with write_excel(tmp_path / "wb.xlsx", sheets()).open("rb") as file:
        assert counts_of(take(file)) == EXPECTED


def test_one_csv_file(tmp_path):
    folder = write_folder(tmp_path / "wb", only(organizations="code,name,kind\nD,Quận ủy,district"))
    assert counts_of(take(folder / "organizations.csv")) == {"organizations": 1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_as_programs_write_it(tmp_path, encoding, delimiter, newline):
    text = newline.join(["code;Tên;kind", 'D;"Quận ủy ""D""";district', ""]).replace(";", delimiter)
    (tmp_path / "Tổ chức đảng.csv").write_bytes(text.encode(encoding))
    assert counts_of(take(tmp_path)) == {"organizations": 1}


def test_what_else_lies_in_a_folder_or_zip(tmp_path):
    folder = write_folder(tmp_path / "wb", sheets())
    for name in ("case.json", "expected_ratings.csv", ".hidden.csv", "~$members.csv"):
        (folder / name).write_text("anything")
    assert counts_of(take(folder)) == EXPECTED
    with zipfile.ZipFile(write_zip(tmp_path / "wb.zip", sheets()), "a") as archive:
        archive.writestr("__MACOSX/._members.csv", "anything")
        archive.writestr("case.json", "{}")
    assert not take(tmp_path / "wb.zip").has_changes


def test_csv_files_in_a_folder_of_a_zip(tmp_path):
    text = io.StringIO()
    csv.writer(text).writerows(rows_of("code,name,kind\nD,Quận ủy,district"))
    with zipfile.ZipFile(tmp_path / "wb.zip", "w") as archive:
        archive.writestr("export/organizations.csv", text.getvalue())
    assert counts_of(take(tmp_path / "wb.zip")) == {"organizations": 1}


def test_empty_sheets_are_nothing(tmp_path):
    tables = only(organizations="code,name,kind\nD,Quận ủy,district") | {"Sheet2": [], "tasks": []}
    assert counts_of(take(write_excel(tmp_path / "wb.xlsx", tables)))["organizations"] == 1


def test_a_blank_sheet_beside_others_is_nothing(tmp_path):
    for text in ("", "\n\n", ",,\r\n"):
        folder = write_folder(tmp_path / "wb", sheets())
        (folder / "opinions.csv").write_text(text)
        assert take(folder).tables["members"]


@pytest.mark.parametrize("blank_lines", [0, 2])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_delimiter_is_what_makes_known_columns(tmp_path, delimiter, blank_lines):
    take(write_folder(tmp_path / "workbook", sheets()))
    lines = [3 * delimiter] * blank_lines
    lines += [f"code{delimiter}Ngày, tháng, năm sinh", f"M1{delimiter}31/1/1980"]
    (tmp_path / "members.csv").write_text("\n".join(lines), encoding="utf-8")
    take(tmp_path / "members.csv")
    assert str(Member.objects.get(code="M1").birth_date) == "1980-01-31"


def test_a_long_field_of_csv(tmp_path):
    tables = sheets()
    tables["reviews"][1][3] = "a" * 200_000
    assert counts_of(take(write_folder(tmp_path / "workbook", tables))) == EXPECTED
    tables["members"][2][1] = "a" * 200_000
    assert refusal(write_folder(tmp_path / "workbook", tables)) == [
        "members:3:full_name: 200000 characters are too many: at most 200"
    ]


def test_a_field_of_csv_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LONGEST_FIELD", 1000)
    tables = sheets()
    tables["members"][2][1] = "a" * 1001
    assert "members:3: a cell has more than 1000 characters" in refusal(
        write_folder(tmp_path / "workbook", tables)
    )


# What is no workbook


def test_a_folder_without_csv(tmp_path):
    write_folder(tmp_path / "workbook", sheets())
    message = "the folder holds no .csv file: a workbook has one for each table, such as"
    assert refusal(tmp_path) == [f"{tmp_path}: {message} members.csv"]


def test_a_zip_without_csv(tmp_path):
    path = write_zip(tmp_path / "wb.zip", {})
    message = "the archive holds no .csv file: a workbook has one for each table, such as"
    assert refusal(path) == [f"wb.zip: {message} members.csv"]


def test_an_excel_workbook_in_a_zip(tmp_path):
    excel = write_excel(tmp_path / "wb.xlsx", sheets())
    with zipfile.ZipFile(tmp_path / "wb.zip", "w") as archive:
        archive.write(excel, "wb.xlsx")
    assert refusal(tmp_path / "wb.zip") == [
        "wb.zip: the archive holds an .xlsx: unpack it and import the .xlsx itself"
    ]
    assert refusal(excel.rename(tmp_path / "excel.zip")) == [
        "excel.zip: this is an Excel workbook: give it a name that ends in .xlsx"
    ]


def test_a_workbook_without_a_table(tmp_path):
    message = "no table of a workbook is in it: its sheets or files have names such as"
    some = "organizations, members, meetings"
    path = write_excel(tmp_path / "wb.xlsx", {"Sheet1": []})
    assert refusal(path) == [f"wb.xlsx: {message} {some}"]
    folder = write_folder(tmp_path / "ratings", only(expected_ratings="member_code\nM1"))
    assert refusal(folder) == [f"{folder}: {message} {some}"]


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", ",,\n"])
def test_a_workbook_without_a_heading(tmp_path, text):
    (tmp_path / "meetings.csv").write_text(text, encoding="utf-8")
    message = "meetings: there is no heading row: the first row names the columns, such as"
    for path in (
        tmp_path,
        tmp_path / "meetings.csv",
        write_excel(tmp_path / "wb.xlsx", {"meetings": []}),
    ):
        assert refusal(path) == [f"{message} code, branch_code, held_on"]


def test_files_that_cannot_be_read(tmp_path):
    folder = write_folder(tmp_path / "wb", sheets())
    (folder / "members.csv").unlink()
    (folder / "members.csv").symlink_to(tmp_path / "gone.csv")
    assert "members: this cannot be read: No such file or directory" in refusal(folder)
    (folder / "members.csv").unlink()
    (folder / "members.csv").mkdir()
    assert "members: this cannot be read: Is a directory" in refusal(folder)
    (tmp_path / "wb.xlsx").symlink_to(tmp_path / "gone.xlsx")
    assert refusal(tmp_path / "wb.xlsx")[0].endswith("there is no such file or folder")
    (tmp_path / "loop.xlsx").symlink_to(tmp_path / "loop.xlsx")
    assert len(refusal(tmp_path / "loop.xlsx")) == 1
    assert refusal(tmp_path / ("a" * 300)) == [
        f"{tmp_path / ('a' * 300)}: this cannot be read: File name too long"
    ]


def test_excel_rows_are_counted_from_the_top(tmp_path):
    rows = [[], ["code", "name", "kind"], [], ["D", "Quận ủy", "city"]]
    assert refusal(write_excel(tmp_path / "wb.xlsx", {"organizations": rows}))[0].startswith(
        "organizations:4:kind: “city” is not in the list"
    )


def test_typed_cells_of_excel(tmp_path):
    """Codes that Excel took for numbers, booleans, numbers with decimals."""
    rows = [["code", "name", "kind", "grassroots"], [1001.0, 5, "branch", True]]
    rows += [["P", "P", "province", False]]
    rows[0].append("parent_code")
    rows[1].append("P")
    assert counts_of(take(write_excel(tmp_path / "wb.xlsx", {"organizations": rows})))
    members = [["code", "full_name", "admitted_on", "branch_code", "branch_since"]]
    members += [[7, "An", "1/1/2010", 1001, "1/1/2010"]]
    assert counts_of(take(write_excel(tmp_path / "m.xlsx", {"members": members}))) == {"members": 1}


def write_formulas(path, results, at=(0, 0)):
    """An attendance sheet whose first member's cells are formulas with these results."""
    rows = only(attendance=BASE["attendance"])["attendance"]
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("attendance")
        for number, row in enumerate(rows):
            sheet.write_row(at[0] + number, at[1], row)
        for (row, column), result in results.items():
            sheet.write_formula(at[0] + row, at[1] + column, "=A1", None, result)
    return path


@pytest.mark.parametrize("at", [(0, 0), (3, 2)])
@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"]
)
def test_an_error_of_excel_is_one_of_its_cell(tmp_path, error, at):
    take(write_folder(tmp_path / "workbook", sheets()))
    path = write_formulas(tmp_path / "wb.xlsx", {(1, 4): error, (5, 1): error}, at)
    message = f"the cell holds the Excel error “{error}”: correct its formula, or write the value"
    problems = refusal(path)
    assert problems[0] == f"attendance:{at[0] + 2}:confirmed: {message} itself"
    assert f"attendance:{at[0] + 6}:member_code: {message} itself" in problems


def test_an_error_of_excel_in_the_heading(tmp_path):
    path = write_formulas(tmp_path / "wb.xlsx", {(0, 4): "#REF!"})
    assert refusal(path)[0].startswith("attendance:1:E: the cell holds the Excel error “#REF!”")


def test_the_text_of_an_error_that_is_none(tmp_path):
    tables = sheets()
    tables["tasks"][1][5] = 't="e"'
    assert counts_of(take(write_excel(tmp_path / "wb.xlsx", tables))) == EXPECTED


def test_cells_without_a_place_of_their_own(tmp_path):
    """Some programs leave out where a cell stands; it is the one after the last then."""
    path = write_formulas(tmp_path / "wb.xlsx", {(1, 4): "#N/A"})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb' (r|spans)="[^"]*"', b"", content)
                content = content.replace(b'<c t="e"><f>', b'<c/><c t="e"><f>')
            archive.writestr(name, content)
    problems = refusal(path)
    assert any(each.startswith("attendance:2:confirmed: the cell holds") for each in problems)


@pytest.mark.parametrize("target", ["xl/Worksheets/SHEET1.xml", "xl/tables/attendance.xml"])
def test_an_error_in_a_sheet_that_is_kept_elsewhere(tmp_path, target):
    path = write_formulas(tmp_path / "wb.xlsx", {(1, 4): "#N/A"})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[target] = members.pop("xl/worksheets/sheet1.xml")
    relations = members["xl/_rels/workbook.xml.rels"]
    at = b"tables/attendance.xml" if "tables" in target else b"/xl/worksheets/sheet1.xml"
    members["xl/_rels/workbook.xml.rels"] = relations.replace(b"worksheets/sheet1.xml", at)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert refusal(path)[0].startswith("attendance:2:confirmed: the cell holds the Excel error")


def test_more_errors_of_excel_than_can_be_listed(tmp_path, monkeypatch):
    path = write_formulas(tmp_path / "wb.xlsx", {(1, 3): "#N/A", (1, 4): "#N/A", (2, 4): "#N/A"})
    monkeypatch.setattr(sources, "MOST_ERROR_CELLS", 2)
    assert refusal(path)[0].startswith("wb.xlsx: more than 2 cells hold an Excel error")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Đảng viên 2026", "Đảng viên"),
        ("members_2026_final", "members"),
        ("meet", "meetings"),
        ("mettings", "meetings"),
    ],
)
def test_a_sheet_whose_name_is_near_a_table(tmp_path, name, near):
    path = write_excel(tmp_path / "wb.xlsx", {name: [["code"], ["M1"]]})
    assert refusal(path) == [f"{name}: there is no such table; the nearest is “{near}”"]


@pytest.mark.parametrize("name", ["Sheet1", "Trang tính1", "quick notes", "x"])
def test_a_sheet_whose_name_is_near_no_table(tmp_path, name):
    path = write_excel(tmp_path / "wb.xlsx", {name: [["code"], ["M1"]]})
    assert refusal(path)[0].startswith(f"{name}: there is no such table; the tables are: org")


# Broken and hostile files


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize(("name", "write"), [("wb.xlsx", write_excel), ("wb.zip", write_zip)])
def test_a_truncated_file(tmp_path, name, write, share):
    path = write(tmp_path / name, sheets())
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert refusal(path) == [f"{name}: {DAMAGED}"]


@pytest.mark.parametrize(("name", "write"), [("wb.xlsx", write_excel), ("wb.zip", write_zip)])
def test_a_damaged_file(tmp_path, name, write):
    path = write(tmp_path / name, sheets())
    data = bytearray(path.read_bytes())
    middle = len(data) // 4
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    problems = refusal(path)
    assert "damaged" in problems[0]


def test_a_zip_that_is_no_excel_workbook(tmp_path):
    path = write_zip(tmp_path / "wb.zip", sheets()).rename(tmp_path / "wb.xlsx")
    assert refusal(path)[0].startswith("wb.xlsx: the file is no Excel workbook: ")


@pytest.mark.parametrize("name", ["wb.xls", "wb.pdf", "wb"])
def test_another_kind_of_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"anything")
    assert refusal(tmp_path / name) == [
        f"{name}: this is no workbook: it is one .xlsx, a folder of .csv files, or a .zip of them"
    ]


def test_a_file_that_is_not_there(tmp_path):
    assert refusal(tmp_path / "none.xlsx")[0].endswith("there is no such file or folder")


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16", "latin-1"])
def test_a_csv_file_that_is_not_utf_8(tmp_path, encoding):
    text = "code,name,kind\nD,Quân ê,district\n"
    (tmp_path / "organizations.csv").write_bytes(text.encode(encoding))
    assert refusal(tmp_path) == [
        "organizations: the file is not UTF-8: save it as “CSV UTF-8 (comma delimited)”"
    ]


def test_a_quote_that_is_not_closed(tmp_path):
    (tmp_path / "organizations.csv").write_text('code,name,kind\nD,D,district\nE,"Quận,district\n')
    assert refusal(tmp_path) == ["organizations:3: this is not CSV: unexpected end of data"]


def test_a_zip_bomb(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("members.csv", b"a" * 64 * 1024**2)
    assert path.stat().st_size < 100_000
    assert refusal(path) == [
        "bomb.zip: the archive unpacks to more than 200 times its size, which no real one does"
    ]


def test_a_bomb_that_is_an_excel_workbook(tmp_path):
    path = write_excel(tmp_path / "bomb.xlsx", sheets())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(64 * 1024**2))
    assert "200 times" in refusal(path)[0]


def test_a_cell_far_from_all_others(tmp_path):
    path = tmp_path / "wb.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("members").write(1_048_575, 16_383, "x")
    assert refusal(path) == [
        "wb.xlsx: a value stands at XFD, far from all others: no table reaches so far"
    ]


def test_an_archive_that_unpacks_to_too_much(tmp_path):
    path = write_zip(tmp_path / "wb.zip", sheets())
    with override_settings(IMPORT_MAX_UNPACKED_BYTES=1024):
        assert refusal(path) == ["wb.zip: the archive unpacks to 0 MB; at most 0 MB are read"]


@pytest.mark.parametrize(("name", "write"), [("wb.xlsx", write_excel), ("wb.zip", write_zip)])
def test_an_archive_that_lies_about_its_sizes(tmp_path, name, write):
    """The stated size is what is bounded; what unpacks to more than that is damaged."""
    path = write(tmp_path / name, sheets())
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = max(archive.infolist(), key=lambda each: each.file_size)
    at = data.find(b"PK\x01\x02")
    while data[at + 46 : at + 46 + len(member.filename)] != member.filename.encode():
        at = data.find(b"PK\x01\x02", at + 1)
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(data)
    assert "damaged" in refusal(path)[0]


def test_an_archive_of_too_many_files(tmp_path):
    with zipfile.ZipFile(tmp_path / "wb.zip", "w") as archive:
        for number in range(1001):
            archive.writestr(f"{number}.csv", "")
    assert refusal(tmp_path / "wb.zip") == [
        "wb.zip: the archive holds 1001 files; at most 1000 may be in it"
    ]


@pytest.mark.parametrize(
    "member", ["../members.csv", "/etc/members.csv", "C:/x.csv", "a\\..\\x.csv"]
)
def test_an_archive_with_paths_out_of_it(tmp_path, member):
    with zipfile.ZipFile(tmp_path / "wb.zip", "w") as archive:
        archive.writestr(member, "code")
    assert refusal(tmp_path / "wb.zip") == ["wb.zip: the archive holds files with a path out of it"]


def test_an_upload_over_the_limit(tmp_path):
    content = write_excel(tmp_path / "wb.xlsx", sheets()).read_bytes()
    upload = SimpleUploadedFile("wb.xlsx", content)
    before = stored_rows()
    with (
        override_settings(IMPORT_MAX_UPLOAD_BYTES=len(content) - 1),
        pytest.raises(WorkbookError, match=r"wb.xlsx: the file has 0.0 MB, more than the 0.0 MB"),
    ):
        import_upload(upload, effective=TODAY)
    assert stored_rows() == before
    with override_settings(IMPORT_MAX_UPLOAD_BYTES=len(content)):
        assert counts_of(import_upload(upload, effective=TODAY)) == EXPECTED
