"""The dated inside of the workbook: parents, branches, and values that are facts of a day.

Parents and branches. The database has one dated table of each; the workbook writes its open row
into the owner's own row (`parent_code`, `parent_since`) and the earlier ones into a table beside
it. Here both come together again: `link_<table>` holds, for every owner that the workbook says
something of, all periods as they will be.

A period is known by its owner, the other side and its first day. The stored open period that the
workbook no longer names ends the day before the new one begins, if it is another parent or branch
that began earlier; else the new one corrects it and takes its place.

Values of a day (name, kind, grassroots; person_class). The workbook holds the present value. For a
row that is stored already, a changed one holds from `effective` on, and what was so far is kept in
the table of earlier values.
"""

from dataclasses import dataclass

from .sqltext import fill, quote
from .tables import BY_NAME


@dataclass(frozen=True)
class Link:
    """A dated link from an owner to an organization, and its columns in the owner's table."""

    table: str
    owners: str
    owner: str
    other: str
    code: str
    since: str
    until: str = ""

    @property
    def stored(self):
        return BY_NAME[self.table].db_table

    @property
    def names(self):
        """What the templates below call its parts."""
        key = BY_NAME[self.table].key
        return {
            "table": self.table,
            "owners": self.owners,
            "stored": self.stored,
            "owner": self.owner,
            "other": self.other,
            "owner_code": key[0].name,
            "other_code": key[1].name,
            "code": self.code,
            "since": self.since,
        }


PLACEMENTS = Link(
    "placements", "organizations", "organization_id", "parent_id", "parent_code", "parent_since"
)
MEMBERSHIPS = Link(
    "memberships",
    "members",
    "member_id",
    "branch_id",
    "branch_code",
    "branch_since",
    "branch_until",
)


def link_periods(cursor, link, supplied, effective):
    """Make link_<table> (sheet, row, bad, owner_id, other_id, first, last, stored_id).

    `supplied` are the columns that the owners' sheet has. A row without a sheet is stored; one
    without an other side says only since when its owner stands alone.
    """
    cursor.execute(
        fill(
            """
            CREATE TEMP TABLE link_{table} (
                sheet text, row integer, bad boolean, owner_id bigint, other_id bigint,
                first date, last date, stored_id bigint
            ) ON COMMIT DROP
            """,
            table=link.table,
        )
    )
    if {link.code, link.since, link.until} & supplied:
        present = _present_placement if link is PLACEMENTS else _present_membership
        cursor.execute(present(link, supplied), {"effective": effective})
    cursor.execute(fill(EARLIER, **link.names))
    cursor.execute(fill("ANALYZE link_{table}", table=link.table))
    cursor.execute(fill(KEPT, **link.names))
    cursor.execute(fill(MATCHED, **link.names))
    cursor.execute(fill(LAST_DAYS, **link.names))


def _present_membership(link, supplied):
    """A sheet without the first days keeps them; another branch begins on the day of effect."""
    other = "r.branch_code_id" if link.code in supplied else "present.branch_id"
    if link.since in supplied:
        first = "r.branch_since"
    else:
        first = (
            f"CASE WHEN present.branch_id = {other} THEN lower(present.validity)"
            " ELSE %(effective)s END"
        )
    return fill(
        """
        INSERT INTO link_memberships (sheet, row, bad, owner_id, other_id, first, last)
        SELECT 'members', row, bad, id, other_id, first,
            CASE WHEN {until_given} THEN until WHEN is_same THEN stored_until END
        FROM (
            SELECT r.row, r.bad, r.id, {other} AS other_id, {first} AS first,
                r.branch_until AS until, upper(present.validity) - 1 AS stored_until,
                present.branch_id = {other} AND lower(present.validity) = {first} AS is_same
            FROM row_members AS r
            LEFT JOIN LATERAL (
                SELECT s.branch_id, s.validity FROM branches_membership AS s
                WHERE s.member_id = r.id AND NOT r.created
                ORDER BY lower(s.validity) DESC LIMIT 1
            ) AS present ON true
        ) AS r
        WHERE other_id IS NOT NULL AND first IS NOT NULL AND id IS NOT NULL
        """,
        other=other,
        first=first,
        until_given=str(link.until in supplied),
    )


