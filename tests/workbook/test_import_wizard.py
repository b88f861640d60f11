"""Uploads: checked without keeping anything, imported as a whole, shown field by field."""

import csv
import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import JournalEntry
from branches.models import Member, Organization, StoredFile
from tests import builders as make
from workbook import jobs, keeping, uploads
from workbook.models import Import, ImportJob

from .sheets import TODAY, only, rows_of, sheets, stored_rows
from .uploads import (
    archive,
    checked,
    commit,
    content_of,
    excel,
    imported,
    make_board,
    now,
    stored_world,
    undo,
    upload,
    work,
)

pytestmark = pytest.mark.django_db

CHANGES = only(
    members="""
        code,full_name,admitted_on,branch_code,branch_since,occupation
        M1,Nguyễn Văn Ân,2010-05-01,W-1,2010-05-01,
        M2,Trần Thị Bình,2011-06-02,W-1,2026-01-01,=Giáo viên
        M9,Lý Mới,2020-01-01,W-2,2020-01-01,
    """,
    tasks="""
        code,member_code,org_code,year,title,weight,due_on,state,outcome
        K1,M3,W-1,2018,Phần việc,2,2018-11-30,confirmed,met
        K2,M1,W-1,2018,Phần việc,3,2019-01-05,registered,
    """,
)


@pytest.fixture
def district(tmp_path):
    return stored_world(tmp_path)


@pytest.fixture
def board(district):
    return make_board(district)


def lines(row, kind, table=None):
    found = row.lines.filter(kind=kind).in_order()
    return list(found.filter(table=table) if table else found)


def test_a_check_keeps_nothing_and_tells_all(tmp_path, district, board):
    before = stored_rows()
    row = checked(excel(tmp_path, CHANGES), district, board)
    assert row.state == "checked"
    assert stored_rows() == before | {"branches.StoredFile": before["branches.StoredFile"] + 2}
    assert row.counts["members"] == {
        "created": 1,
        "updated": 2,
        "unchanged": 0,
        "wrong": 0,
        "warnings": 0,
    }
    assert row.counts["tasks"]["unchanged"] == 1
    assert row.counts["tasks"]["warnings"] == 1


