"""What workers do for dossiers: make one part after the other, and forget old ones."""

import io
import zipfile
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from ..models import DossierPart, Dossiers
from . import parts

ACTION = "export_ratings"
ATTEMPTS = 3  # so often a part may be begun before all is given up


def work_on_part(dossiers_id, *, on, at):
    """Make one part that nobody else is making; the last one finishes all.

    Returns whether there may be more to do.
    """
    dossiers = _under_way(dossiers_id)
    if dossiers is None:
        return False
    if not _may_still(dossiers, on=on):
        _give_up(dossiers, _("whoever asked for them may not download ratings here any more"))
        return False
    try:
        with transaction.atomic():
            made = _make_next(dossiers, on=on)
    except PartFailed as failure:
        _count_attempt(dossiers, failure)
        raise
    if not made and not dossiers.parts.filter(content=None).exists():
        Dossiers.objects.filter(pk=dossiers.pk, finished_at=None, error="").update(finished_at=at)
    return made


def _under_way(pk):
    rows = Dossiers.objects.filter(pk=pk, finished_at=None, error="")
    return rows.select_related("cycle__scheme", "organization", "requested_by").first()


def _may_still(dossiers, *, on):
    by = dossiers.requested_by
    return by.is_active and by.may(ACTION, dossiers.organization, on=on)


def _make_next(dossiers, *, on):
    with connection.cursor() as cursor:  # a worker whose machine vanished gives its part up at last
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '10min'")
    waiting = dossiers.parts.filter(content=None).select_for_update(skip_locked=True, of=("self",))
    part = waiting.first()
    if part is None:
        return False
    try:
        with translation.override("vi"):
            part.content = parts.pack(dossiers, part, on=on)
    except Exception as error:
        raise PartFailed(part.pk, error) from error
    part.save(update_fields=["content"])
    return True


class PartFailed(Exception):
    """(id of the part, what was raised): what it did is rolled back before it is counted."""


def _count_attempt(dossiers, failure):
    pk, error = failure.args
    DossierPart.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    if DossierPart.objects.filter(pk=pk, attempts__gte=ATTEMPTS).exists():
        _give_up(dossiers, str(error).strip().partition("\n")[0][:400])


def _give_up(dossiers, reason):
    Dossiers.objects.filter(pk=dossiers.pk, finished_at=None).update(error=reason)


def unfinished_dossiers():
    """Ids of those under way, for which a worker is found again."""
    return list(Dossiers.objects.filter(finished_at=None, error="").values_list("pk", flat=True))


def forget_dossiers(*, at):
    """Delete what was made longer than DOSSIER_KEEP_DAYS ago; returns how many."""
    before = at - timedelta(days=settings.DOSSIER_KEEP_DAYS)
    return (
        Dossiers.objects.filter(requested_at__lt=before).delete()[1].get("evaluations.Dossiers", 0)
    )


def stream_zip(dossiers):
    """Yield the bytes of one zip of all parts, never holding more than one of them."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for part in dossiers.parts.order_by("number").iterator(chunk_size=1):
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
