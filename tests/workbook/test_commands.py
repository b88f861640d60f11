"""What an operator types: the same services, exit status 1 and nothing saved when it is refused."""

import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from branches.models import Member
from tests.workers import worker_environment

from .sheets import CASES, only, sheets, stored_rows, write_excel, write_folder

pytestmark = pytest.mark.django_db


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_import_says_what_it_did(tmp_path):
    folder = write_folder(tmp_path / "workbook", sheets())
    out, err = run("import_workbook", folder, "--dry-run")
    assert out.startswith("organizations: 5 created, 0 updated, 0 unchanged\nmembers: 3 created")
    assert out.endswith("Dry run: nothing was saved.\n")
    assert not Member.objects.exists()
    assert "Dry run" not in run("import_workbook", folder)[0]
    out, err = run("import_workbook", folder)
    assert out.endswith("Nothing changed: everything was stored already.\n")
    assert err == ""


def test_import_prints_oddities(tmp_path):
    tables = sheets()
    tables["tasks"][2][7] = "2019-01-31"
    _out, err = run("import_workbook", write_folder(tmp_path / "workbook", tables))
    assert err.startswith("warning: tasks:3:due_on: due on 2019-01-31")


def test_import_with_a_day_of_effect(tmp_path):
    run("import_workbook", write_folder(tmp_path / "workbook", sheets()))
    changed = write_folder(tmp_path / "workbook", only(members="code,person_class\nM1,leader"))
    run("import_workbook", changed, "--effective", "2020-01-01")
    assert str(Member.objects.get(code="M1").earlier_classes.get().validity.upper) == "2020-01-01"


@pytest.mark.parametrize("day", ["5/3/2020", "05/03/2020"])
def test_the_day_of_effect_as_it_is_written_in_cells(tmp_path, day):
    run("import_workbook", write_folder(tmp_path / "workbook", sheets()))
    changed = write_folder(tmp_path / "workbook", only(members="code,person_class\nM1,leader"))
    run("import_workbook", changed, "--effective", day)
    assert str(Member.objects.get(code="M1").earlier_classes.get().validity.upper) == "2020-03-05"


@pytest.mark.parametrize("day", ["2020-3-5", "soon", "31/2/2020"])
def test_a_day_of_effect_that_is_none(tmp_path, day):
    folder = write_folder(tmp_path / "workbook", sheets())
    with pytest.raises(
        CommandError, match=r"--effective: .*(is not a date: write|there is no day)"
    ):
        run("import_workbook", folder, "--effective", day)


@pytest.mark.parametrize("name", ["E.XLSX", "E.ZIP"])
def test_endings_in_capitals(tmp_path, name):
    run("import_workbook", write_folder(tmp_path / "workbook", sheets()))
    run("export_workbook", "--org", "D", "--output", tmp_path / name)
    assert (tmp_path / name).is_file()
    assert run("import_workbook", tmp_path / name)[0].endswith("stored already.\n")


def test_csv_files_with_endings_in_capitals(tmp_path):
    folder = write_folder(tmp_path / "workbook", sheets())
    for file in folder.iterdir():
        file.rename(folder / file.name.upper())
    assert "members: 3 created" in run("import_workbook", folder)[0]
    assert "members: 0 created" in run("import_workbook", folder / "MEMBERS.CSV")[0]


@pytest.mark.parametrize("name", ["e.csv", "E.CSV"])
def test_an_export_to_one_csv_file(tmp_path, name):
    run("import_workbook", write_folder(tmp_path / "workbook", sheets()))
    with pytest.raises(CommandError, match=r"one \.csv holds one table"):
        run("export_workbook", "--org", "D", "--output", tmp_path / name)
    assert not (tmp_path / name).exists()


def test_outputs_that_cannot_be_written(tmp_path):
    run("import_workbook", write_folder(tmp_path / "workbook", sheets()))
    (tmp_path / "file").write_text("")
    for output in (tmp_path / "file", tmp_path / "file" / "out", tmp_path / ("a" * 300)):
        for command in (("export_workbook", "--org", "D"), ("generate_data", "--members", 3)):
            with pytest.raises(CommandError, match=r"^\[Errno [0-9]+\] [^\n]*$"):
                run(*command, "--output", output)


def test_a_refused_import_is_an_error(tmp_path):
    tables = sheets()
    tables["members"][1][2] = "30/2/2010"
    path = write_excel(tmp_path / "wb.xlsx", tables)
    before = stored_rows()
    err = StringIO()
    with pytest.raises(CommandError, match="1 problem; nothing was saved"):
        call_command("import_workbook", str(path), stderr=err)
    assert err.getvalue().startswith("members:2:admitted_on: there is no day “30/2/2010”")
    assert stored_rows() == before


def test_export_writes_what_import_takes(tmp_path):
    run("import_workbook", write_folder(tmp_path / "workbook", sheets()))
    out, _err = run("export_workbook", "--org", "D", "--output", tmp_path / "out", "--vi")
    assert "members: 3\n" in out
    assert (tmp_path / "out" / "Đảng viên.csv").exists()
    assert run("import_workbook", tmp_path / "out")[0].endswith("stored already.\n")
    run("export_workbook", "--org", "D", "--output", tmp_path / "out.xlsx")
    assert run("import_workbook", tmp_path / "out.xlsx")[0].endswith("stored already.\n")


def test_export_of_an_unknown_organization(tmp_path):
    with pytest.raises(CommandError, match="There is no organization with the code X"):
        run("export_workbook", "--org", "X", "--output", tmp_path)


def test_generated_data_is_the_same_every_time(tmp_path):
    for name in ("one", "two"):
        run("generate_data", "--members", 70, "--year", 2025, "--output", tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 20
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize("members", [1, 29, 130])
def test_generated_data_is_a_valid_workbook(tmp_path, members):
    run("generate_data", "--members", members, "--year", 2026, "--output", tmp_path / "data")
    out, err = run("import_workbook", tmp_path / "data")
    assert f"members: {members} created" in out
    assert err == ""


@pytest.mark.parametrize(
    "wrong",
    [("0", "2025"), ("-5", "2025"), ("5", "1929"), ("5", "2101"), ("5", "0"), ("5", "99999")],
)
def test_generated_data_of_no_size_or_year(tmp_path, wrong):
    members, year = wrong
    with pytest.raises(CommandError, match="At least one member"):
        run("generate_data", "--members", members, "--year", year, "--output", tmp_path / "data")


def test_exit_status_and_places_on_stderr(tmp_path):
    """As from a shell, in a process of its own."""
    folder = write_folder(tmp_path / "workbook", only(members="code,fulname\nM1,An"))
    done = subprocess.run(
        [sys.executable, "manage.py", "import_workbook", str(folder), "--dry-run"],
        env=worker_environment(),
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("members:1:fulname: ")
    assert done.stdout == ""


def test_a_case_of_the_suite_from_its_folder():
    out, _err = run("import_workbook", CASES / "tien-an-2016")
    assert "attendance: 3907 created" in out
