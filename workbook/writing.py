"""Writing the rows of a workbook that is right: new ones inserted, changed ones updated.

`changed` (sheet, row) collects the rows of the workbook that changed something stored.
"""

from .history import MEMBER_VALUES, MEMBERSHIPS, ORGANIZATION_VALUES, PLACEMENTS
from .resolving import row_name
from .sqltext import fill, quote
from .tables import TABLES

LINKS = {link.table: link for link in (PLACEMENTS, MEMBERSHIPS)}
DATED_VALUES = {values.table: values for values in (ORGANIZATION_VALUES, MEMBER_VALUES)}


def write_all(cursor, sheets, begin):
    """Write what the tables named in `sheets` change, in the order in which they refer; `begin` is
    called with the name of each table that is begun."""
    cursor.execute("CREATE TEMP TABLE changed (sheet text, row integer) ON COMMIT DROP")
    for table in TABLES:
        if table.name in sheets:
            begin(table.name)
        link, values = LINKS.get(table.name), DATED_VALUES.get(table.name)
        if link and sheets & {table.name, link.owners}:
            write_link(cursor, link)
        if values and values.owners in sheets:
            write_earlier_values(cursor, values)
        if table.name == "assignments" and table.name in sheets:
            cursor.execute(PARK_ASSIGNMENTS)
        if table.name in sheets and not link:
            update_rows(cursor, table)
            insert_rows(cursor, table)


def insert_rows(cursor, table):
    pairs = _columns(table)
    if table.has_code or table.name == "directives":
        # Numbered beforehand, where others refer to them; else by the table itself.
        pairs = [("id", _new_id(table)), *pairs]
    cursor.execute(
        fill(
            "INSERT INTO {stored} ({names}) SELECT {values} FROM {rows} AS r WHERE r.created",
            stored=table.db_table,
            names=[name for name, _value in pairs],
            values=[value for _name, value in pairs],
            rows=row_name(table),
        )
    )


def _new_id(table):
    return f"coalesce(r.id, nextval(pg_get_serial_sequence('{table.db_table}', 'id')))"


def update_rows(cursor, table):
    pairs = _columns(table)
    cursor.execute(
        fill(
            """
            WITH updated AS (
                UPDATE {stored} AS stored SET {assignments}
                FROM {rows} AS r
                WHERE stored.id = r.id AND NOT r.created AND {differs}
                RETURNING r.row
            )
            INSERT INTO changed SELECT '{name}', row FROM updated
            """,
            name=table.name,
            stored=table.db_table,
            assignments=[f"{name} = {value}" for name, value in pairs],
            rows=row_name(table),
            differs=differs(table),
        )
    )


def differs(table, stored="stored"):
    """The condition that a stored row is not yet as row_<table> `r` says."""
    pairs = _columns(table)
    return fill(
        "ROW ({present}) IS DISTINCT FROM ROW ({values})",
        present=[f"{stored}.{name}" for name, _value in pairs],
        values=[value for _name, value in pairs],
    )


def _columns(table):
    """(column of the model, value in row_<table>) of all that a table's own rows hold."""
    pairs = []
    for column in table.columns:
        if column.field and not column.bound:
            value = f"{column.name}_id" if column.to else column.name
            pairs.append((quote(table.db_column(column)), f"r.{quote(value)}"))
    if table.is_dated:
        pairs.append(("validity", "r.validity"))
    return pairs


# Assignments may exchange their days, members and targets with each other: while that is done, each
# changed one stands on a day of its own before Christ, where no day that can be entered lies and,
# as every assignment has a first day, none of the others.
PARK_ASSIGNMENTS = """
UPDATE assignments_assignment AS stored SET validity = daterange(parked.day, parked.day, '[]')
FROM (
    SELECT s.id, date '0001-12-31 BC' - (
        row_number() OVER (PARTITION BY s.member_id, s.target_id ORDER BY r.row)
    )::integer AS day
    FROM row_assignments AS r
    JOIN assignments_assignment AS s ON s.id = r.id
    WHERE (s.member_id, s.target_id, s.validity)
        IS DISTINCT FROM (r.member_code_id, r.target_code_id, r.validity)
) AS parked
WHERE stored.id = parked.id
"""


def write_link(cursor, link):
    """Make the periods of every owner those of link_<table>.

    What changes is taken out before anything is put in, so that periods may exchange their days.
    """
    for statement in (LINK_KEPT, LINK_REMOVE, LINK_CHANGED, LINK_INSERT):
        cursor.execute(fill(statement, **link.names))


LINK_KEPT = """
CREATE TEMP TABLE kept_{table} ON COMMIT DROP AS
SELECT s.id FROM link_{table} AS l
JOIN {stored} AS s ON s.id = l.stored_id AND s.validity = daterange(l.first, l.last, '[]')
"""
LINK_REMOVE = """
WITH removed AS (
    DELETE FROM {stored} AS s
    WHERE s.{owner} IN (SELECT owner_id FROM link_{table})
        AND s.id NOT IN (SELECT id FROM kept_{table})
    RETURNING s.id, s.{owner} AS owner_id
)
INSERT INTO changed
SELECT '{owners}', present.row FROM removed
JOIN link_{table} AS present USING (owner_id)
WHERE present.sheet = '{owners}' AND removed.id NOT IN (
    SELECT stored_id FROM link_{table} WHERE sheet = '{table}' AND stored_id IS NOT NULL
)
"""
LINK_CHANGED = """
INSERT INTO changed
SELECT sheet, row FROM link_{table}
WHERE row IS NOT NULL AND other_id IS NOT NULL
    AND coalesce(stored_id NOT IN (SELECT id FROM kept_{table}), sheet = '{owners}')
"""
LINK_INSERT = """
INSERT INTO {stored} ({owner}, {other}, validity)
SELECT owner_id, other_id, daterange(first, last, '[]') FROM link_{table}
WHERE other_id IS NOT NULL AND coalesce(stored_id NOT IN (SELECT id FROM kept_{table}), true)
ORDER BY row
"""


def write_earlier_values(cursor, values):
    """Keep what was so far of the values that change."""
    cursor.execute(fill(EARLIER_INSERT, **values.names))


EARLIER_INSERT = """
INSERT INTO {earlier} ({owner}, validity, {columns})
SELECT id, keep, {columns} FROM change_{owners} WHERE NOT isempty(keep)
"""
