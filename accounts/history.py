"""What the pages of the audit trail show: entries with their rows, before and after."""

import json

from django.db import connection
from psycopg2 import sql

from .audited import model_of
from .models import JournalChange


def first_values(entry, ids):
    """{id: {column: value}} of rows as the entry left them, for those of `ids` that it left: from
    the rows as they are, less what was changed since."""
    values = _present_values(entry.table_name, ids)
    later = JournalChange.objects.filter(
        entry__table_name=entry.table_name, entry__gt=entry.pk, row_id__in=ids
    )
    for change in later.order_by("-entry_id"):
        if change.after is None:
            values[change.row_id] = change.before
        elif change.before is None:  # it took this id only then
            values.pop(change.row_id, None)
        else:
            values[change.row_id] |= change.before
    return values


def _present_values(table_name, ids):
    model = model_of(table_name)
    if model is None:
        return {}
    rows = sql.SQL("SELECT id, to_jsonb(r)::text FROM {} r WHERE id = ANY (%s)").format(
        sql.Identifier(model._meta.db_table)
    )
    with connection.cursor() as cursor:
        cursor.execute(rows, [list(ids)])
        return {pk: json.loads(row) for pk, row in cursor.fetchall()}
