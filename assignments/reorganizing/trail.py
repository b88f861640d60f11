"""Which rows a piece of work changed, by the audit trail that it left in its own transaction.

So what a preview shows is what happens: both are the same work and the same trail; the preview is
rolled back afterwards.
"""

import json
from dataclasses import dataclass

from django.db import connection

# Only what a reorganization may change; a test holds every audited table that it writes to it.
TABLES = (
    "branches_organization",
    "branches_earlierorganization",
    "branches_placement",
    "branches_succession",
    "branches_membership",
    "branches_position",
    "branches_committeeterm",
    "branches_jobdescription",
    "assignments_assignment",
    "assignments_task",
)

BEGIN = "SELECT nextval('accounts_journalentry_id_seq')"
INSERTED = """
SELECT DISTINCT entry.table_name, row_id
FROM accounts_journalentry AS entry
CROSS JOIN unnest(entry.ids) AS part
CROSS JOIN generate_series(lower(part), upper(part) - 1) AS row_id
WHERE entry.id > %s AND entry.transaction = pg_current_xact_id()::text::bigint
    AND entry.operation = 'insert'
"""
CHANGED = """
SELECT entry.table_name, change.row_id, change.before, change.after IS NULL AS deleted
FROM accounts_journalentry AS entry
JOIN accounts_journalchange AS change ON change.entry_id = entry.id
WHERE entry.id > %s AND entry.transaction = pg_current_xact_id()::text::bigint
ORDER BY entry.id DESC
"""
ENTRIES = """
SELECT id FROM accounts_journalentry
WHERE id > %s AND transaction = pg_current_xact_id()::text::bigint AND table_name = ANY(%s)
ORDER BY id
"""


@dataclass(frozen=True)
class Change:
    """A row before and after, {column: value} as the database writes JSON; None: not there."""

    table: str
    pk: int
    before: dict | None
    after: dict | None

    @property
    def row(self):
        return self.after or self.before

    def as_json(self):
        return {"table": self.table, "id": self.pk, "before": self.before, "after": self.after}


def begin():
    """A mark in the trail; `changes_since` it are asked for in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN)
        return cursor.fetchone()[0]


def changes_since(mark):
    """The Changes of this transaction since the mark, by table and id."""
    with connection.cursor() as cursor:
        cursor.execute(INSERTED, [mark])
        inserted = set(cursor.fetchall())
        cursor.execute(CHANGED, [mark])
        differing, deleted = {}, set()
        for table, pk, before, is_deleted in cursor.fetchall():
            # Backwards in time: what was before the first of several changes stands in the end.
            differing.setdefault((table, pk), {}).update(_loaded(before))
            if is_deleted:
                deleted.add((table, pk))
    rows = current_rows(inserted | differing.keys())
    return [
        Change(
            *key,
            None if key in inserted else (rows.get(key) or {}) | differing.get(key, {}),
            rows.get(key),
        )
        for key in sorted(inserted | differing.keys())
        if key[0] in TABLES and not (key in inserted and key not in rows)
    ]


def entries_since(mark):
    """The ids of the entries that this transaction has left since the mark."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, [mark, list(TABLES)])
        return [entry for (entry,) in cursor.fetchall()]


def current_rows(keys):
    """{(table, id): row} of those that there are."""
    by_table = {}
    for table, pk in keys:
        by_table.setdefault(table, []).append(pk)
    rows = {}
    with connection.cursor() as cursor:
        for table, ids in by_table.items():
            if table in TABLES:
                name = connection.ops.quote_name(table)
                cursor.execute(
                    f"SELECT id, to_jsonb(stored) FROM {name} AS stored WHERE id = ANY(%s)",  # noqa: S608
                    [ids],
                )
                rows |= {(table, pk): _loaded(row) for pk, row in cursor.fetchall()}
    return rows


def _loaded(value):
    return json.loads(value) if value else {}
