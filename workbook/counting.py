"""How many rows of a workbook are new, changed and as they were."""

import io
from dataclasses import dataclass

from .history import MEMBERSHIPS, PLACEMENTS
from .sqltext import fill
from .tables import BY_NAME
from .writing import differs

LINKS = {name: link for link in (PLACEMENTS, MEMBERSHIPS) for name in (link.table, link.owners)}


@dataclass
class Counts:
    """Rows of one table of a workbook."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


def count_rows(cursor, name):
    """The Counts of a table after the writing."""
    return _count(cursor, name, "true")


def count_unwritten(cursor, names, problems):
    """{table: Counts} of the rows without a problem, where nothing was written."""
    cursor.execute("CREATE TEMP TABLE changed (sheet text, row integer) ON COMMIT DROP")
    cursor.execute("CREATE TEMP TABLE wrong (sheet text, row integer) ON COMMIT DROP")
    places = {(each.table, each.row) for each in problems if each.table in BY_NAME and each.row}
    cursor.copy_expert(
        "COPY wrong FROM STDIN",
        io.StringIO("".join(f"{table}\t{row}\n" for table, row in places)),
    )
    for name in names:
        _find_changed(cursor, BY_NAME[name])
    return {name: _count(cursor, name, fill(NOT_WRONG, name=name)) for name in names}


def _find_changed(cursor, table):
    """Put into `changed` the rows of the table that the writing would put there."""
    names = {"name": table.name, "stored": table.db_table}
    if link := LINKS.get(table.name):
        cursor.execute(fill(CHANGED_PERIODS, sheet=table.name, **link.names))
    if not link or table.name == link.owners:
        cursor.execute(fill(CHANGED_ROWS, differs=differs(table), **names))


NOT_WRONG = "row NOT IN (SELECT row FROM wrong WHERE sheet = '{name}')"
CHANGED_ROWS = """
INSERT INTO changed
SELECT '{name}', r.row FROM row_{name} AS r
JOIN {stored} AS stored ON stored.id = r.id
WHERE NOT r.created AND {differs}
"""
CHANGED_PERIODS = """
INSERT INTO changed
SELECT l.sheet, l.row FROM link_{table} AS l
LEFT JOIN {stored} AS s ON s.id = l.stored_id
WHERE l.sheet = '{sheet}' AND l.other_id IS NOT NULL
    AND (
        s.id IS NULL
        OR lower(s.validity) IS DISTINCT FROM l.first
        OR upper(s.validity) - 1 IS DISTINCT FROM l.last
    )
"""


def _count(cursor, name, condition):
    cursor.execute(
        fill(
            """
            SELECT count(*) FILTER (WHERE created),
                count(*) FILTER (WHERE NOT created AND row IN (
                    SELECT row FROM changed WHERE sheet = '{name}'
                )),
                count(*)
            FROM row_{name} WHERE {condition}
            """,
            name=name,
            condition=condition,
        )
    )
    created, updated, total = cursor.fetchone()
    return Counts(created, updated, total - created - updated)
