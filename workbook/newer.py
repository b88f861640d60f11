"""What keeps an import from being undone: rows of it that were changed since, and rows that refer
to those it brought. Said in sentences; of what the reader may not see, only that it is there."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db import models
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audited import NAMES, NOT_AUDITED, owner_of
from accounts.models import JournalEntry
from accounts.querysets import visible_rows
from branches.models import OrganizationPath
from evaluations.models import UnitYear

from .choices import ImportState
from .models import Import
from .sqltext import fill, quote

# Rows that the database or a roll-up makes beside others: those tell of themselves.
MADE_BESIDE = (OrganizationPath, UnitYear)
MOST_NAMED = 20  # rows of one kind that are named one by one


@dataclass(frozen=True)
class Reader:
    """To whom it is said, and on which day."""

    user: object
    on: date


def find_newer(cursor, upload, written, *, on):
    """The sentences for `upload.undone_by`; [] when nothing stands in the way.

    on       today
    written  {table of the database: its model} of all that an import may write; the temporary
             table undo_touched has the rows (undoing.py)
    """
    reader = Reader(upload.undone_by, on)
    changed = _changed_since(cursor, upload)
    sentences = []
    for table_name, rows in changed.items():
        sentences += _tell_changed(written[table_name], rows, reader=reader)
    for model, column, table_name in _references(written):
        count, ids = _referring(cursor, model, column, table_name)
        if count:
            sentences += _tell_referring(model, ids, count, written[table_name], reader=reader)
    # Ratings and parts of a roll-up all tell of the roll-up.
    return list(dict.fromkeys(sentences))


# Changed since


def _changed_since(cursor, upload):
    """{table: {id of a row: id of the newest entry about it}}."""
    cursor.execute(
        NEWER,
        {
            "transaction": upload.transaction,
            "until": upload.imported_at,
            "without_trace": _without_trace(upload),
        },
    )
    changed = defaultdict(dict)
    for table_name, row_id, entry in cursor.fetchall():
        changed[table_name][row_id] = entry
    return changed


def _without_trace(upload):
    """Transactions of later imports that were undone, and of what undid them: whatever they did to
    a row, it is as it was."""
    undone = Import.objects.filter(
        state=ImportState.UNDONE, imported_at__gt=upload.imported_at
    ).values_list("transaction", "undo_transaction")
    return [each for pair in undone for each in pair]


# First which entries, as there are few of them; then which of their rows. An entry of a row that
# the import has touched is newer if its number is higher: the row was locked in between.
NEWER = """
WITH newer AS MATERIALIZED (
    SELECT DISTINCT later.id, later.table_name, later.ids
    FROM (
        SELECT DISTINCT e.* FROM undo_touched AS t
        JOIN accounts_journalentry AS e ON e.id = t.entry
    ) AS own
    JOIN accounts_journalentry AS later
        ON later.id > own.id AND later.table_name = own.table_name AND later.ids && own.ids
    WHERE (later.transaction <> %(transaction)s OR later.at > %(until)s)
        AND later.transaction <> ALL (%(without_trace)s)
)
SELECT t.table_name, t.row_id, max(newer.id)
FROM newer
JOIN undo_touched AS t
    ON t.table_name = newer.table_name AND newer.id > t.entry AND newer.ids @> t.row_id
