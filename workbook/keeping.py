"""How long uploaded workbooks are kept: they hold personal data of many people."""

from django.db import transaction
from django.db.models import Q

from branches.models import StoredFile

from .choices import IMPORTED, NOT_IMPORTED
from .models import Import


def forget_files(*, before, at):
    """Forget what uploads from before a time hold of people: those that were not imported as a
    whole; of those that were, the file and the rows that are shown. They can still be undone.

    Returns how many there were.
    """
    old = Import.objects.filter(uploaded_at__lt=before)
    count = 0
    for upload in old.filter(state__in=NOT_IMPORTED):
        delete_upload(upload)
        count += 1
    for upload in (
        old.filter(Q(file__size__gt=0) | ~Q(obstacles=[]), state__in=IMPORTED)
        .select_related("file__stored_by")
        .defer("file__content")
    ):
        _empty(upload, at=at)
        count += 1
    return count


@transaction.atomic
def _empty(upload, *, at):
    files = [upload.file_id, upload.errors_file_id, upload.changes_file_id]
    was = upload.file
    upload.file = StoredFile.store(
        was.name, b"", media_type=was.media_type, by=was.stored_by, at=at
    )
    upload.errors_file = upload.changes_file = None
    upload.obstacles, upload.error = [], ""  # they quote rows
    upload.save()
    upload.lines.all().delete()
    StoredFile.objects.filter(pk__in=[each for each in files if each]).delete()


@transaction.atomic
def delete_upload(upload):
    """Delete an upload that was not imported, with its files."""
    files = [upload.file_id, upload.errors_file_id, upload.changes_file_id]
    upload.delete()
    StoredFile.objects.filter(pk__in=[each for each in files if each]).delete()
