"""What workers do with an uploaded workbook: check it, import it, undo it.

A job is leased (models.ImportJob) while a worker is at it. What it changes and that it is done are
one transaction, so that an import happens once or not at all, whatever becomes of its worker.
"""

import io
import uuid
from contextlib import contextmanager
from tempfile import TemporaryFile

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from branches.models import StoredFile

from .aliases import aliases_for
from .choices import ImportState
from .error_workbook import write_error_workbook
from .importing import import_upload
from .models import Import, ImportJob
from .preview import Preview
from .problems import WorkbookError
from .progress import Heartbeat, Progress, estimate_rows, lease_end, leased
from .results import keep_problems, keep_result, to_dict
from .undoing import StandsInTheWay, undo

ATTEMPTS = 5  # so often a job may be begun before it is given up
TURN_SECONDS = 2  # until who found others at work looks again
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class LeaseLost(Exception):
    """Somebody else has the job: what was done is rolled back."""


def work_on(upload_id, *, at, on):
    """Do what an import waits for, once. Returns in how many seconds to look again, None when
    nothing is left to do or somebody else does it.

    on  today: whose grants count for who uploaded it
    """
    job = claim(upload_id)
    if job is None:
        return TURN_SECONDS if _waits_for_others(upload_id) else None
    upload = Import.objects.select_related("file", "organization", "by", "undone_by").get(
        pk=upload_id
    )
    with translation.override(upload.language):
        try:
            _do(upload, job, at=at, on=on)
        except LeaseLost:
            return TURN_SECONDS
        except Exception as error:
            _give_back(upload, job, error)
            raise
    return None


def claim(upload_id):
    """Lease the job of an import, if it waits and nobody else imports; None else."""
    with transaction.atomic():
        waiting = ImportJob.objects.waiting().filter(pk=upload_id)
        job = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if job is None or ImportJob.objects.held().exclude(pk=upload_id).exists():
            return None
        job.leased_by, job.leased_until = uuid.uuid4(), lease_end()
        job.attempts += 1
        job.save()
    return job


def _waits_for_others(upload_id):
    return ImportJob.objects.waiting().filter(pk=upload_id).exists()


def _do(upload, job, *, at, on):
    if job.attempts > ATTEMPTS:
        _give_up(upload, job, _("every worker that began was lost"))
    elif not may_still(upload, on=on):
        _give_up(upload, job, _("whoever asked for it may not import here any more"))
    else:
        WORK[upload.state](upload, job, at=at, on=on)


def may_still(upload, *, on):
    """Whether who asked for what is to be done may do so today."""
    by = upload.undone_by if upload.state == ImportState.UNDOING else upload.by
    return by.is_active and by.may("import_workbook", upload.organization, on=on)


def check(upload, job, *, at, on):
    """Import without keeping anything, and keep what that would have changed, or what is wrong."""
    Import.objects.filter(pk=upload.pk).update(state=ImportState.CHECKING)
    progress = _progress_of(upload)
    with TemporaryFile() as changes, Heartbeat(job, progress):
        preview = Preview(changes)
        try:
            report = _import(upload, progress, preview, on=on, dry_run=True)
        except WorkbookError as error:
            _refuse(upload, job, error, progress, at=at, on=on)
            return
        with _finishing(upload, job):
            upload.state, upload.checked_at = ImportState.CHECKED, at
            upload.counts = to_dict(report)
            keep_result(upload, report, preview, changes, at=at)


def commit(upload, job, *, at, on):
    """Import. The same checks run again: the data may have changed since the first ones."""
    progress = _progress_of(upload)
    with TemporaryFile() as changes, Heartbeat(job, progress):
        preview = Preview(changes)
        try:
            with transaction.atomic():
                report = _import(upload, progress, preview, on=on, dry_run=False)
                with _finishing(upload, job):
                    upload.state, upload.outcome = ImportState.DONE, to_dict(report)
                    upload.transaction, upload.imported_at = _present_transaction()
                    keep_result(upload, report, preview, changes, at=at)
        except WorkbookError as error:
            _refuse(upload, job, error, progress, at=at, on=on)


