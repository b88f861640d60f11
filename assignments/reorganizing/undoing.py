"""Undoing a reorganization: every row as it was, while nothing newer depends on it."""

import json

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from branches.models import Attendance, Organization, OrganizationPath

from ..models import Assignment
from .trail import Change, current_rows

MADE = {"branches_organization": Organization, "assignments_assignment": Assignment}


def changes_of(reorganization):
    return [
        Change(each["table"], each["id"], each["before"], each["after"])
        for each in reorganization.changes
    ]


def what_depends(changes, *, on):
    """Sentences that say what was changed or came since: nothing may be undone beneath it."""
    return [*_changed_since(changes), *_referring(changes), *_attended(changes, on)]


def put_back(changes):
    """Write every row as it was. Raises ValidationError when something newer depends on it."""
    made = [change for change in changes if change.before is None]
    others = [change for change in changes if change.before is not None]
    # What the new ones take up, in days or codes, must be free before the old ones come back.
    for table, ids in _ids(made).items():
        if table != "branches_organization":
            _delete(table, ids)
    for (table, columns), rows in _by_columns(others).items():
        _restore(table, columns, rows)
    organizations = _ids(made).get("branches_organization", [])
    OrganizationPath.objects.filter(organization__in=organizations).delete()
    _delete("branches_organization", organizations)


def refuse_if_needed(changes, *, on):
    if sentences := what_depends(changes, on=on):
        raise ValidationError(sentences)


def _changed_since(changes):
    rows = current_rows([(change.table, change.pk) for change in changes])
    changed = [
        change for change in changes if _differs(change, rows.get((change.table, change.pk)))
    ]
    if changed:
        yield _("%(count)s of the rows that it changed were changed again since.") % {
            "count": len(changed)
        }


def _differs(change, row):
    if row is None or change.after is None:
        return row is not change.after
    return any(row.get(column) != change.after[column] for column in _columns(change))


def _columns(change):
    """The columns that it changed; of a new row all."""
    if change.before is None:
        return sorted(change.after)
    return sorted(
        column for column, value in change.after.items() if change.before.get(column) != value
    )


def _referring(changes):
    """Rows of any table of the application that refer to what it made, and are not its own."""
    own, made = _ids(changes), _ids([change for change in changes if change.before is None])
    asked = [
        (field, ids, own.get(field.model._meta.db_table, []))
        for table, ids in made.items()
        if table in MADE
        for field in _fields_to(MADE[table])
    ]
    counts = {}
    for (field, _ids_made, _own), count in zip(asked, _count(asked), strict=True):
        kind = field.model._meta.verbose_name
        counts[kind] = counts.get(kind, 0) + count
    for kind, count in counts.items():
        if count:
            yield _("%(count)s × %(kind)s refer to what it made.") % {"count": count, "kind": kind}


def _count(asked):
    """How many rows there are of each (field, ids that it holds, ids of rows to leave out)."""
    if not asked:
        return []
    parts = [
        f"(SELECT count(*) FROM {_quoted(field.model._meta.db_table)} "  # noqa: S608
        f"WHERE {_quoted(field.column)} = ANY(%s) AND id <> ALL(%s::bigint[]))"
        for field, _ids_made, _own in asked
    ]
    with connection.cursor() as cursor:
        parameters = [part for _field, ids, own in asked for part in (ids, own)]
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return cursor.fetchone()


def _fields_to(model):
    for relation in model._meta.get_fields(include_hidden=True):
        field = getattr(relation, "field", None)
        if (
            relation.auto_created
            and isinstance(field, ForeignKey)
            and field.model is not OrganizationPath
        ):
            yield field


def _attended(changes, on):
    """Who came to a branch by it and is on a roster there since."""
    came = [
        (change.after["member_id"], change.after["branch_id"])
        for change in changes
        if change.table == "branches_membership" and change.before is None
    ]
    members, branches = {member for member, _branch in came}, {branch for _member, branch in came}
    rows = Attendance.objects.filter(
        member__in=members, meeting__branch__in=branches, meeting__held_on__gte=on
    )
    if count := rows.filter(capacity="member").count():
        yield _("%(count)s times members are on rosters of the branches they came to.") % {
            "count": count
        }


def _ids(changes):
    ids = {}
    for change in changes:
        ids.setdefault(change.table, []).append(change.pk)
    return ids


def _by_columns(changes):
    """{(table, columns that changed): changes}, so that each goes back in one statement."""
    groups = {}
    for change in changes:
        if columns := _columns(change):
            groups.setdefault((change.table, tuple(columns)), []).append(change)
    return groups


def _delete(table, ids):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_quoted(table)} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608


def _restore(table, columns, changes):
    sets = ", ".join(f"{_quoted(column)} = former.{_quoted(column)}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_quoted(table)} AS stored SET {sets} "  # noqa: S608
            f"FROM jsonb_populate_recordset(NULL::{_quoted(table)}, %s::jsonb) AS former "
            "WHERE stored.id = former.id",
            [json.dumps([change.before for change in changes])],
        )


def _quoted(name):
    return connection.ops.quote_name(name)
