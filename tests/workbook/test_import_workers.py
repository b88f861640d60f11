"""Imports by real workers, killed in the middle of a commit: nothing is half-saved, another worker
finishes it, and it is imported once."""

import time

import pytest

from accounts.models import JournalEntry
from branches.models import Member
from tests.evaluations.test_workers import held, wait_until_frozen
from tests.workers import empty_broker, end_sessions
from workbook import uploads
from workbook.models import Import, ImportJob
from workbook.tasks import resume_imports

from .sheets import TODAY, export_bytes
from .test_import_wizard import CHANGES
from .uploads import excel, imported, make_board, stored_world, upload

SHORT_LEASE = {"IMPORT_LEASE_SECONDS": "2"}
WITHIN = 40  # seconds
# A row that the import updates when the members are written already.
MID_COMMIT = "SELECT FROM assignments_task WHERE code = 'K2' FOR UPDATE"


@pytest.fixture
def district(transactional_db, tmp_path):
    return stored_world(tmp_path)


@pytest.fixture
def board(district):
    return make_board(district)


def wait_for(row, *states):
    deadline = time.monotonic() + WITHIN
    while (found := Import.objects.get(pk=row.pk)).state not in states:
        assert time.monotonic() < deadline, found.state
        time.sleep(0.05)
    return found


def wait_for_job(row, **values):
    deadline = time.monotonic() + WITHIN
    while not ImportJob.objects.filter(pk=row.pk, **values).exists():
        assert time.monotonic() < deadline, ImportJob.objects.filter(pk=row.pk).values()
        time.sleep(0.05)


def insertions():
    """How often members were inserted."""
    return JournalEntry.objects.filter(table_name="branches_member", operation="insert").count()


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_finishes(
    tmp_path, district, board, celery_worker
):
    before, inserted = export_bytes(tmp_path / "before"), insertions()
    (worker,) = celery_worker(env=SHORT_LEASE)
    row = upload(excel(tmp_path, CHANGES), district, board)
    wait_for(row, "checked")
    with held(MID_COMMIT):
        uploads.commit_import(row, by=board, on=TODAY)
        wait_until_frozen("assignments_task")
        wait_for_job(row, step="writing", table="tasks")  # as the page then shows it
        worker.kill()
    end_sessions()
    assert export_bytes(tmp_path / "between") == before
    assert Import.objects.get(pk=row.pk).state == "importing"
    empty_broker()  # also the message is lost
    celery_worker(env=SHORT_LEASE)
    deadline = time.monotonic() + WITHIN
    while not resume_imports() and Import.objects.get(pk=row.pk).state != "done":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    row = wait_for(row, "done")
    assert row.outcome == row.counts
    assert Member.objects.filter(code="M9").count() == 1
    assert insertions() == inserted + 1


def test_messages_delivered_twice_import_once(tmp_path, district, board, celery_worker):
    inserted = insertions()
    row = upload(excel(tmp_path, CHANGES), district, board)
    celery_worker(2)
    wait_for(row, "checked")
    uploads.commit_import(row, by=board, on=TODAY)
    for _copy in range(4):
        resume_imports()
    wait_for(row, "done")
    assert insertions() == inserted + 1


def test_a_worker_killed_while_it_undoes_leaves_the_import_whole(
    tmp_path, district, board, celery_worker
):
    before = export_bytes(tmp_path / "before")
    row = imported(excel(tmp_path, CHANGES), district, board)
    between = export_bytes(tmp_path / "between")
    (worker,) = celery_worker(env=SHORT_LEASE)
    with held("SELECT FROM branches_member WHERE code = 'M1' FOR UPDATE"):
        uploads.undo_import(row, reason="Nhầm", by=board, on=TODAY)
        wait_until_frozen("branches_member")
        worker.kill()
    end_sessions()
    assert export_bytes(tmp_path / "after the kill") == between
    empty_broker()
    celery_worker(env=SHORT_LEASE)
    deadline = time.monotonic() + WITHIN
    while not resume_imports() and Import.objects.get(pk=row.pk).state != "undone":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert export_bytes(tmp_path / "after") == before