def take_back(upload, job, *, at, on):
    """Undo an import, unless something newer stands in the way."""
    progress = Progress()
    with Heartbeat(job, progress):
        try:
            with transaction.atomic():
                undo(upload, on=on, begin=progress.begin)
                with _finishing(upload, job):
                    upload.state, upload.undone_at = ImportState.UNDONE, at
                    upload.undo_transaction, _now = _present_transaction()
                    upload.obstacles = []
        except StandsInTheWay as error:
            with _finishing(upload, job):
                upload.state, upload.obstacles = ImportState.DONE, error.sentences


WORK = {
    ImportState.UPLOADED: check,
    ImportState.CHECKING: check,
    ImportState.IMPORTING: commit,
    ImportState.UNDOING: take_back,
}


def _import(upload, progress, preview, *, on, dry_run):
    return import_upload(
        _file(upload),
        effective=upload.effective,
        by=upload.by,
        on=on,
        reason=upload.reason,
        dry_run=dry_run,
        aliases=aliases_for(upload.organization, on=on),
        progress=progress.read,
        steps=progress.begin,
        preview=preview,
    )


def _refuse(upload, job, error, progress, *, at, on):
    """Keep what is wrong, and the workbook with that marked in it."""
    progress.begin("marking")
    marked = _marked(upload, error, on=on)
    with _finishing(upload, job):
        upload.state, upload.checked_at = ImportState.WRONG, at
        keep_problems(upload, error)
        upload.errors_file = marked and StoredFile.store(
            _name(upload, _("errors"), "xlsx"), marked, media_type=XLSX, by=None, at=at
        )


def _marked(upload, error, *, on):
    """The marked workbook; None for a file that is no workbook at all."""
    output = io.BytesIO()
    aliases = aliases_for(upload.organization, on=on)
    try:
        write_error_workbook(_file(upload), error.problems, output, aliases=aliases)
    except WorkbookError:
        return None
    return output.getvalue()


def _file(upload):
    file = io.BytesIO(upload.file.content)
    file.name = upload.file.name
    return file


def _name(upload, what, suffix):
    return f"{upload.file.name.rpartition('.')[0]} - {what}.{suffix}"


def _progress_of(upload):
    return Progress(estimate_rows(upload.file.name, bytes(upload.file.content)))


@contextmanager
def _finishing(upload, job):
    """Save what the block sets of the import, and end the job, if the lease still holds."""
    with transaction.atomic():
        if not leased(job).select_for_update(of=("self",)):
            raise LeaseLost
        yield
        upload.error = ""
        upload.save()
        end_job(upload)


def end_job(upload):
    """Nobody works on the import now, and nothing was tried in vain."""
    ImportJob.objects.filter(pk=upload.pk).update(
        step="", table="", done=0, total=0, leased_by=None, leased_until=None, attempts=0
    )


def _give_back(upload, job, error):
    """After an error: let it be tried again, the last time give it up."""
    if job.attempts >= ATTEMPTS:
        _give_up(upload, job, str(error).strip().partition("\n")[0])
    else:
        leased(job).update(leased_by=None, leased_until=None)


def _give_up(upload, job, reason):
    """Nothing was changed; an import that was to be undone is still there."""
    undoing = upload.state == ImportState.UNDOING
    with transaction.atomic():
        if leased(job).select_for_update(of=("self",)):
            Import.objects.filter(pk=upload.pk).update(
                state=ImportState.DONE if undoing else ImportState.FAILED, error=reason
            )
            end_job(upload)


def _present_transaction():
    """Its number, and the time by the clock that the audit trail goes by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint, clock_timestamp()")
        return cursor.fetchone()
