"""Uploads for tests of the import wizard: as a browser sends them, worked on at once."""

import io
from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.choices import Role
from branches.models import Organization
from tests import builders as make
from workbook import jobs, uploads
from workbook.models import Import

from .sheets import TODAY, sheets, take_tables, write_excel, write_zip

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def stored_world(tmp_path):
    """The valid workbook, stored; returns the district."""
    take_tables(tmp_path, sheets())
    return Organization.objects.get(code="D")


def make_board(organization, username="board"):
    """Somebody who may import for the organization."""
    user = make.make_user(username)
    make.grant(user, Role.BOARD, organization)
    return user


def excel(path, tables):
    """The tables as an uploaded xlsx."""
    content = write_excel(path / "upload.xlsx", tables).read_bytes()
    return SimpleUploadedFile("Sổ theo dõi.xlsx", content)


def archive(path, tables):
    """The tables as an uploaded zip of CSV."""
    content = write_zip(path / "upload.zip", tables).read_bytes()
    return SimpleUploadedFile("so-theo-doi.zip", content)


def upload(file, organization, by, **more):
    """An upload that waits to be checked."""
    given = {"effective": TODAY, "reason": "Rà soát 2026", "at": now(), "on": TODAY}
    return uploads.start_import(file, organization=organization, by=by, **given | more)


def now():
    """The time of an upload: what the audit trail tells of it comes after."""
    return datetime.now(tz=UTC)


def work(row):
    """What a worker does with it; returns the import as it then is."""
    jobs.work_on(row.pk, at=now(), on=TODAY)
    return Import.objects.get(pk=row.pk)


def checked(file, organization, by, **more):
    return work(upload(file, organization, by, **more))


def commit(row, by):
    uploads.commit_import(row, by=by, on=TODAY)
    return work(row)


def imported(file, organization, by, **more):
    """An import that is done."""
    return commit(checked(file, organization, by, **more), by)


def undo(row, by, reason="Nhầm tệp"):
    uploads.undo_import(row, reason=reason, by=by, on=TODAY)
    return work(row)


def content_of(stored):
    return io.BytesIO(bytes(stored.content))
