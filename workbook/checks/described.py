"""The rules that follow from the description of a table: keys, references, first and last days."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ..sqltext import fill, quote
from .check import Check


def checks_of(table, supplied, unread, reach):
    """The checks that follow from the description of a table.

    `supplied` are the columns that its sheet has, `unread` the tables whose rows are not known,
    `reach` says what there is for this import.
    """
    yield _once(table)
    for column in table.references:
        if column.name in supplied and column.to not in unread:
            yield _refers(table, column, reach.hint(column))
    bounds = {column.bound: column.name for column in table.columns if column.bound}
    if bounds:
        yield _in_order(table, bounds["first"], bounds["last"])


def _once(table):
    """Whatever cannot be read or found is reported as such, not as a double."""
    key = [
        f"r.{column.name}_id" if column.to else f"r.{quote(column.name)}" for column in table.key
    ]
    return Check(
        table.name,
        table.key[0].name,
        _("the same key as in row %(first)s: each row needs a key of its own"),
        fill(
            """
            SELECT r.row, double.first
            FROM row_{name} AS r
            JOIN (
                SELECT {key}, min(r.row) AS first FROM row_{name} AS r
                WHERE {found} GROUP BY {key} HAVING count(*) > 1
            ) AS double ON ({key}) IS NOT DISTINCT FROM ({double_key}) AND r.row > double.first
            """,
            name=table.name,
            key=key,
            double_key=[f"double.{part.removeprefix('r.')}" for part in key],
            found=" AND ".join(
                f"{part} IS NOT NULL"
                for part, column in zip(key, table.key, strict=True)
                if column.required
            ),
        ),
    )


def _refers(table, column, hint):
    if column.to == "directives":
        message = _("no directive, or not a single one, is meant by “%(code)s”: %(known)s")
    else:
        message = _("there is no “%(code)s” in %(to)s, neither in the workbook nor stored")
    return Check(
        table.name,
        column.name,
        format_lazy("{}{}", message, hint) if hint else message,
        fill(
            """
            SELECT r.row, r.{name} AS code, '{to}' AS to {known} FROM row_{table} AS r
            WHERE r.{name} IS NOT NULL AND r.{name}_id IS NULL
            """,
            table=table.name,
            name=column.name,
            to=column.to,
            known=""
            if column.to != "directives"
            else """, coalesce((
                SELECT string_agg(
                    concat_ws(' ', known.number, known.issuer, known.issued_on), ', '
                    ORDER BY known.issued_on
                )
                FROM known_directives AS known WHERE known.number = r.directive_number
            ), '-') AS known""",
        ),
    )


def missing_columns(table, supplied):
    """The checks that new rows have the columns which they need; rows that are stored do not."""
    for column in table.columns:
        if column.required and column.name not in supplied:
            yield Check(
                table.name,
                column.name,
                _("the column is missing, and %(count)s new rows need it, the first is %(first)s"),
                fill(
                    """
                    SELECT 1 AS row, min(r.row) AS first, count(*) AS count
                    FROM row_{table} AS r WHERE r.created HAVING count(*) > 0
                    """,
                    table=table.name,
                ),
            )


def _in_order(table, first, last):
    return Check(
        table.name,
        last,
        _("the last day, %(last)s, is before the first day, %(first)s"),
        fill(
            "SELECT r.row, r.{first} AS first, r.{last} AS last FROM row_{table} AS r "
            "WHERE r.{last} < r.{first}",
            table=table.name,
            first=first,
            last=last,
        ),
    )