def _present_placement(link, supplied):
    """Without a day of its own a parent that is as stored keeps its first day, the first parent
    ever begins with the organization, and a changed one with the day of effect."""
    return fill(
        """
        INSERT INTO link_placements (sheet, row, bad, owner_id, other_id, first)
        SELECT 'organizations', row, bad, id, other_id, first
        FROM (
            SELECT r.row, r.bad, r.id, {other} AS other_id,
                CASE
                    WHEN {since} IS NOT NULL THEN {since}
                    WHEN present.parent_id = {other} THEN lower(present.validity)
                    WHEN NOT EXISTS (
                        SELECT FROM branches_placement AS p WHERE p.organization_id = r.id
                    ) THEN lower(r.validity)
                    ELSE greatest(%(effective)s, lower(r.validity))
                END AS first,
                {since} IS NOT NULL OR present.parent_id IS NOT NULL AS is_said
            FROM row_organizations AS r
            LEFT JOIN LATERAL (
                SELECT p.parent_id, p.validity FROM branches_placement AS p
                WHERE p.organization_id = r.id AND upper_inf(p.validity)
            ) AS present ON true
            WHERE NOT (r.parent_code IS NOT NULL AND r.parent_code_id IS NULL)
        ) AS r
        WHERE id IS NOT NULL AND (other_id IS NOT NULL OR is_said)
        """,
        other="r.parent_code_id" if link.code in supplied else "present.parent_id",
        since="r.parent_since" if link.since in supplied else "NULL::date",
    )


EARLIER = """
INSERT INTO link_{table} (sheet, row, bad, owner_id, other_id, first, last)
SELECT '{table}', row, bad, {owner_code}_id, {other_code}_id, since, until
FROM row_{table}
WHERE {owner_code}_id IS NOT NULL AND {other_code}_id IS NOT NULL AND NOT bad
"""

# What is stored of the same owners and not named again. The latest period gives way to a new
# present one; the others stay.
KEPT = """
INSERT INTO link_{table} (owner_id, other_id, first, last, stored_id)
SELECT s.{owner}, s.{other}, lower(s.validity),
    CASE WHEN is_latest AND present.row IS NOT NULL
        THEN least(upper(s.validity) - 1, present.first - 1)
        ELSE upper(s.validity) - 1 END,
    s.id
FROM (
    SELECT s.*, lower(s.validity) IS NOT DISTINCT FROM
        first_value(lower(s.validity)) OVER (
            PARTITION BY s.{owner} ORDER BY lower(s.validity) DESC NULLS LAST
        ) AS is_latest
    FROM {stored} AS s
    WHERE s.{owner} IN (SELECT owner_id FROM link_{table})
) AS s
LEFT JOIN link_{table} AS present
    ON present.owner_id = s.{owner} AND present.sheet = '{owners}'
WHERE NOT EXISTS (
    SELECT FROM link_{table} AS named
    WHERE named.owner_id = s.{owner} AND named.other_id = s.{other}
        AND named.first IS NOT DISTINCT FROM lower(s.validity)
)
AND NOT (
    is_latest AND present.row IS NOT NULL AND (
        present.other_id IS NOT DISTINCT FROM s.{other}
        OR present.first IS NULL
        OR coalesce(lower(s.validity) >= present.first, false)
    )
)
"""

MATCHED = """
UPDATE link_{table} AS named SET stored_id = s.id
FROM {stored} AS s
WHERE named.stored_id IS NULL AND s.{owner} = named.owner_id AND s.{other} = named.other_id
    AND lower(s.validity) IS NOT DISTINCT FROM named.first
"""

