"""How far an import is, told to whoever looks while its one transaction is still open."""

import io
import threading
import zipfile
import zlib
from datetime import timedelta
from pathlib import PurePosixPath

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .models import ImportJob

STEPS = {
    "": _("Waiting for a worker"),
    "waiting": _("Waiting for another import to end"),
    "reading": _("Reading"),
    "checking": _("Checking references and rules"),
    "writing": _("Writing"),
    "confirming": _("Asking the database's own rules"),
    "comparing": _("Comparing before and after"),
    "marking": _("Marking what is wrong"),
    "undoing": _("Putting back what was there before"),
}
BEAT_SECONDS = 1.0
CHUNK_BYTES = 1024**2


class Progress:
    """How far a job is, as the import itself tells: pass `read` and `begin` to import_workbook.

    total  rows of the file, about; 0 where that is not known
    """

    def __init__(self, total=0):
        self.step, self.table, self.done, self.total = "", "", 0, total
        self._before = 0  # rows of the tables before this one

    def begin(self, step, table=""):
        if step == "reading":
            self._before = self.done
        self.step, self.table = step, table

    def read(self, table, rows):
        """So many rows of the table are read."""
        self.done = self._before + rows
        self.total = max(self.total, self.done)

    def as_row(self):
        """What ImportJob keeps of it."""
        return {name: getattr(self, name) for name in ("step", "table", "done", "total")}


class Heartbeat:
    """Renews the lease of a job every second while the block runs, and keeps how far it is.

    It has a database connection of its own, in a thread of its own: what it writes is seen at once,
    while the transaction of the import is open. A worker that dies takes the thread with it.
    """

    def __init__(self, job, progress):
        self.job, self.progress = job, progress
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._ended.set()
        self._thread.join()

    def _beat(self):
        try:
            while not self._ended.wait(BEAT_SECONDS):
                leased(self.job).update(leased_until=lease_end(), **self.progress.as_row())
        finally:
            connection.close()


def leased(job):
    """The row of a job as long as the lease of `job` holds."""
    return ImportJob.objects.filter(pk=job.pk, leased_by=job.leased_by)


def lease_end():
    """Until when a lease holds that is given now, by the database's clock."""
    return Now() + timedelta(seconds=settings.IMPORT_LEASE_SECONDS)


def estimate_rows(name, content):
    """How many rows a file has, about, quickly: lines of CSV, row elements of a sheet's XML. What
    cannot be read counts nothing; the import says why."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".csv":
        return content.count(b"\n")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(each.file_size for each in archive.infolist())
            if unpacked > settings.IMPORT_MAX_UNPACKED_BYTES:
                return 0
            return sum(_rows_in(archive, each, suffix) for each in archive.namelist())
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, RuntimeError, zlib.error):
        return 0


def _rows_in(archive, member, suffix):
    if suffix == ".xlsx" and member.startswith("xl/worksheets/"):
        marks = (b"<row ", b"<row>")
    elif suffix == ".zip" and member.lower().endswith(".csv"):
        marks = (b"\n",)
    else:
        return 0
    rows = 0
    with archive.open(member) as file:
        while chunk := file.read(CHUNK_BYTES):
            rows += sum(map(chunk.count, marks))
    return rows
