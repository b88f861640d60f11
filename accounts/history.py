"""What the pages of the audit trail show: rows of entries, each field before and after."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection, models
from django.db.models import F, Value
from django.db.models.functions import Cast
from psycopg2 import sql

from branches.masking import MASKED_COLUMNS
from branches.models import Member, Membership

from .audited import model_of, models_of_member, name_of_table, owner_of
from .choices import Operation
from .models import JournalChange, JournalEntry
from .multirange import BigIntegerMultirangeField, HoldsId
from .querysets import Auditing, visible_rows
from .wording import column_name, say

TITLES = ("full_name", "name", "title", "topic", "username", "number", "email", "code")
UNSAID = ("id",)


@dataclass(frozen=True)
class Field:
    """A field of a row in words; None where there was no row. `hidden`: it changed, and its values
    are never recorded."""

    name: str
    before: str | None
    after: str | None
    hidden: bool = False


@dataclass(frozen=True)
class Row:
    """A row that an entry touched: what it is called, its code and what it belongs to, and its
    fields that the entry set."""

    pk: int
    title: str
    whose: str
    fields: list[Field] = field(default_factory=list)


class Reader:
    """Who looks at rows: what is called by name to them, and what stands masked.

    sight     a branches.masking.Sight
    auditing  whose scope names of other rows are taken from; None for one's own history, where all
              that one's rows refer to is named
    """

    def __init__(self, sight, *, on, auditing=None):
        self.sight, self.on, self.auditing = sight, on, auditing
        self._names = defaultdict(dict)

    def look_up(self, model, rows, ids):
        """Find the names of all that these rows of the model, as {column: value}, refer to, in a
        query a model; and what the reader sees of members with these ids."""
        for reference in model._meta.concrete_fields:
            if not isinstance(reference, models.ForeignKey):
                continue
            target = reference.related_model
            named = {values.get(reference.attname) for values in rows} - {None}
            unknown = named - self._names[target].keys()
            if unknown:
                found = self._seen(target).in_bulk(unknown)
                self._names[target] |= {pk: str(found[pk]) if pk in found else "" for pk in unknown}
        if model is Member:
            for _mask, action in MASKED_COLUMNS.values():
                self.sight.look(ids, action)

    def name(self, model, pk):
        """What another row is called; "" for one that is gone or out of the reader's scope."""
        return self._names[model].get(pk, "")

    def _seen(self, model):
        if self.auditing is None or model_of(model._meta.db_table) is None:
            return model._base_manager
        return visible_rows(model, self.auditing, on=self.on)


class _Images:
    """Rows of one table with these ids, as each entry of the id `since` or a later one left them:
    the rows as they are, less what was changed since. In two queries."""

    def __init__(self, table_name, ids, *, since):
        self.present = _present_values(table_name, ids)
        self.changes = defaultdict(dict)  # {id: {entry: change}}, newest first
        entries = JournalEntry.objects.about_rows({table_name: ids}).filter(pk__gte=since)
        changes = JournalChange.objects.filter(
            entry__in=entries.order_by().values("pk"), row_id__in=ids
        )
        for change in changes.order_by("-entry_id"):
            self.changes[change.row_id][change.entry_id] = change

    def change(self, entry, pk):
        return self.changes[pk].get(entry.pk)

    def left(self, entry, pk):
        """{column: value} of the row after the entry; None where it left none."""
        image = self.present.get(pk)
        for number, change in self.changes[pk].items():
            if number <= entry.pk:
                break
            if change.after is None:
                image = change.before
            elif change.before is None:  # it took this id only then
                image = None
            else:
                image = (image or {}) | change.before
        return image


def first_values(entry, ids):
    """{id: {column: value}} of the rows with these ids, as the entry left them."""
    images = _Images(entry.table_name, ids, since=entry.pk)
    return {pk: images.left(entry, pk) for pk in ids}


def rows_of(touched, reader):
    """The rows that entries about one table touched, as Row: a list for each (entry, ids)."""
    first = touched[0][0]
    model = model_of(first.table_name)
    every = {pk for _entry, ids in touched for pk in ids}
    images = _Images(first.table_name, every, since=min(entry.pk for entry, _ids in touched))
    found = [
        [(pk, images.left(entry, pk), images.change(entry, pk)) for pk in ids]
        for entry, ids in touched
    ]
    values = [
        each
        for rows in found
        for _pk, left, change in rows
        for each in (left, change and change.before)
        if each
    ]
    reader.look_up(model, values, every)
    return [[_row(model, *row, reader) for row in rows] for rows in found]


