"""From staging tables to rows as they will be: references become ids, stored rows are found.

For each table of the workbook `row_<table>` holds what the database will hold: every column with
its value after the import under its name in the workbook, the period of validity, the id that a
stored or new row has (`id`, `created`), and for each reference the id beside the code
(`member_code`, `member_code_id`). A reference that leads nowhere has a code and no id.
"""

from django.db import models

from .sqltext import fill, quote
from .staging import stage_name
from .tables import BY_NAME, TABLES

# Tables that others refer to by code: their new rows are given ids before anything is written.
REFERRED = {column.to for table in TABLES for column in table.references} - {"directives"}


def row_name(table):
    return f"row_{table.name}"


def number_new_codes(cursor, table, reach):
    """Give an id to every code of the sheet that is not stored yet: new_<table> (code, id)."""
    cursor.execute(
        fill(
            """
            CREATE TEMP TABLE new_{name} ON COMMIT DROP AS
            SELECT code, nextval(pg_get_serial_sequence('{stored}', 'id')) AS id
            FROM (
                SELECT min(row) AS row, code FROM {stage} AS staged
                WHERE code IS NOT NULL AND NOT EXISTS (
                    SELECT FROM {seen} AS stored WHERE stored.code = staged.code
                )
                GROUP BY code ORDER BY row
            ) AS fresh
            """,
            name=table.name,
            stored=table.db_table,
            seen=reach.stored(table),
            stage=stage_name(table),
        )
    )
    if cursor.rowcount:
        cursor.execute(fill("ANALYZE new_{name}", name=table.name))


def resolve_rows(cursor, table, supplied, reach):
    """Make row_<table> of a staging table; `supplied` are the names of the columns it has,
    `reach` says which stored rows there are for this import."""
    cursor.execute(
        fill(
            """
            CREATE TEMP TABLE {rows} ON COMMIT DROP AS
            SELECT staged.row, staged.bad, {id} AS id, stored.id IS NULL AS created, {values}
            FROM (
                SELECT {staged} FROM {stage} AS staged {reference_joins}
            ) AS staged
            LEFT JOIN {stored} AS stored ON {same_key}
            {new_codes}
            """,
            rows=row_name(table),
            id=_id(table),
            values=list(_values(table, supplied)),
            staged=["staged.*", *(f"{_found(c)} AS {c.name}_id" for c in table.references)],
            stage=stage_name(table),
            reference_joins=" ".join(_reference_join(table, c, reach) for c in table.references),
            stored=reach.stored(table),
            same_key=same_key(table),
            new_codes=f"LEFT JOIN new_{table.name} AS fresh ON fresh.code = staged.code"
            if table.name in REFERRED
            else "",
        )
    )
    if cursor.rowcount:
        cursor.execute(fill("ANALYZE {rows}", rows=row_name(table)))


def _id(table):
    if table.name in REFERRED:
        return "coalesce(stored.id, fresh.id)"
    if table.name == "directives":
        return fill(
            "coalesce(stored.id, nextval(pg_get_serial_sequence('{stored}', 'id')))",
            stored=table.db_table,
        )
    return "stored.id"  # a new row gets its id when it is written


def same_key(table, stored="stored", staged="staged"):
    """The condition that a stored row has the key of a row as it will be."""
    return " AND ".join(_same(table, column, stored, staged) for column in table.key)


def _same(table, column, stored, staged):
    """The condition that a stored row has the staged row's value in a column of the key."""
    if column.to:
        return f"{stored}.{table.db_column(column)} = {staged}.{column.name}_id"
    name = f"{staged}.{quote(column.name)}"
    if column.bound == "last":
        return f"upper({stored}.validity) = {name} + 1"
    if column.bound == "first" and column.required:
        return f"lower({stored}.validity) = {name}"
    if column.bound == "first":
        return f"lower({stored}.validity) IS NOT DISTINCT FROM {name}"
    return f"{stored}.{quote(table.db_column(column))} = {name}"


# Values: those of the sheet; for a column that it does not have, those stored or the default


def _values(table, supplied):
    for column in table.columns:
        name, given = quote(column.name), column.name in supplied
        if column.to:
            yield f"staged.{name}"
            kept = f"stored.{table.db_column(column)}" if column.field else "NULL::bigint"
            yield f"{f'staged.{column.name}_id' if given else kept} AS {column.name}_id"
        elif given or not column.field:
            yield f"staged.{name}"
        elif column.bound:
            yield f"{_bound(column)} AS {name}"
        else:
            kept = f"stored.{quote(table.db_column(column))}"
            yield f"coalesce({kept}, {_literal(column.default)}) AS {name}"
    if table.is_dated:
        yield fill(
            """CASE WHEN {first} > {last} THEN NULL ELSE daterange({first}, {last}, '[]') END
               AS validity""",
            **{
                column.bound: f"staged.{column.name}" if column.name in supplied else _bound(column)
                for column in table.columns
                if column.bound
            },
        )


def _bound(column):
    return "lower(stored.validity)" if column.bound == "first" else "upper(stored.validity) - 1"


def _literal(value):
    match value:
        case None:
            return "NULL"
        case models.TextChoices() | str():
            return f"'{value}'"
    return str(value)


# References


def _reference_join(table, column, reach):
    if column.to == "directives":
        return _directive_join(table)
    return fill(
        """
        LEFT JOIN {stored} AS {name}_stored ON {name}_stored.code = staged.{name}
        LEFT JOIN new_{to} AS {name}_new ON {name}_new.code = staged.{name}
        """,
        stored=reach.stored(BY_NAME[column.to]),
        name=column.name,
        to=column.to,
    )


def _found(column):
    if column.to == "directives":
        return f"{column.name}_known.id"
    return f"coalesce({column.name}_stored.id, {column.name}_new.id)"


def gather_directives(cursor, reach):
    """Make known_directives: those of the workbook and those stored."""
    cursor.execute(
        fill(
            """
        CREATE TEMP TABLE known_directives ON COMMIT DROP AS
        SELECT id, number, issuer_code_id AS issuer_id, issuer_code AS issuer, issued_on
        FROM row_directives
        UNION ALL
        SELECT d.id, d.number, d.issuer_id, o.code, d.issued_on
        FROM {stored} AS d
        JOIN branches_organization AS o ON o.id = d.issuer_id
        WHERE d.id NOT IN (SELECT id FROM row_directives)
            """,
            stored=reach.stored(BY_NAME["directives"]),
        )
    )


def _directive_join(table):
    """A number means the one directive of that number, issuer and day, as far as these are given.

    Of several of a given issuer it is the latest one issued by `valid_from` (of a team: the
    latest); without an issuer several are ambiguous.
    """
    return fill(
        """
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN count(*) = 1 THEN min(known.id)
                WHEN staged.issuer_code IS NOT NULL THEN (
                    array_agg(known.id ORDER BY known.issued_on DESC)
                    FILTER (WHERE known.issued_on <= {by_day})
                )[1]
            END AS id
            FROM known_directives AS known
            WHERE known.number = staged.directive_number
                AND (staged.issuer_code IS NULL OR known.issuer = staged.issuer_code)
                AND (staged.directive_issued_on IS NULL
                    OR known.issued_on = staged.directive_issued_on)
        ) AS directive_number_known
        """,
        by_day="staged.valid_from" if "valid_from" in table.by_name else "date 'infinity'",
    )
