"""Export: the tables of an organization's subtree as a folder or zip of CSV, or as one xlsx.

Rows stream from the database to the file in the order of their keys. The same rows give the same
bytes.
"""

from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from . import scope
from .cells import Choice
from .headings import column_names, table_names
from .outputs import OUTPUTS, ExportError, open_folder
from .reach import reach_of
from .sqltext import fill, quote
from .tables import BY_NAME, TABLES

BATCH_ROWS = 10_000
MOST_VALUES_KEPT = 100_000  # distinct ones of a column


def export_workbook(organization, *, on, output, vi=False, by=None):
    """Write the workbook of `organization` and all below it on the day `on`.

    output  an .xlsx or .zip file, else a folder, which is made if need be
    vi      Vietnamese names of tables, columns and values instead of the English keys
    by      the user who exports, and gets what is in reach with the grants of the day `on`
            (reach.py); None for an operator, who gets everything

    Returns {table: number of rows}. Raises ExportError when the output cannot hold it, and
    PermissionDenied when the user may not export this organization.
    """
    if by is not None and not by.may("export_workbook", organization, on=on):
        raise PermissionDenied
    gathered = {"organization": organization.pk, "on": on}
    reach = reach_of(by, "export_workbook", on=on)
    return write_export(output, scope.GATHER, gathered, scope.CONDITIONS, vi=vi, reach=reach)


def write_export(output, gather, gathered, conditions, *, vi, reach, filled=False):
    """Write the rows for which `conditions` hold, {table: SQL}, of tables that `gather`, SQL with
    the parameters `gathered`, made before; tables without a condition are left out, and those
    without rows if only `filled` ones are asked for."""
    output = Path(output)
    if output.suffix.lower() == ".csv" and not output.is_dir():
        raise ExportError(
            _("one .csv holds one table: export to a folder, a .zip or an .xlsx instead of %s")
            % output
        )
    open_output = OUTPUTS.get(output.suffix.lower(), open_folder)
    with _snapshot() as cursor, open_output(output) as write_table:
        cursor.execute(gather, gathered)
        reach.gather(cursor)
        select = _Select(conditions, reach)
        return {
            table.name: _write(cursor, table, write_table, vi, select)
            for table in TABLES
            if table.name in conditions
            and (not (table.added or filled) or _has_rows(cursor, table, select))
        }