# An earlier period without a last day ends the day before the next one begins.
LAST_DAYS = """
UPDATE link_{table} AS named SET last = following.first - 1
FROM (
    SELECT sheet, row, lead(first) OVER (
        PARTITION BY owner_id ORDER BY first NULLS FIRST, sheet = '{owners}', row
    ) AS first
    FROM link_{table}
) AS following
WHERE named.sheet = '{table}' AND named.last IS NULL
    AND following.sheet = named.sheet AND following.row = named.row
"""


# Values of a day


@dataclass(frozen=True)
class DatedValues:
    """Columns of a table whose earlier values are kept in another one."""

    owners: str
    table: str
    owner: str
    columns: tuple[str, ...]
    begin: str  # the owner's first day; there is nothing to keep before it

    @property
    def names(self):
        quoted = [quote(column) for column in self.columns]
        return {
            "owners": self.owners,
            "stored": BY_NAME[self.owners].db_table,
            "earlier": BY_NAME[self.table].db_table,
            "table": self.table,
            "owner": self.owner,
            "owner_code": BY_NAME[self.table].key[0].name,
            "begin": self.begin,
            "columns": quoted,
            "given": [f"r.{column}" for column in quoted],
            "present": [f"s.{column}" for column in quoted],
            "then": [f"coalesce(e.{column}, s.{column})" for column in quoted],
            "old": [f"change.{column}" for column in quoted],
            "set_present": [f"{column} = change.{column}" for column in quoted],
        }


ORGANIZATION_VALUES = DatedValues(
    "organizations",
    "earlier_organizations",
    "organization_id",
    ("name", "kind", "grassroots"),
    "lower(r.validity)",
)
MEMBER_VALUES = DatedValues(
    "members", "earlier_classes", "member_id", ("person_class",), "r.admitted_on"
)


def keep_earlier_values(cursor, values, effective):
    """Make change_<owners>: rows whose dated values change, with the stored ones.

    A change from a day on which the stored value was already the given one, but has changed
    since, is none: the row takes the present values. `too_early` marks a change that would go
    before one that is stored; `keep` is the period that the stored values are kept for, empty
    when the new ones only correct them.
    """
    parameters = {"effective": effective}
    cursor.execute(fill(FILL_SINCE, **values.names))
    cursor.execute(fill(CHANGES, **values.names), parameters)
    cursor.execute(fill(UNCHANGED, **values.names))


# Earlier values without a first day follow those before them.
FILL_SINCE = """
UPDATE row_{table} AS r SET since = before.until + 1,
    validity = daterange(before.until + 1, r.until, '[]')
FROM (
    SELECT row, lag(until) OVER (PARTITION BY {owner_code}_id ORDER BY until) AS until
    FROM row_{table} WHERE NOT bad
) AS before
WHERE before.row = r.row AND r.since IS NULL AND before.until < r.until
"""

CHANGES = """
CREATE TEMP TABLE change_{owners} ON COMMIT DROP AS
SELECT r.row, r.bad, r.id, {present}, ROW ({given}) IS NOT DISTINCT FROM ROW ({then}) AS is_same,
    coalesce(%(effective)s < past.until, false) AND NOT told.so AS too_early,
    past.until AS changed_on,
    CASE WHEN coalesce(%(effective)s > greatest(past.until, {begin}), true) AND NOT told.so
        THEN daterange(past.until, %(effective)s) ELSE 'empty' END AS keep
FROM row_{owners} AS r
JOIN {stored} AS s ON s.id = r.id
CROSS JOIN LATERAL (
    SELECT max(upper(e.validity)) AS until FROM {earlier} AS e WHERE e.{owner} = r.id
) AS past
-- A workbook that tells the earlier values itself needs none kept for it.
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM row_{table} AS t WHERE t.{owner_code}_id = r.id) AS so
) AS told
LEFT JOIN {earlier} AS e ON e.{owner} = r.id AND e.validity @> %(effective)s::date
WHERE NOT r.created AND ROW ({given}) IS DISTINCT FROM ROW ({present})
"""

UNCHANGED = """
UPDATE row_{owners} AS r SET {set_present}
FROM change_{owners} AS change
WHERE change.row = r.row AND change.too_early AND change.is_same
"""
