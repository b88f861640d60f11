"""What an import changes, row by row and field by field, taken down while it does so.

Before the writing and after it the rows that the workbook speaks of are read as an export would
write them, and compared; so it shows what the import does, not what it is thought to do. The first
lines of each table are kept for the pages, all of them stand in a zip of CSV.
"""

import json
import zipfile
from dataclasses import dataclass
from tempfile import TemporaryFile

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .choices import LineKind
from .exporting import JOINS, reference_join, shown_value
from .headings import column_names, table_names
from .history import MEMBERSHIPS, PLACEMENTS
from .resolving import same_key
from .sqltext import fill, quote
from .tables import BY_NAME, TABLES
from .writing import differs

MOST_LINES = 1000  # of each table and kind, on pages
# Tables whose rows also change by what stands in other ones.
DATED = {name for link in (PLACEMENTS, MEMBERSHIPS) for name in (link.table, link.owners)}
# What people know a row by, beside its key.
NAMES = ("full_name", "name", "title", "topic", "purpose")


@dataclass(frozen=True)
class Line:
    """One row that is new, with its `values` {column: value}, or changed, with {column: [before,
    after]}; values as JSON has them."""

    kind: str
    table: str
    row: int
    label: str
    values: dict


class Preview:
    """Takes down what an import changes.

    lines   the first MOST_LINES new and changed rows of each table
    output  where to write a zip of CSV with all of them, a binary file; None for nowhere
    """

    def __init__(self, output=None):
        self.output = output
        self.lines = []

    def take_before(self, cursor, names, reach):
        """Read what is stored of the rows of the tables named, before anything is written."""
        self.tables = [BY_NAME[name] for name in names]
        self.shown = _make_views(cursor, reach)
        for table in self.tables:
            condition = "NOT r.created"
            if table.name not in DATED:
                condition += f" AND {differs(table, 't')}"
            self._read(cursor, "before", table, condition)

    def take_after(self, cursor):
        """Read them again after the writing, and take down the differences."""
        for table in self.tables:
            self._read(cursor, "after", table, fill(TOUCHED, name=table.name))
            cursor.execute(fill(COMPARED, name=table.name, label=_label(table)))
            for kind in (LineKind.NEW, LineKind.CHANGED):
                self.lines += _first_lines(cursor, kind, table)
        if self.output:
            _write_zip(cursor, self.tables, self.output)

    def _read(self, cursor, when, table, condition):
        """Make before_<table> or after_<table>: rows as an export has them, and their numbers."""
        joins = [reference_join(table, each, self.shown) for each in table.references if each.field]
        cursor.execute(
            fill(
                """
                CREATE TEMP TABLE {when}_{name} ON COMMIT DROP AS
                SELECT r.row, r.created, {values}
                FROM row_{name} AS r
                JOIN {stored} AS t ON {same}
                {joins}
                WHERE {condition}
                """,
                when=when,
                name=table.name,
                values=[
                    f"{shown_value(table, each)} AS {quote(each.name)}" for each in table.columns
                ],
                stored=table.db_table,
                same=same_key(table, "t", "r"),
                joins=" ".join([*joins, fill(JOINS.get(table.name, ""), **self.shown)]),
                condition=condition,
            )
        )


# Rows that are new, or that the writing found changed.
TOUCHED = "(r.created OR r.row IN (SELECT row FROM changed WHERE sheet = '{name}'))"
COMPARED = """
CREATE TEMP TABLE compared_{name} ON COMMIT DROP AS
SELECT a.row, a.created, {label} AS label,
    CASE WHEN a.created
        THEN jsonb_strip_nulls(to_jsonb(a)) - 'row' - 'created'
        ELSE coalesce((
            SELECT jsonb_object_agg(new.key, jsonb_build_array(old.value, new.value))
            FROM jsonb_each(to_jsonb(a)) AS new
            JOIN jsonb_each(to_jsonb(b)) AS old USING (key)
            WHERE new.value <> old.value AND key NOT IN ('row', 'created')
        ), '{{}}') END AS "values"
FROM after_{name} AS a
LEFT JOIN before_{name} AS b USING (row)
"""