GROUP BY t.table_name, t.row_id
ORDER BY t.table_name, t.row_id
"""


def _tell_changed(model, rows, *, reader):
    entries = JournalEntry.objects.select_related("user").in_bulk(
        {rows[row_id] for row_id in sorted(rows)[:MOST_NAMED]}
    )
    uploads = _uploads_of(entries.values(), reader=reader)
    seen = _seen(model, rows, reader=reader)
    for row_id in sorted(rows)[:MOST_NAMED]:
        entry = entries[rows[row_id]]
        if row_id not in seen:
            yield _("%(kind)s outside of what you answer for: changed since.") % {
                "kind": _kind(model)
            }
            continue
        yield _("%(kind)s “%(row)s”: changed on %(at)s %(who)s.") % {
            "kind": _kind(model),
            "row": seen[row_id],
            "at": date_format(localtime(entry.at), "SHORT_DATETIME_FORMAT"),
            "who": uploads.get(entry.transaction) or _by(entry.user),
        }
    if len(rows) > MOST_NAMED:
        yield _and_more(len(rows) - MOST_NAMED)


def _uploads_of(entries, *, reader):
    """{transaction: "by the import …"} of the entries that imports made."""
    transactions = {entry.transaction for entry in entries}
    visible = Import.objects.visible_to(reader.user, on=reader.on)
    newer = (
        visible.filter(transaction__in=transactions).select_related("file").defer("file__content")
    )
    return {
        each.transaction: _("by the later import “%(file)s”: undo that one first")
        % {"file": each.file}
        for each in newer
    }


def _by(user):
    if user is None:
        return _("by a program")
    return _("by %(user)s") % {"user": user.get_full_name() or user.username}


# Rows that refer to what would go


def _references(written):
    """(model, column, table) of every reference to a table written: whether the database holds it
    (not that of ratings), but not of logs, which outlive what they are about."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if (
                isinstance(field, models.ForeignKey)
                and field.remote_field.on_delete is not models.DO_NOTHING
                and field.related_model._meta.db_table in written
                and model not in MADE_BESIDE
            ):
                yield model, field.column, field.related_model._meta.db_table


def _referring(cursor, model, column, table_name):
    """How many rows refer to rows that the import inserted, and the first ids of them."""
    stored = model._meta.db_table
    cursor.execute(
        fill(
            """
            SELECT count(*), (array_agg(id ORDER BY id))[:{most}] FROM (
                SELECT r.{key} AS id FROM {stored} AS r
                JOIN undo_touched AS t
                    ON t.table_name = '{table_name}' AND t.row_id = r.{column} AND t.inserted
                WHERE NOT EXISTS (
                    SELECT FROM undo_touched AS own
                    WHERE own.table_name = '{stored}' AND own.row_id = r.{key} AND own.inserted
                )
            ) AS referring
            """,
            key=quote(model._meta.pk.column),
            stored=stored,
            column=quote(column),
            table_name=table_name,
            most=str(MOST_NAMED),
        )
    )
    count, ids = cursor.fetchone()
    return count, ids or []


def _tell_referring(model, ids, count, target, *, reader):
    seen = _seen(model, ids, reader=reader)
    for row_id in ids:
        told = {"kind": _kind(model), "row": seen.get(row_id), "target": _kind(target)}
        if row_id in seen:
            message = _("%(kind)s “%(row)s” refers to what the import brought (%(target)s).")
        else:
            message = _(
                "%(kind)s outside of what you answer for refers to what the import brought "
                "(%(target)s)."
            )
        yield message % told
    if count > len(ids):
        yield _and_more(count - len(ids))


def _and_more(count):
    return ngettext("… and %(count)d more.", "… and %(count)d more.", count) % {"count": count}


def _kind(model):
    """What people call a row of the model; of what is computed, that by which it is."""
    owner = _owner(model)
    known = owner.related_model if owner else model
    return str(NAMES.get(known._meta.label, known._meta.verbose_name))


def _owner(model):
    """The field of what a row is computed by; None for what people enter."""
    return owner_of(model) if model._meta.label in NOT_AUDITED else None


def _seen(model, ids, *, reader):
    """{id: what it is called} of the rows that the user sees, and those that are gone."""
    rows = visible_rows(model, reader.user, on=reader.on)
    owner = _owner(model)
    rows = rows.filter(pk__in=list(ids)[:MOST_NAMED]).select_related(
        *([owner.name] if owner else [])
    )
    return {row.pk: str(getattr(row, owner.name) if owner else row) for row in rows}
