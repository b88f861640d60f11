"""What workers do for papers: make one part after the other, and forget old ones."""

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from ..models import PaperJob, PaperPart
from . import parts

ACTION = "export_ratings"
ATTEMPTS = 3  # so often a part may be begun before all is given up
TOLD_SECONDS = 3600  # how long it is known how far a part is; none takes so long


@dataclass(frozen=True)
class Progress:
    """How many members' papers are made."""

    done: int
    total: int

    @property
    def percent(self):
        return 100 * self.done // self.total if self.total else 0


def read_progress(job):
    """The Progress of a job: its parts that are made, and how far the one at hand is."""
    made = Q(content__isnull=False)
    counted = job.parts.aggregate(
        total=Sum("members", default=0), done=Sum("members", filter=made, default=0)
    )
    total, done = counted["total"], counted["done"]
    return Progress(done=min(done + cache.get(_key(job), 0), total), total=total)


def _key(job):
    return f"paper-job-{job.pk}"


def work_on_part(job_id, *, on, at):
    """Make one part that nobody else is making; the last one finishes all.

    Returns whether there may be more to do.
    """
    job = _under_way(job_id)
    if job is None:
        return False
    if not _may_still(job, on=on):
        _give_up(job, _("whoever asked for them may not download ratings here any more"))
        return False
    try:
        with transaction.atomic():
            made = _make_next(job, on=on)
    except PartFailed as failure:
        _count_attempt(job, failure)
        raise
    if not made and not job.parts.filter(content=None).exists():
        PaperJob.objects.filter(pk=job.pk, finished_at=None, error="").update(finished_at=at)
    return made


def _under_way(pk):
    rows = PaperJob.objects.filter(pk=pk, finished_at=None, error="")
    return rows.select_related("cycle__scheme", "organization", "requested_by").first()


def _may_still(job, *, on):
    by = job.requested_by
    return by.is_active and by.may(ACTION, job.organization, on=on)


def _make_next(job, *, on):
    with connection.cursor() as cursor:  # a worker whose machine vanished gives its part up at last
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
    waiting = job.parts.filter(content=None).select_for_update(skip_locked=True, of=("self",))
    part = waiting.first()
    if part is None:
        return False
    try:
        with translation.override("vi"):
            part.content = parts.make(job, part, on=on, progress=_teller(job))
    except Exception as error:
        raise PartFailed(part.pk, error) from error
    part.save(update_fields=["content"])
    return True


def _teller(job):
    """Tells how many members of the part at hand are done: not in the database, where nobody sees
    before its end what a transaction writes."""
    return lambda done: cache.set(_key(job), done, TOLD_SECONDS)


class PartFailed(Exception):
    """(id of the part, what was raised): what it did is rolled back before it is counted."""


def _count_attempt(job, failure):
    pk, error = failure.args
    PaperPart.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    if PaperPart.objects.filter(pk=pk, attempts__gte=ATTEMPTS).exists():
        _give_up(job, str(error).strip().partition("\n")[0][:400])


def _give_up(job, reason):
    PaperJob.objects.filter(pk=job.pk, finished_at=None).update(error=reason)


def unfinished_jobs():
    """Ids of those under way, for which a worker is found again."""
    return list(PaperJob.objects.filter(finished_at=None, error="").values_list("pk", flat=True))


def forget_jobs(*, at):
    """Delete what was made longer than PAPERS_KEEP_DAYS ago; returns how many."""
    before = at - timedelta(days=settings.PAPERS_KEEP_DAYS)
    return (
        PaperJob.objects.filter(requested_at__lt=before).delete()[1].get("evaluations.PaperJob", 0)
    )


def stream_file(job):
    """Yield the bytes of what was made, never holding more than one part."""
    if job.is_workbook:
        yield bytes(job.parts.get().content)
    else:
        yield from _stream_zip(job)


def _stream_zip(job):
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for part in job.parts.order_by("number").iterator(chunk_size=1):
            with zipfile.ZipFile(io.BytesIO(bytes(part.content))) as packed:
                for name in packed.infolist():
                    archive.writestr(name, packed.read(name))
                    yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What a zip is written to: it hands on what it was given, and cannot go back."""

    def __init__(self):
        super().__init__()
        self.waiting = bytearray()

    def writable(self):
        return True

    def write(self, content):
        self.waiting += content
        return len(content)

    def taken(self):
        content = bytes(self.waiting)
        self.waiting.clear()
        return content
