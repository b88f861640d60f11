"""Undo of a whole import, from the audit trail (accounts/undoing.py)."""

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import JournalEntry
from accounts.recording import recording
from accounts.undoing import StandsInTheWay, Undoing
from assignments.models import Visit
from evaluations.models import UnitYear

from .importing import LOCK, SETTINGS
from .newer import tell_newer
from .tables import TABLES

__all__ = ["StandsInTheWay", "undo"]

# The rows of all tables that an import may write: those of workbooks, and the visits that follow
# from attendance that nobody confirmed.
MODELS = {table.db_table: table.model for table in TABLES} | {Visit._meta.db_table: Visit}


def undo(upload, *, on, begin=lambda step: None):
    """Undo an import that is done, for its `undone_by` and `undo_reason`.

    on     today: whose grants say what the sentences may name
    begin  called with a key of progress.STEPS as each begins

    Raises StandsInTheWay when something newer depends on it.
    """
    with recording(upload.undone_by, upload.undo_reason), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        begin("waiting")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
        begin("undoing")
        undoing = Undoing(_entries_of(upload), MODELS, beside=(UnitYear,))
        undoing.lock()
        if newer := tell_newer(undoing, by=upload.undone_by, on=on):
            raise StandsInTheWay(newer)
        try:
            with transaction.atomic():
                undoing.play_back()
        except IntegrityError as error:
            raise StandsInTheWay([_refused(error)]) from error


def _entries_of(upload):
    """The number of a transaction alone may come again in a database restored elsewhere."""
    return JournalEntry.objects.filter(
        transaction=upload.transaction,
        at__range=(upload.uploaded_at, upload.imported_at),
        table_name__in=MODELS,
    )


def _refused(error):
    """A constraint that is broken without the import, in its own words."""
    diagnosis = error.__cause__.diag
    return _(
        "Without the import this rule would be broken, so something newer relies on it: "
        "%(message)s (%(constraint)s)"
    ) % {"message": diagnosis.message_primary, "constraint": diagnosis.constraint_name}