def _make_views(cursor, reach):
    """{table: name of what its rows are read from}: those in reach, and those that the import
    itself brings."""
    shown = {table.name: reach.stored(table) for table in TABLES}
    for table in TABLES:
        if shown[table.name] == table.db_table:
            continue  # all of it is
        shown[table.name] = f"shown_{table.name}"
        cursor.execute(
            fill(
                """
                CREATE TEMP VIEW shown_{name} AS SELECT * FROM {stored}
                WHERE id IN (SELECT id FROM {reached}) OR id IN (
                    SELECT id FROM row_{name} WHERE created
                )
                """,
                name=table.name,
                stored=table.db_table,
                reached=reach.stored(table),
            )
        )
    # What exporting.ISSUED_ON asks for.
    cursor.execute(fill("CREATE TEMP VIEW out_directives AS SELECT id FROM {directives}", **shown))
    return shown


def _label(table):
    """What people know the row `a` by: its key, and a name if it has one."""
    columns = [each.name for each in table.key]
    columns += [name for name in NAMES if name in table.by_name and name not in columns]
    return fill("concat_ws(' · ', {columns})", columns=[f"a.{quote(name)}" for name in columns])


def _first_lines(cursor, kind, table):
    cursor.execute(
        fill(
            """
            SELECT row, label, "values"::text FROM compared_{name}
            WHERE {created} ORDER BY row LIMIT {most}
            """,
            name=table.name,
            created="created" if kind == LineKind.NEW else "NOT created",
            most=str(MOST_LINES),
        )
    )
    return [
        Line(kind, table.name, row, label, json.loads(values))
        for row, label, values in cursor.fetchall()
    ]


# All of it, as CSV


def _write_zip(cursor, tables, output):
    vi = get_language() == "vi"
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            name = table_names(table.name)[vi]
            new, changed = _new_rows(table, vi), _changed_rows(table, vi)
            _write_csv(cursor, archive, f"{name} - {_('new')}.csv", new)
            _write_csv(cursor, archive, f"{name} - {_('changed')}.csv", changed)


def _new_rows(table, vi):
    """SELECT of the new rows, a column each."""
    columns = [
        f"{_cell(table, each)} AS {_heading(column_names(table.name, each.name)[vi])}"
        for each in table.columns
    ]
    return fill(
        "SELECT a.row AS {row}, {columns} FROM after_{name} AS a WHERE a.created ORDER BY a.row",
        row=_heading(_("Row")),
        columns=columns,
        name=table.name,
    )


def _changed_rows(table, vi):
    """SELECT of the fields that change, a line each."""
    names = fill(
        "CASE change.key {cases} END",
        cases=" ".join(
            f"WHEN '{each.name}' THEN {_literal(column_names(table.name, each.name)[vi])}"
            for each in table.columns
        ),
    )
    return fill(
        """
        SELECT c.row AS {row}, {label} AS {what}, {names} AS {column},
            {before} AS {before_name}, {after} AS {after_name}
        FROM compared_{name} AS c, jsonb_each(c."values") AS change
        WHERE NOT c.created ORDER BY c.row, change.key
        """,
        row=_heading(_("Row")),
        label=_guarded("c.label"),
        what=_heading(_("Record")),
        names=names,
        column=_heading(_("Column")),
        before=_guarded("(change.value ->> 0)"),
        before_name=_heading(_("Before")),
        after=_guarded("(change.value ->> 1)"),
        after_name=_heading(_("After")),
        name=table.name,
    )


def _cell(table, column):
    value = f"a.{quote(column.name)}"
    return _guarded(value) if column.cell.sql.startswith("text") else value


def _guarded(value):
    """Text that Excel takes for a formula has an apostrophe before it (see cells.Text)."""
    return rf"CASE WHEN {value} ~ '^''*[-=+@\t\r]' THEN '''' || {value} ELSE {value} END"


def _heading(name):
    return '"' + name.replace('"', "") + '"'


def _literal(text):
    return "'" + text.replace("'", "''") + "'"


def _write_csv(cursor, archive, name, query):
    """Write what the query finds as CSV that Excel reads as UTF-8; no file of no rows."""
    with TemporaryFile() as file:
        file.write("\ufeff".encode())
        cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)", file)
        if cursor.rowcount:
            file.seek(0)
            with archive.open(name, "w", force_zip64=True) as member:
                while chunk := file.read(1024**2):
                    member.write(chunk)