def _row(model, pk, left, change, reader):
    image = left or (change and change.before) or {}
    return Row(
        pk,
        _title(model, pk, image, reader) or f"#{pk}",
        _whose(model, pk, image, reader),
        _fields(model, pk, image, change, reader),
    )


def _title(model, pk, image, reader):
    for column in TITLES:
        if image.get(column):
            return say(model, column, image[column], row_id=pk, reader=reader)
    owner = owner_of(model)
    return owner and reader.name(owner.related_model, image.get(owner.attname))


def _whose(model, pk, image, reader):
    parts = []
    if image.get("code"):
        parts.append(say(model, "code", image["code"], row_id=pk, reader=reader))
    owner = owner_of(model)
    if owner and model is not Member:
        parts.append(reader.name(owner.related_model, image.get(owner.attname)))
    return " · ".join(part for part in parts if part and part != _title(model, pk, image, reader))


def _fields(model, pk, image, change, reader):
    """The fields that were set: of an inserted row those with a value."""
    if change is None:
        change = JournalChange(row_id=pk, before=None, after=_with_values(image))
    before, after = change.before, change.after
    if change.after is None:
        before = _with_values(before)
    columns = [each.column for each in model._meta.concrete_fields]
    named = {**(before or {}), **(after or {})}
    ordered = sorted(named, key=lambda each: columns.index(each) if each in columns else 99)

    def said(values, column):
        if values is None:
            return None
        return say(model, column, values.get(column), row_id=pk, reader=reader)

    return [
        Field(
            column_name(model, column),
            said(before, column),
            said(after, column),
            before is not None and after is not None and before.get(column) == after.get(column),
        )
        for column in ordered
        if column not in UNSAID
    ]


def _with_values(image):
    return {column: value for column, value in image.items() if value not in (None, "", [])}


def visible_ids(entry, user, *, on):
    """The ids of the entry's rows that the user sees, as a queryset of one column, in order."""
    model, auditing = model_of(entry.table_name), Auditing(user)
    everything = auditing.sees_everything(on=on)
    if entry.operation == Operation.INSERT:
        rows = model._base_manager.all() if everything else visible_rows(model, auditing, on=on)
        held = Cast(Value(entry.ids, BigIntegerMultirangeField()), BigIntegerMultirangeField())
        rows = rows.filter(
            HoldsId(held, F("pk")), pk__gte=entry.ids[0].start, pk__lt=entry.ids[-1].stop
        )
        return rows.order_by("pk").values_list("pk", flat=True)
    changes = entry.changes.all() if everything else entry.changes.visible(model, auditing, on=on)
    return changes.order_by("row_id").values_list("row_id", flat=True)


@dataclass(frozen=True)
class Happening:
    """An entry with those of its rows that a history is about."""

    entry: JournalEntry
    name: str
    rows: list[Row]


def may_see_history(user, member, *, on):
    """Whether the user may see what was entered about the member: an auditor of the member's
    branch, and the member."""
    audited = Membership.objects.valid_on(on).filter(
        member=member, branch__in=user.scope_for("see_member_history", on=on).values("pk")
    )
    return member.pk == user.member_id or audited.exists()


def entries_of_member(member):
    """The entries about the member's own row and all rows that are or were about the member.

    Returns (queryset of entries, {table: set of the ids of those rows})."""
    ids = {Member._meta.db_table: {member.pk}}
    for model in models_of_member():
        ids[model._meta.db_table] = set(
            model._base_manager.filter(member=member.pk).values_list("pk", flat=True)
        )
    former = JournalChange.objects.of_member(member.pk).values_list("entry__table_name", "row_id")
    for table_name, row_id in former:
        if table_name in ids:
            ids[table_name].add(row_id)
    return JournalEntry.objects.about_rows(ids).with_people(), ids


def happenings(entries, ids, reader):
    """What the entries did to the rows with these ids ({table: ids}), as Happenings."""
    touched = defaultdict(list)
    for entry in entries:
        mine = sorted(_among(entry, ids[entry.table_name]))
        touched[entry.table_name].append((entry, mine))
    rows = {}
    for of_table in touched.values():
        for (entry, _ids), found in zip(of_table, rows_of(of_table, reader), strict=True):
            rows[entry.pk] = found
    return [Happening(entry, name_of_table(entry.table_name), rows[entry.pk]) for entry in entries]


def _among(entry, ids):
    return [pk for pk in ids if any(pk in some for some in entry.ids)]


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