@contextmanager
def _snapshot():
    """A cursor that sees one state of the database, however long the export takes."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL jit = off; DISCARD TEMP")
        yield cursor


def _write(cursor, table, write_table, vi, select):
    columns = [
        each for each in table.columns if not each.added or _has_values(cursor, table, each, select)
    ]
    headings = [column_names(table.name, column.name)[vi] for column in columns]
    # Closed here, while the transaction that its cursor needs is still there.
    with closing(_batches(table, columns, vi, select)) as batches:
        rows = chain.from_iterable(batches)
        return write_table(table_names(table.name)[vi], columns, headings, rows)


def _has_rows(cursor, table, select):
    cursor.execute(fill("SELECT EXISTS ({rows})", rows=select(table, table.columns)))
    return cursor.fetchone()[0]


def _has_values(cursor, table, column, select):
    """An added column is written only when some row has a value in it."""
    rows = select(table, [column])
    cursor.execute(
        fill("SELECT EXISTS (SELECT FROM ({rows}) AS t (value) WHERE value::text <> '')", rows=rows)
    )
    return cursor.fetchone()[0]


def _batches(table, columns, vi, select):
    """Rows of cells in text, some thousands at a time; each distinct value is written once."""
    writers = [_Writer(column.cell, vi).__getitem__ for column in columns]
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            fill(
                "{rows} ORDER BY {order}",
                rows=select(table, columns),
                order=[_order(table, column) for column in table.key],
            )
        )
        while batch := cursor.fetchmany(BATCH_ROWS):
            columns_of_batch = zip(*batch, strict=True)
            cells = [
                map(write, values) for write, values in zip(writers, columns_of_batch, strict=True)
            ]
            yield zip(*cells, strict=True)


class _Writer(dict):
    """{value: text of its cell}, filled as values appear."""

    def __init__(self, cell, vi):
        super().__init__()
        self.write = cell.names.__getitem__ if vi and isinstance(cell, Choice) else cell.write

    def __missing__(self, value):
        if len(self) > MOST_VALUES_KEPT:
            self.clear()
        written = self[value] = "" if value is None or value == "" else self.write(value)
        return written


# Queries


class _Select:
    """Makes the query for the rows of a table that are exported."""

    def __init__(self, conditions, reach):
        self.conditions, self.reach = conditions, reach

    def __call__(self, table, columns):
        stored = {each.name: self.reach.stored(each) for each in TABLES}
        joins = [reference_join(table, each, stored) for each in table.references if each.field]
        return fill(
            "SELECT {values} FROM {stored} AS t {joins} WHERE ({condition}) AND {in_reach}",
            values=[shown_value(table, column) for column in columns],
            stored=stored[table.name],
            joins=" ".join([*joins, fill(JOINS.get(table.name, ""), **stored)]),
            condition=self.conditions[table.name],
            in_reach=self.reach.condition(table),
        )


def reference_join(table, column, stored):
    """The join of what a column refers to; `stored` is {table: what its rows are read from}."""
    return fill(
        "LEFT JOIN {to} AS {name}_row ON {name}_row.id = t.{foreign_key}",
        to=stored[column.to],
        name=column.name,
        foreign_key=table.db_column(column),
    )


def shown_value(table, column):
    """The value of a column of the stored row `t`, where its references and JOINS are joined."""
    if (table.name, column.name) in ELSEWHERE:
        return ELSEWHERE[table.name, column.name]
    if column.to:
        return f"{column.name}_row.{BY_NAME[column.to].key[0].name}"
    if column.bound == "first":
        return "lower(t.validity)"
    if column.bound == "last":
        return "upper(t.validity) - 1"
    return f"t.{quote(table.db_column(column))}"


def _order(table, column):
    collation = ' COLLATE "C"' if column.cell.sql.startswith("text") else ""
    return f"{shown_value(table, column)}{collation} NULLS FIRST"


# Values that are kept in other tables than the one that shows them, and the joins they take.
JOINS = {
    "organizations": """
        LEFT JOIN branches_placement AS present
            ON present.organization_id = t.id AND upper_inf(present.validity)
        LEFT JOIN {organizations} AS parent ON parent.id = present.parent_id
        LEFT JOIN LATERAL (
            SELECT max(upper(p.validity)) AS until FROM branches_placement AS p
            WHERE p.organization_id = t.id AND NOT upper_inf(p.validity)
        ) AS past ON true
    """,
    "members": """
        LEFT JOIN LATERAL (
            SELECT s.branch_id, s.validity FROM branches_membership AS s
            WHERE s.member_id = t.id ORDER BY lower(s.validity) DESC LIMIT 1
        ) AS present ON true
        LEFT JOIN {organizations} AS branch ON branch.id = present.branch_id
    """,
    "teams": "JOIN {organizations} AS issuer ON issuer.id = directive_number_row.issuer_id",
    "assignments": """
        LEFT JOIN {organizations} AS issuer ON issuer.id = directive_number_row.issuer_id
    """,
}
# Number and issuer say which directive is meant, unless they began again in another term.
ISSUED_ON = """
    CASE WHEN EXISTS (
        SELECT FROM assignments_directive AS other
        WHERE other.number = directive_number_row.number
            AND other.issuer_id = directive_number_row.issuer_id
            AND other.id <> directive_number_row.id
            AND other.id IN (SELECT id FROM out_directives)
    ) THEN directive_number_row.issued_on END
"""
ELSEWHERE = {
    ("organizations", "parent_code"): "parent.code",
    # Empty where it is the default; of one that stands alone now, since when.
    ("organizations", "parent_since"): """
        CASE
            WHEN present.id IS NULL THEN past.until
            WHEN past.until IS NOT NULL THEN lower(present.validity)
            ELSE nullif(lower(present.validity), lower(t.validity))
        END
    """,
    ("members", "branch_code"): "branch.code",
    ("members", "branch_since"): "lower(present.validity)",
    ("members", "branch_until"): "upper(present.validity) - 1",
    ("teams", "issuer_code"): "issuer.code",
    ("teams", "directive_issued_on"): ISSUED_ON,
    ("assignments", "issuer_code"): "issuer.code",
    ("assignments", "directive_issued_on"): ISSUED_ON,
}
