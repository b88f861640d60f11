"""Undo of a whole import: what its transaction did, statement by statement, backwards.

The audit trail has it all: the ids of what was inserted, and what rows held before they were
changed or deleted. Put back in the opposite order, every statement meets the rows as it left them.
That is made sure of first: the rows are locked, and what has touched them since, or refers to what
would go, stands in the way (newer.py).
"""

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.choices import Operation
from accounts.models import JournalEntry
from accounts.recording import recording

from .importing import LOCK, SETTINGS
from .newer import find_newer
from .sqltext import fill, quote
from .tables import TABLES

# The rows of all tables that an import may write, which are tables of workbooks all.
MODELS = {table.db_table: table.model for table in TABLES}


class StandsInTheWay(Exception):
    """Nothing was undone: `sentences` say what is newer and depends on the import."""

    def __init__(self, sentences):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


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
        cursor.execute("DISCARD TEMP")
        begin("undoing")
        entries = entries_of(upload)
        _gather_touched(cursor, entries)
        _lock_touched(cursor)
        if newer := find_newer(cursor, upload, MODELS, on=on):
            raise StandsInTheWay(newer)
        try:
            with transaction.atomic():
                for entry in entries:
                    UNDO[entry.operation](cursor, entry)
                cursor.execute(FORGET_PATHS)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except IntegrityError as error:
            raise StandsInTheWay([_refused(error)]) from error


def entries_of(upload):
    """The statements of the import in the audit trail, the last one first. The number of a
    transaction alone may come again in a database that was restored elsewhere."""
    return list(
        JournalEntry.objects.filter(
            transaction=upload.transaction,
            at__range=(upload.uploaded_at, upload.imported_at),
            table_name__in=MODELS,
        ).order_by("-pk")
    )


def _gather_touched(cursor, entries):
    """Make undo_touched: every row that the import touched, and by which entry first."""
    cursor.execute(TOUCHED, {"entries": [entry.pk for entry in entries]})
    cursor.execute("ANALYZE undo_touched")


TOUCHED = """
CREATE TEMP TABLE undo_touched ON COMMIT DROP AS
SELECT e.table_name, row_id, min(e.id) AS entry, bool_or(e.operation = 'insert') AS inserted
FROM accounts_journalentry AS e, unnest(e.ids) AS part,
    generate_series(lower(part), upper(part) - 1) AS row_id
WHERE e.id = ANY (%(entries)s)
GROUP BY e.table_name, row_id
"""


def _lock_touched(cursor):
    """From here on nobody changes these rows, nor refers to them."""
    for table in TABLES:
        cursor.execute(
            fill(
                """
                SELECT count(*) FROM (
                    SELECT FROM {stored} WHERE id IN (
                        SELECT row_id FROM undo_touched WHERE table_name = '{stored}'
                    ) ORDER BY id FOR UPDATE
                ) AS locked
                """,
                stored=table.db_table,
            )
        )


# One statement each, undone


def _delete(cursor, entry):
    cursor.execute(
        fill(
            """
            DELETE FROM {stored} WHERE id IN (
                SELECT generate_series(lower(part), upper(part) - 1)
                FROM accounts_journalentry AS e, unnest(e.ids) AS part WHERE e.id = %s
            )
            """,
            stored=entry.table_name,
        ),
        [entry.pk],
    )
    _expect(cursor, entry)


def _restore(cursor, entry):
    """Where a row is not as the import left it, somebody changed it in this moment."""
    columns = _columns(entry.table_name)
    cursor.execute(
        fill(
            """
            UPDATE {stored} AS s SET ({columns}) = (
                SELECT {columns} FROM jsonb_populate_record(s, change.before)
            )
            FROM accounts_journalchange AS change
            WHERE change.entry_id = %s AND change.row_id = s.id AND to_jsonb(s) @> change.after
            """,
            stored=entry.table_name,
            columns=columns,
        ),
        [entry.pk],
    )
    _expect(cursor, entry)


def _insert(cursor, entry):
    columns = ["id", *_columns(entry.table_name)]
    cursor.execute(
        fill(
            """
            INSERT INTO {stored} ({columns})
            SELECT {columns} FROM accounts_journalchange AS change,
                jsonb_populate_record(NULL::{stored}, change.before)
            WHERE change.entry_id = %s ORDER BY change.row_id
            """,
            stored=entry.table_name,
            columns=columns,
        ),
        [entry.pk],
    )
    _expect(cursor, entry)


UNDO = {Operation.INSERT: _delete, Operation.UPDATE: _restore, Operation.DELETE: _insert}
# Triggers make them, with each change of the tree, for organizations that are gone as well.
FORGET_PATHS = """
DELETE FROM branches_organizationpath
WHERE organization_id IN (
    SELECT row_id FROM undo_touched WHERE table_name = 'branches_organization' AND inserted
)
"""


def _columns(table_name):
    """The columns of a table that can be written, but its id."""
    fields = MODELS[table_name]._meta.concrete_fields
    return [quote(each.column) for each in fields if not each.primary_key and not each.generated]


def _expect(cursor, entry):
    if cursor.rowcount != entry.rows:
        raise StandsInTheWay([_("Rows have been changed since, in this moment: try again.")])


def _refused(error):
    """A constraint that is broken without the import, in its own words."""
    diagnosis = error.__cause__.diag
    return _(
        "Without the import this rule would be broken, so something newer relies on it: "
        "%(message)s (%(constraint)s)"
    ) % {"message": diagnosis.message_primary, "constraint": diagnosis.constraint_name}
