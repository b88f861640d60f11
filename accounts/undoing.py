"""Undo of a piece of work from the audit trail: its statements played backwards.

The trail has the ids of what each statement inserted, and what rows held before it changed or
deleted them. Put back in the opposite order, every statement meets the rows as it left them. That
is made sure of first: the rows are locked, and what has changed them since, or refers to what would
go, stands in the way.
"""

from collections import defaultdict

from django.apps import apps
from django.db import connection
from django.db.models import DO_NOTHING, ForeignKey
from django.utils.translation import gettext as _

from branches.models import OrganizationPath

from .choices import Operation

MOST_NAMED = 20  # ids that are told of rows that refer to something
# References that are asked in one query, which holds memory for each of them until its end.
AT_ONCE = 16


class StandsInTheWay(Exception):
    """Nothing was undone: `sentences` say what is newer and depends on the work."""

    def __init__(self, sentences):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Undoing:
    """One piece of work that is to be undone. Used inside one transaction, one at a time.

    entries  its JournalEntries, of tables of the models alone
    models   {table: model} of all that such work may write, from which also follows what may refer
             to it; rows of the models `beside` are made beside others and tell of themselves
    """

    def __init__(self, entries, models, *, beside=()):
        self.entries = sorted(entries, key=lambda entry: -entry.pk)
        self.ids = [entry.pk for entry in self.entries]
        self.models = models
        self.beside = (OrganizationPath, *beside)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.undo_touched")
            cursor.execute(TOUCHED, {"entries": self.ids})
            cursor.execute("ANALYZE undo_touched")

    def lock(self):
        """From here on nobody changes the rows, nor refers to them."""
        with connection.cursor() as cursor:
            for table in self.models:
                cursor.execute(LOCK.format(stored=_quoted(table)), [table])

    def changed_since(self, *, whole_rows):
        """{table: {id: id of the newest entry about it}} of rows that are not as the work left
        them. What was changed and changed back, as by something undone, is as it was.

        whole_rows  whether other columns of a row than those that the work changed matter
        """
        changed = defaultdict(dict)
        with connection.cursor() as cursor:
            cursor.execute(NEWER, {"entries": self.ids})
            newer = defaultdict(list)
            for table, entry in cursor.fetchall():
                newer[table].append(entry)
            for table, entries in newer.items():
                cursor.execute(
                    CHANGED.format(stored=_quoted(table)),
                    {"table": table, "own": self.ids, "newer": entries, "whole_rows": whole_rows},
                )
                changed[table] = dict(cursor.fetchall())
        return {table: rows for table, rows in changed.items() if rows}

    def referring(self):
        """(model, model it refers to, how many, the first ids) of rows that refer to what was made
        and are not part of the work: whether the database holds the reference (not that of
        ratings), but not of logs, which outlive what they are about."""
        fields = list(self._references())
        found = []
        for first in range(0, len(fields), AT_ONCE):
            found += self._count_referring(fields[first : first + AT_ONCE])
        return found

    def _count_referring(self, fields):
        parts = [
            REFERRING.format(
                number=number,
                most=MOST_NAMED,
                key=_quoted(field.model._meta.pk.column),
                referring=_quoted(field.model._meta.db_table),
                column=_quoted(field.column),
            )
            for number, field in enumerate(fields)
        ]
        tables = [
            model._meta.db_table for field in fields for model in (field.related_model, field.model)
        ]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), tables)
            found = sorted(cursor.fetchall())
        return [
            (fields[number].model, fields[number].related_model, count, ids)
            for number, count, ids in found
            if count
        ]

    def _references(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT table_name FROM undo_touched WHERE inserted")
            made = {table for (table,) in cursor.fetchall()}
        for model in apps.get_models(include_auto_created=True):
            for field in model._meta.concrete_fields:
                if (
                    isinstance(field, ForeignKey)
                    and field.remote_field.on_delete is not DO_NOTHING
                    and field.related_model._meta.db_table in made
                    and model not in self.beside
                ):
                    yield field

    def play_back(self):
        """Undo each statement, the last one first, and ask the deferred constraints. Raises
        StandsInTheWay, or IntegrityError for a rule that is broken without the work."""
        with connection.cursor() as cursor:
            for entry in self.entries:
                cursor.execute(self._statement(entry), [entry.pk])
                if cursor.rowcount != entry.rows:
                    # The rows are locked; the trail may have been redacted.
                    raise StandsInTheWay([_("Rows are not as it left them: it cannot be undone.")])
            cursor.execute(FORGET_PATHS)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def _statement(self, entry):
        fields = self.models[entry.table_name]._meta.concrete_fields
        columns = ", ".join(
            _quoted(field.column)
            for field in fields
            if not field.primary_key and not field.generated
        )
        return BACK[entry.operation].format(stored=_quoted(entry.table_name), columns=columns)


def _quoted(name):
    return connection.ops.quote_name(name)


# Every row that was touched, by which entry first, and what became of it.
TOUCHED = """
CREATE TEMP TABLE undo_touched ON COMMIT DROP AS
SELECT
    e.table_name, row_id, min(e.id) AS entry,
    bool_or(e.operation = 'insert') AS inserted,
    coalesce(max(e.id) FILTER (WHERE e.operation = 'delete') = max(e.id), false) AS deleted
FROM accounts_journalentry AS e, unnest(e.ids) AS part,
    generate_series(lower(part), upper(part) - 1) AS row_id
WHERE e.id = ANY (%(entries)s)
GROUP BY e.table_name, row_id
"""
LOCK = """
SELECT count(*) FROM (
    SELECT FROM {stored}
    WHERE id IN (SELECT row_id FROM undo_touched WHERE table_name = %s)
    ORDER BY id FOR UPDATE
) AS locked
"""
# First which entries, as there are few of them; then which of their rows. An entry of a row that
# was touched is newer if its number is higher: the row was locked in between.
NEWER = """
SELECT DISTINCT later.table_name, later.id
FROM accounts_journalentry AS own
JOIN accounts_journalentry AS later
    ON later.id > own.id AND later.table_name = own.table_name AND later.ids && own.ids
WHERE own.id = ANY (%(entries)s) AND later.id <> ALL (%(entries)s)
"""
# What a column held when the work was done is what it held before the first newer change of it. A
# value that the trail hides was changed all the same.
CHANGED = """
WITH newer AS MATERIALIZED (
    SELECT
        t.row_id, t.inserted, t.deleted, e.id AS entry,
        max(e.id) OVER (PARTITION BY t.row_id) AS newest
    FROM accounts_journalentry AS e
    JOIN undo_touched AS t
        ON t.table_name = %(table)s AND e.id > t.entry AND e.ids @> t.row_id
    WHERE e.id = ANY (%(newer)s)
), left_as AS (
    SELECT DISTINCT ON (c.row_id, was.key)
        c.row_id, newer.inserted, newer.newest, was.key, was.value, c.after -> was.key AS became
    FROM newer
    JOIN accounts_journalchange AS c ON c.entry_id = newer.entry AND c.row_id = newer.row_id
    CROSS JOIN LATERAL jsonb_each(c.before) AS was
    ORDER BY c.row_id, was.key, c.entry_id
), changed AS (
    SELECT newer.row_id, newer.newest
    FROM newer LEFT JOIN {stored} AS s ON s.id = newer.row_id
    WHERE (s.id IS NULL) <> newer.deleted
    UNION ALL
    SELECT left_as.row_id, left_as.newest
    FROM left_as JOIN {stored} AS s ON s.id = left_as.row_id
    WHERE (left_as.value IS DISTINCT FROM to_jsonb(s) -> left_as.key
            OR left_as.value = left_as.became)
        AND (
            %(whole_rows)s OR left_as.inserted OR EXISTS (
                SELECT FROM accounts_journalchange AS own
                WHERE own.entry_id = ANY (%(own)s) AND own.row_id = left_as.row_id
                    AND own.before ? left_as.key
            )
        )
)
SELECT row_id, max(newest) FROM changed GROUP BY row_id
"""
REFERRING = """
SELECT {number}, count(*), (array_agg(id ORDER BY id))[:{most}] FROM (
    SELECT r.{key} AS id FROM {referring} AS r
    JOIN undo_touched AS t ON t.table_name = %s AND t.row_id = r.{column} AND t.inserted
    WHERE NOT EXISTS (
        SELECT FROM undo_touched AS own WHERE own.table_name = %s AND own.row_id = r.{key}
    )
) AS referring
"""
# Where a row is not as it was left, it is left alone, and their number does not fit.
BACK = {
    Operation.INSERT: """
        DELETE FROM {stored} WHERE id IN (
            SELECT generate_series(lower(part), upper(part) - 1)
            FROM accounts_journalentry AS e, unnest(e.ids) AS part WHERE e.id = %s
        )
    """,
    Operation.UPDATE: """
        UPDATE {stored} AS s SET ({columns}) = (
            SELECT {columns} FROM jsonb_populate_record(s, change.before)
        )
        FROM accounts_journalchange AS change
        WHERE change.entry_id = %s AND change.row_id = s.id AND to_jsonb(s) @> change.after
    """,
    Operation.DELETE: """
        INSERT INTO {stored} (id, {columns})
        SELECT id, {columns} FROM accounts_journalchange AS change,
            jsonb_populate_record(NULL::{stored}, change.before)
        WHERE change.entry_id = %s ORDER BY change.row_id
    """,
}
# Triggers make them, with each change of the tree, for organizations that are gone as well.
FORGET_PATHS = """
DELETE FROM branches_organizationpath
WHERE organization_id IN (
    SELECT row_id FROM undo_touched WHERE table_name = 'branches_organization' AND inserted
)
"""