def test_changed_rows_are_told_field_by_field(tmp_path, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    first, second = lines(row, "changed", "members")
    assert (first.row, first.label) == (2, "M1 · Nguyễn Văn Ân")
    assert first.values == {"full_name": ["Nguyễn Văn An", "Nguyễn Văn Ân"]}
    assert second.values == {
        "branch_code": ["W-2", "W-1"],
        "branch_since": ["2012-01-01", "2026-01-01"],
        "occupation": ["", "=Giáo viên"],
    }
    (task,) = lines(row, "changed", "tasks")
    assert task.values == {"due_on": ["2018-11-30", "2019-01-05"], "weight": [1.0, 3.0]}


def test_new_rows_are_told_with_what_the_database_will_hold(tmp_path, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    (new,) = lines(row, "new")
    assert (new.table, new.row, new.label) == ("members", 4, "M9 · Lý Mới")
    assert new.values["branch_code"] == "W-2"
    assert new.values["person_class"] == "outside"


def test_earlier_branches_and_new_references_are_told(tmp_path, district, board):
    tables = only(
        organizations="""
            code,name,kind,parent_code
            W-3,Chi bộ 3,branch,W
        """,
        members="""
            code,full_name,admitted_on,branch_code,branch_since
            M1,Nguyễn Văn An,2010-05-01,W-3,2020-01-01
        """,
        memberships="""
            member_code,branch_code,since,until
            M1,W-2,2015-01-01,2019-12-31
            M1,W-1,2010-05-01,2014-12-31
        """,
    )
    row = checked(excel(tmp_path, tables), district, board)
    (member,) = lines(row, "changed", "members")
    assert member.values["branch_code"] == ["W-1", "W-3"]
    (new,) = lines(row, "new", "memberships")
    assert new.values["until"] == "2019-12-31"
    (changed,) = lines(row, "changed", "memberships")
    assert changed.values == {"until": [None, "2014-12-31"]}


def test_all_changes_stand_in_a_zip_of_csv(tmp_path, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    with zipfile.ZipFile(content_of(row.changes_file)) as files:
        found = {name: rows_in(files, name) for name in files.namelist()}
    assert sorted(found) == ["members - changed.csv", "members - new.csv", "tasks - changed.csv"]
    assert ["3", "M2 · Trần Thị Bình", "occupation", "", "'=Giáo viên"] in found[
        "members - changed.csv"
    ]
    heading, only_row = found["members - new.csv"]
    assert dict(zip(heading, only_row, strict=True))["branch_since"] == "2020-01-01"


def rows_in(files, name):
    return list(csv.reader(io.StringIO(files.read(name).decode("utf-8-sig"))))


def test_an_import_does_what_was_shown(tmp_path, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    assert row.state == "done"
    assert row.outcome == row.counts
    assert not row.differs_from_preview
    assert Member.objects.get(code="M1").full_name == "Nguyễn Văn Ân"
    entry = JournalEntry.objects.filter(table_name="branches_member", operation="insert").first()
    assert (entry.user, entry.reason) == (board, "Rà soát 2026")
    assert entry.transaction == row.transaction


def test_an_import_says_when_it_did_something_else(tmp_path, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    Member.objects.filter(code="M1").update(full_name="Nguyễn Văn Ân")
    row = commit(row, board)
    assert row.state == "done"
    assert row.differs_from_preview
    assert row.outcome["members"]["unchanged"] == 1


def test_an_import_that_became_wrong_saves_nothing(tmp_path, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    _ward, (elsewhere,) = make.make_ward("E")
    make.make_member(elsewhere, code="M9")
    before = stored_rows()
    row = commit(row, board)
    assert row.state == "wrong"
    assert row.transaction is None
    assert stored_rows()["branches.Member"] == before["branches.Member"]
    assert Member.objects.get(code="M1").full_name == "Nguyễn Văn An"


def test_wrong_rows_stand_beside_what_the_others_would_do(tmp_path, district, board):
    tables = CHANGES | {"members": [list(each) for each in CHANGES["members"]]}
    tables["members"][1][3] = "NOWHERE"
    row = checked(excel(tmp_path, tables), district, board)
    assert row.state == "wrong"
    assert row.counts["members"] == {
        "created": 1,
        "updated": 1,
        "unchanged": 0,
        "wrong": 1,
        "warnings": 0,
    }
    assert row.counts["tasks"]["updated"] == 1
    (wrong,) = lines(row, "wrong")
    assert (wrong.table, wrong.row, wrong.column) == ("members", 2, "branch_code")


def test_a_zip_of_csv_is_taken_as_well(tmp_path, district, board):
    row = imported(archive(tmp_path, CHANGES), district, board)
    assert row.state == "done"
    assert Member.objects.filter(code="M9").exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("list.pdf", b"%PDF", "this is no workbook"),
        ("list.xlsx", b"nothing", "damaged"),
        ("list.zip", b"PK\x05\x06" + b"\x00" * 18, "no .csv"),
    ],
)
def test_what_is_no_workbook_is_refused_at_once(district, board, name, content, told):
    with pytest.raises(ValidationError, match=told):
        upload(SimpleUploadedFile(name, content), district, board)
    assert not StoredFile.objects.exists()


def test_what_is_too_large_is_refused_at_once(tmp_path, district, board, settings):
    settings.IMPORT_MAX_UPLOAD_BYTES = 1000
    with pytest.raises(ValidationError, match="more than the"):
        upload(excel(tmp_path, CHANGES), district, board)


def test_who_may_not_import_cannot(tmp_path, district, board):
    stranger = make.make_user("stranger")
    with pytest.raises(PermissionDenied):
        upload(excel(tmp_path, CHANGES), district, stranger)
    row = checked(excel(tmp_path, CHANGES), district, board)
    for act in (uploads.commit_import, uploads.check_again, uploads.discard_import):
        with pytest.raises(PermissionDenied):
            act(row, by=stranger, on=TODAY)


def test_who_may_not_import_any_more_imports_nothing(tmp_path, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    uploads.commit_import(row, by=board, on=TODAY)
    board.is_active = False
    board.save()
    row = work(row)
    assert row.state == "failed"
    assert "may not import" in row.error
    assert not Member.objects.filter(code="M9").exists()


def test_an_import_reaches_as_far_as_who_imports(tmp_path, district):
    ward = Organization.objects.get(code="W")
    user = make_board(ward, "ward")
    row = checked(excel(tmp_path, sheets()), ward, user)
    assert row.state == "wrong"
    assert {each.table for each in lines(row, "wrong")} >= {"organizations", "members"}


def test_nothing_is_imported_twice(tmp_path, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    first = row.transaction
    assert jobs.work_on(row.pk, at=now(), on=TODAY) is None
    with pytest.raises(ValidationError):
        uploads.commit_import(row, by=board, on=TODAY)
    assert Import.objects.get(pk=row.pk).transaction == first


def test_a_job_is_held_by_one_worker_until_its_lease_ends(tmp_path, district, board):
    row = upload(excel(tmp_path, CHANGES), district, board)
    job = jobs.claim(row.pk)
    assert jobs.claim(row.pk) is None
    age_lease(job)
    assert jobs.claim(row.pk).leased_by != job.leased_by


def age_lease(job):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workbook_importjob SET leased_until = now() - interval '1 s'"
            " WHERE upload_id = %s",
            [job.pk],
        )


def test_two_imports_take_turns(tmp_path, district, board):
    first = upload(excel(tmp_path, CHANGES), district, board)
    second = upload(excel(tmp_path, CHANGES), district, board)
    jobs.claim(first.pk)
    assert jobs.work_on(second.pk, at=now(), on=TODAY) == jobs.TURN_SECONDS
    assert Import.objects.get(pk=second.pk).state == "uploaded"


def test_who_lost_the_lease_saves_nothing(tmp_path, district, board, monkeypatch):
    row = checked(excel(tmp_path, CHANGES), district, board)
    uploads.commit_import(row, by=board, on=TODAY)
    importing = jobs.import_upload

    def slow_import(*args, **options):
        report = importing(*args, **options)
        age_lease(ImportJob.objects.get(pk=row.pk))
        jobs.claim(row.pk)
        return report

    monkeypatch.setattr(jobs, "import_upload", slow_import)
    work(row)
    assert not Member.objects.filter(code="M9").exists()
    assert Import.objects.get(pk=row.pk).state == "importing"


def test_a_job_whose_workers_are_all_lost_is_given_up(tmp_path, district, board):
    row = upload(excel(tmp_path, CHANGES), district, board)
    ImportJob.objects.filter(pk=row.pk).update(attempts=jobs.ATTEMPTS)
    row = work(row)
    assert row.state == "failed"
    assert "lost" in row.error
    uploads.check_again(row, by=board, on=TODAY)
    assert work(row).state == "checked"


def test_an_upload_that_is_thrown_away_leaves_no_file(tmp_path, district, board):
    row = checked(excel(tmp_path, CHANGES), district, board)
    uploads.discard_import(row, by=board, on=TODAY)
    assert not Import.objects.exists()
    assert not StoredFile.objects.exists()


def test_what_was_imported_is_not_thrown_away(tmp_path, district, board):
    row = imported(excel(tmp_path, CHANGES), district, board)
    with pytest.raises(ValidationError):
        uploads.discard_import(row, by=board, on=TODAY)


def test_messages_come_in_the_language_of_who_uploaded(tmp_path, district, board):
    row = upload(excel(tmp_path, CHANGES | {"members": rows_of("code\n ?")}), district, board)
    assert row.language == "en"
    told = [line.message for line in lines(work(row), "wrong")]
    assert any("is not a code" in each for each in told)


def test_an_undone_import_can_be_uploaded_again(tmp_path, district, board):
    row = undo(imported(excel(tmp_path, CHANGES), district, board), board)
    assert row.state == "undone"
    again = imported(excel(tmp_path, CHANGES), district, board)
    assert again.outcome == row.outcome


def test_files_are_not_kept_for_ever(tmp_path, district, board):
    done = imported(excel(tmp_path, CHANGES), district, board)
    checked(excel(tmp_path, only(members="code,phone\nM1,0912345678")), district, board)
    recent = checked(excel(tmp_path, only(members="code,phone\nM2,0912345678")), district, board)
    assert keeping.forget_files(before=recent.uploaded_at, at=now()) == 2
    assert set(Import.objects.values_list("pk", flat=True)) == {done.pk, recent.pk}
    done = Import.objects.get(pk=done.pk)
    assert (done.file.size, done.file.name) == (0, "Sổ theo dõi.xlsx")
    assert not done.lines.exists()
    assert StoredFile.objects.count() == 3
    assert undo(done, board).state == "undone"
    assert keeping.forget_files(before=recent.uploaded_at, at=now()) == 0
    # Why it could not be undone quotes rows as well.
    Import.objects.filter(pk=done.pk).update(obstacles=["Lê An (M1) was changed since."])
    assert keeping.forget_files(before=recent.uploaded_at, at=now()) == 1
    assert Import.objects.get(pk=done.pk).obstacles == []
