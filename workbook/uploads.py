"""What people do with an uploaded workbook: upload it, say what its headings mean, have it imported
or undone, throw it away. What takes time a worker does (jobs.py)."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from branches.models import StoredFile

from .aliases import remember_headings
from .choices import NOT_IMPORTED, ImportState
from .jobs import end_job
from .keeping import delete_upload
from .models import Import, ImportJob
from .problems import WorkbookError
from .sources import open_workbook
from .tasks import work_on_import

MEDIA_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".csv": "text/csv",
}


@transaction.atomic
def start_import(file, *, organization, effective, reason, by, at, on):
    """Keep an uploaded file, for a worker to check. Returns the Import.

    Raises ValidationError for what is no workbook or too large, PermissionDenied.
    """
    _require(by, organization, on=on)
    _check_file(file)
    file.seek(0)
    suffix = file.name[file.name.rindex(".") :].lower()
    stored = StoredFile.store(file.name, file.read(), media_type=MEDIA_TYPES[suffix], by=by, at=at)
    upload = Import.objects.create(
        organization=organization,
        by=by,
        file=stored,
        effective=effective,
        reason=reason,
        language=get_language(),
        uploaded_at=at,
    )
    ImportJob.objects.create(upload=upload)
    _send(upload)
    return upload


def _check_file(file):
    """What can be told at once: its type, its size, whether it opens."""
    try:
        with open_workbook(file, max_bytes=settings.IMPORT_MAX_UPLOAD_BYTES):
            pass
    except WorkbookError as error:
        raise ValidationError({"file": [each.message for each in error.problems]}) from error


@transaction.atomic
def say_headings(upload, meanings, *, organization, by, at, on):
    """Remember what headings mean, for the organization (None: for the whole installation), and
    have the import checked again. `meanings` is {(table, heading): column} of aliases.py."""
    if organization is None:
        if not may_say_for_all(by, on=on):
            raise PermissionDenied
    else:
        _require(by, organization, on=on)
    remember_headings(meanings, organization=organization, by=by, at=at)
    check_again(upload, by=by, on=on)


def forget_heading(alias, *, by, on):
    """Forget what a heading means; one of the whole installation, who decides for all."""
    if alias.organization is None:
        if not may_say_for_all(by, on=on):
            raise PermissionDenied
    else:
        _require(by, alias.organization, on=on)
    alias.delete()


def may_say_for_all(user, *, on):
    """Whether the user may import for every organization there is, and so decide for all."""
    scope = user.scope_for("import_workbook", on=on)
    return not scope.model.objects.exclude(pk__in=scope.values("pk")).exists()


def check_again(upload, *, by, on):
    """Check an import that has not been imported once more, as far as who asks may import."""
    _queue(upload, NOT_IMPORTED, ImportState.UPLOADED, by=by, on=on, takes_over=True)


def commit_import(upload, *, by, on):
    """Have a checked import imported; whoever says so is put down as its importer."""
    _queue(upload, (ImportState.CHECKED,), ImportState.IMPORTING, by=by, on=on, takes_over=True)


def undo_import(upload, *, reason, by, on):
    """Have an import undone as a whole."""
    _queue(
        upload,
        (ImportState.DONE,),
        ImportState.UNDOING,
        by=by,
        on=on,
        undone_by=by,
        undo_reason=reason,
    )


@transaction.atomic
def discard_import(upload, *, by, on):
    """Throw an upload away, with its files; not one that was imported."""
    _require(by, upload.organization, on=on)
    delete_upload(_lock(upload, NOT_IMPORTED))


@transaction.atomic
def _queue(upload, states, state, *, by, on, takes_over=False, **fields):
    """Leave an import that is in one of the states to the workers."""
    _require(by, upload.organization, on=on)
    locked = _lock(upload, states)
    locked.state, locked.error, locked.obstacles = state, "", []
    if takes_over:
        locked.by = by
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save()
    end_job(locked)
    _send(locked)


def _lock(upload, states):
    """The row, if it is in one of the states: two people press a button at once, one of them
    first."""
    locked = Import.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if locked.state not in states:
        raise ValidationError(
            _("This is not possible now: the import is in the state “%(state)s”.")
            % {"state": locked.get_state_display()}
        )
    return locked


def _require(user, organization, *, on):
    if not user.may("import_workbook", organization, on=on):
        raise PermissionDenied


def _send(upload):
    transaction.on_commit(lambda: work_on_import.delay(upload.pk))
