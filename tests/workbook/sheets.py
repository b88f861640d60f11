"""Small workbooks for tests: a valid one, altered where a test says so."""

import csv
import io
import zipfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import xlsxwriter
from django.apps import apps
from django.conf import settings
from django.db import transaction

from branches.models import Organization
from workbook.services import WorkbookError, export_workbook, import_workbook

CASES = Path(settings.BASE_DIR) / "tests" / "cases"
TODAY = date(2026, 3, 1)

# A district, a ward with two branches, a member of each branch, a cadre of the district's office
# assigned to the first, a meeting, a task, a review.
BASE = {
    "organizations": """
        code,name,kind,parent_code,parent_since,grassroots,valid_from,valid_to
        D,Quận ủy D,district,,,,,
        W,Đảng ủy phường W,grassroots_committee,D,,1,,
        W-1,Chi bộ 1,branch,W,,,,
        W-2,Chi bộ 2,branch,W,,,,
        D-O,Chi bộ cơ quan,branch,D,,1,,
    """,
    "members": """
        code,full_name,admitted_on,branch_code,branch_since,person_class,left_on,left_reason
        M1,Nguyễn Văn An,2010-05-01,W-1,2010-05-01,,,
        M2,Trần Thị Bình,2011-06-02,W-2,2012-01-01,staff,,
        M3,Lê Văn Cường,2005-02-03,D-O,2005-02-03,leader,,
    """,
    "positions": """
        member_code,org_code,title,since,until,rank
        M3,D,Ủy viên Ban Thường vụ,2015-01-01,,standing_member
    """,
    "directives": """
        number,issuer_code,issued_on,kind,title,valid_to
        02-NQ/QU,D,2015-06-01,resolution,Phân công cán bộ,
    """,
    "teams": """
        code,name,directive_number,issuer_code,target_code,leader_code
        T1,Đoàn 1,02-NQ/QU,D,W,M3
    """,
    "assignments": """
        code,member_code,target_code,role,directive_number,issuer_code,team_code,valid_from,valid_to
        A1,M3,W-1,direct,02-NQ/QU,D,T1,2016-01-01,
    """,
    "meetings": """
        code,branch_code,held_on,kind,quality
        H1,W-1,2018-03-03,regular,80
    """,
    "attendance": """
        meeting_code,member_code,status,capacity,confirmed
        H1,M1,present,,
        H1,M3,present,assigned,1
    """,
    "tasks": """
        code,member_code,org_code,assignment_code,year,title,weight,due_on,state,outcome
        K1,M3,W-1,A1,2018,Phần việc,2,2018-11-30,confirmed,met
        K2,M1,W-1,,2018,Phần việc,,2018-11-30,registered,
    """,
    "reviews": """
        assignment_code,year,level,comment,reviewer_code
        A1,2018,excellent,,W
    """,
}


def rows_of(text):
    return list(csv.reader(line.strip() for line in text.strip().splitlines()))


def sheets(**changed):
    """{table: rows} of the valid workbook with other texts for some tables; None takes one out."""
    return {name: rows_of(text) for name, text in (BASE | changed).items() if text is not None}


def only(**tables):
    return {name: rows_of(text) for name, text in tables.items()}


def with_rows(name, *lines):
    """The valid workbook with rows added to a table; the first added row is number_of(name)."""
    tables = sheets()
    tables[name] += [next(csv.reader([line])) for line in lines]
    return tables


def next_row(name):
    """The number of the first row that `with_rows` adds."""
    return len(rows_of(BASE[name])) + 1


def write_folder(path, tables):
    """The tables as CSV files in a folder; what it held before goes."""
    path.mkdir(exist_ok=True)
    for file in path.iterdir():
        file.unlink()
    for name, rows in tables.items():
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def write_zip(path, tables):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            archive.writestr(f"{name}.csv", text.getvalue())
    return path


def write_excel(path, tables):
    """Cells are written as what they are: text, numbers, days, booleans."""
    with xlsxwriter.Workbook(path) as workbook:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in tables.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for index, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, index, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(number, index, cell)
                    else:
                        sheet.write(number, index, cell)
    return path


def take(source, **options):
    return import_workbook(source, **{"effective": TODAY} | options)


def take_tables(tmp_path, tables, **options):
    return take(write_folder(tmp_path / "workbook", tables), **options)


def refusal(source, **options):
    """The problems of a workbook that is refused, as text; nothing of it may be stored."""
    before = stored_rows()
    try:
        take(source, **options)
    except WorkbookError as error:
        assert stored_rows() == before
        return [str(problem) for problem in error.problems]
    raise AssertionError("the workbook was taken")


def refusal_of(tmp_path, tables, **options):
    return refusal(write_folder(tmp_path / "refused", tables), **options)


def stored_rows():
    """How many rows there are of every model that a workbook writes."""
    return {
        model._meta.label: model.objects.count()
        for app in ("branches", "assignments", "evaluations")
        for model in apps.get_app_config(app).get_models()
    }


def export_bytes(path, code="D", **options):
    """The export as {file name: bytes}."""
    export_workbook(Organization.objects.get(code=code), output=path, **{"on": TODAY} | options)
    return {file.name: file.read_bytes() for file in path.iterdir()}


@contextmanager
def database_of_its_own():
    """What is stored inside is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
