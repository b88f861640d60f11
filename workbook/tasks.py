from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.recording import recording_session

from . import jobs, keeping
from .models import Import, ImportJob

RESUME_SECONDS = 15  # as often as beat asks; older messages are superfluous


@shared_task
def work_on_import(upload_id):
    """Check, import or undo an uploaded workbook, whichever it waits for.

    A copy, or a message that the broker delivers a second time, does no harm: it finds nothing to
    do, or that somebody does it."""
    upload = Import.objects.select_related("by", "undone_by").filter(pk=upload_id).first()
    if upload is None:
        return
    user = upload.undone_by or upload.by
    with recording_session(user=user, source=upload.get_absolute_url()):
        wait = jobs.work_on(upload_id, at=timezone.now(), on=timezone.localdate())
    if wait is not None:
        work_on_import.apply_async([upload_id], countdown=wait, expires=60)


@shared_task
def forget_old_uploads():
    """Keep uploaded files, and what they say of people, no longer than IMPORT_KEEP_DAYS."""
    now = timezone.now()
    with recording_session(source="task: forget_old_uploads"):
        keeping.forget_files(before=now - timedelta(days=settings.IMPORT_KEEP_DAYS), at=now)


@shared_task
def resume_imports():
    """Find workers again for imports whose workers died or whose messages were lost."""
    for upload_id in ImportJob.objects.waiting().values_list("pk", flat=True):
        work_on_import.apply_async([upload_id], expires=RESUME_SECONDS)
