"""The rules between rows, each as a query for the rows that break it.

They run over what will be stored (`row_<table>` of the workbook, `now_…` for workbook and database
together), so that every bad row is found and named before anything is written; behind each stands
a constraint of the database, which could name only the first. A query gives the row's number as
`row` and what the message mentions. Rows with a cell that could not be read are left out: what is
wrong with them is known already.
"""

from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from branches.choices import OrganizationKind
from branches.periods import first_day, last_day

from .history import MEMBERSHIPS, PLACEMENTS
from .problems import Problem
from .sqltext import fill, quote
from .tables import BY_NAME


@dataclass(frozen=True)
class Check:
    """A rule: `sql` finds the rows of `table` that break it, `column` is where to mend them."""

    table: str
    column: str
    message: str
    sql: str

    def run(self, cursor):
        cursor.execute(self.sql)
        names = [column.name for column in cursor.description]
        for values in cursor.fetchall():
            found = {name: _spoken(name, value) for name, value in zip(names, values, strict=True)}
            table = found.get("sheet") or self.table
            column = found.get("column") or self.column
            yield Problem(table, found["row"], column, str(self.message) % found)


def _spoken(name, value):
    """Periods as people say them, by the first day and the last one; kinds by their names."""
    if name == "place" and value is None:
        return gettext("already stored")
    if name.endswith("kind"):
        return OrganizationKind(value).label
    if isinstance(value, DateRange):
        return f"{first_day(value) or '…'} – {last_day(value) or '…'}"
    return value


# Rules of every table


def checks_of(table, supplied, unread):
    """The checks that follow from the description of a table.

    `supplied` are the columns that its sheet has, `unread` the tables whose rows are not known.
    """
    yield _once(table)
    for column in table.references:
        if column.name in supplied and column.to not in unread:
            yield _refers(table, column)
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


def _refers(table, column):
    if column.to == "directives":
        message = _("no directive, or not a single one, is meant by “%(code)s”: %(known)s")
    else:
        message = _("there is no “%(code)s” in %(to)s, neither in the workbook nor stored")
    return Check(
        table.name,
        column.name,
        message,
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


# The tree


GATHER_ORGANIZATIONS = """
CREATE TEMP TABLE now_organizations ON COMMIT DROP AS
SELECT id, code, kind, grassroots, validity, row FROM row_organizations
WHERE NOT bad AND validity IS NOT NULL
UNION ALL
SELECT id, code, kind, grassroots, validity, NULL FROM branches_organization
WHERE id NOT IN (SELECT id FROM row_organizations WHERE id IS NOT NULL);

CREATE TEMP TABLE now_earlier ON COMMIT DROP AS
SELECT org_code_id AS id, kind, grassroots, validity FROM row_earlier_organizations
WHERE NOT bad AND org_code_id IS NOT NULL AND validity IS NOT NULL
UNION ALL
SELECT id, kind, grassroots, keep FROM change_organizations
WHERE NOT isempty(keep) AND NOT too_early
UNION ALL
SELECT e.organization_id, e.kind, e.grassroots, e.validity FROM branches_earlierorganization AS e
WHERE e.id NOT IN (SELECT id FROM row_earlier_organizations WHERE id IS NOT NULL);

CREATE TEMP TABLE now_kinds ON COMMIT DROP AS
SELECT id, kind, grassroots, validity FROM now_earlier
UNION ALL
SELECT o.id, o.kind, o.grassroots, daterange(past.until, NULL)
FROM now_organizations AS o
LEFT JOIN (
    SELECT id, max(upper(validity)) AS until FROM now_earlier GROUP BY id
) AS past USING (id);

CREATE TEMP TABLE now_placements ON COMMIT DROP AS
SELECT sheet, row, owner_id AS organization_id, other_id AS parent_id,
    daterange(first, last, '[]') AS validity
FROM link_placements
WHERE other_id IS NOT NULL AND (last IS NULL OR first IS NULL OR first <= last)
UNION ALL
SELECT NULL, NULL, p.organization_id, p.parent_id, p.validity
FROM branches_placement AS p
WHERE p.organization_id NOT IN (SELECT owner_id FROM link_placements);

ANALYZE now_organizations; ANALYZE now_kinds; ANALYZE now_placements;
"""

# Where to report what is wrong with a placement: at its own row, else at the row of one of the
# two organizations whose change makes it wrong.
PLACED = """
SELECT coalesce(p.row, child.row, parent.row) AS row,
    coalesce(p.sheet, 'organizations') AS sheet,
    CASE WHEN p.row IS NOT NULL THEN 'parent_code' ELSE '{column}' END AS column,
    child.code AS child, parent.code AS parent, {more}
FROM now_placements AS p
JOIN now_organizations AS child ON child.id = p.organization_id
JOIN now_organizations AS parent ON parent.id = p.parent_id
{join}
WHERE coalesce(p.row, child.row, parent.row) IS NOT NULL AND {wrong}
"""

TREE_CHECKS = (
    Check(
        "organizations",
        "grassroots",
        _("a grassroots committee is always a grassroots organization: write 1 or leave it empty"),
        """
        SELECT row FROM row_organizations
        WHERE kind = 'grassroots_committee' AND NOT grassroots AND NOT bad
        """,
    ),
    Check(
        "organizations",
        "name",
        _("its name, kind or grassroots changed on %(day)s already: use a later effective date"),
        """
        SELECT row, changed_on AS day FROM change_organizations WHERE too_early AND NOT is_same
        """,
    ),
    Check(
        "organizations",
        "parent_code",
        _("it stands under no other organization (%(kind)s): give the code of its parent"),
        """
        SELECT o.row, o.kind FROM now_organizations AS o
        WHERE o.row IS NOT NULL AND o.kind NOT IN ('central', 'province', 'district')
            AND o.id NOT IN (SELECT organization_id FROM now_placements)
            AND o.id NOT IN (SELECT id FROM row_organizations WHERE parent_code IS NOT NULL)
        """,
    ),
    Check(
        "organizations",
        "parent_since",
        _("it stood elsewhere before (placements, row %(other)s): say since when it stands here"),
        """
        SELECT present.row, min(earlier.row) AS other
        FROM link_placements AS present
        JOIN link_placements AS earlier
            ON earlier.owner_id = present.owner_id AND earlier.sheet = 'placements'
        JOIN row_organizations AS r ON r.row = present.row
        WHERE present.sheet = 'organizations' AND r.parent_since IS NULL
            AND (present.first IS NULL OR r.created)
        GROUP BY present.row
        """,
    ),
    Check(
        "organizations",
        "parent_code",
        _("%(child)s (%(child_kind)s) cannot stand under %(parent)s (%(parent_kind)s)"),
        fill(
            PLACED,
            column="kind",
            more="min(c.kind) AS child_kind, min(a.kind) AS parent_kind",
            join="""
            JOIN now_kinds AS c
                ON c.id = child.id AND c.validity && (p.validity * child.validity)
            JOIN now_kinds AS a
                ON a.id = parent.id AND a.validity && (p.validity * child.validity * c.validity)
            """,
            wrong="""NOT may_stand_under(c.kind, c.grassroots, a.kind)
            GROUP BY p.row, p.sheet, child.row, parent.row, child.code, parent.code
            """,
        ),
    ),
    Check(
        "organizations",
        "parent_code",
        _("%(child)s stands under %(parent)s on days outside of its validity, %(days)s"),
        fill(
            PLACED,
            column="valid_to",
            more="parent.validity AS days",
            join="",
            wrong="NOT p.validity * child.validity <@ parent.validity",
        ),
    ),
    Check(
        "organizations",
        "parent_code",
        _("a cycle: %(child)s would stand below itself, by way of %(way)s"),
        """
        WITH RECURSIVE above (row, sheet, start, id, days, way) AS (
            SELECT p.row, p.sheet, o.id, p.parent_id, p.validity * o.validity, ARRAY[o.id]
            FROM now_placements AS p
            JOIN now_organizations AS o ON o.id = p.organization_id
            WHERE p.row IS NOT NULL
            UNION ALL
            SELECT above.row, above.sheet, above.start, p.parent_id, above.days * p.validity,
                above.way || p.organization_id
            FROM above
            JOIN now_placements AS p ON p.organization_id = above.id AND p.validity && above.days
            WHERE above.id <> ALL (above.way)
        )
        SELECT above.row, above.sheet, o.code AS child, (
                SELECT string_agg(step.code, ' < ' ORDER BY steps.number)
                FROM unnest(above.way) WITH ORDINALITY AS steps (id, number)
                JOIN now_organizations AS step ON step.id = steps.id
            ) || ' < ' || o.code AS way
        FROM above
        JOIN now_organizations AS o ON o.id = above.start
        WHERE above.id = above.start
        """,
    ),
)


def overlap_of_links(link):
    """Two periods of one owner that meet on a day; the message names both and the way out."""
    return Check(
        link.table,
        "until",
        _(
            "%(other)s from %(first)s is still present when %(next_other)s begins on "
            "%(next_first)s (%(place)s): end the one the day before the other begins"
        ),
        fill(
            """
            SELECT place.*, mine.code AS other, coalesce(first::text, '…') AS first,
                coalesce(theirs.code, '-') AS next_other,
                coalesce(next_first::text, '…') AS next_first,
                CASE
                    WHEN NOT on_next AND next_row IS NOT NULL THEN next_sheet || ':' || next_row
                    WHEN on_next AND pair.row IS NOT NULL THEN pair.sheet || ':' || pair.row
                END AS place,
                CASE WHEN place.sheet = '{owners}' THEN '{since}'
                    WHEN on_next THEN 'since' ELSE 'until' END AS column
            FROM (
                SELECT *, lead(sheet) OVER later AS next_sheet, lead(row) OVER later AS next_row,
                    lead(other_id) OVER later AS next_other_id,
                    lead(first) OVER later AS next_first, lead(true) OVER later AS has_next
                FROM link_{table}
                WINDOW later AS (
                    PARTITION BY owner_id ORDER BY first NULLS FIRST, last NULLS LAST, sheet, row
                )
            ) AS pair
            -- To be mended in the row that is in the workbook, of the two the earlier period.
            CROSS JOIN LATERAL (
                SELECT pair.row IS NULL OR pair.sheet = '{owners}' AND next_sheet = '{table}'
            ) AS mending (on_next)
            CROSS JOIN LATERAL (
                SELECT CASE WHEN on_next THEN next_sheet ELSE pair.sheet END AS sheet,
                    CASE WHEN on_next THEN next_row ELSE pair.row END AS row
            ) AS place
            LEFT JOIN now_organizations AS mine ON mine.id = pair.other_id
            LEFT JOIN now_organizations AS theirs ON theirs.id = pair.next_other_id
            WHERE has_next AND place.row IS NOT NULL
                AND (next_first IS NULL OR last IS NULL OR last >= next_first OR first = next_first)
            """,
            table=link.table,
            owners=link.owners,
            since=link.since,
        ),
    )


def overlap_of_rows(table, *columns):
    """Two rows that agree in `columns` (references) are valid on the same day."""
    return Check(
        table.name,
        next(column.name for column in table.columns if column.bound == "first"),
        _("these days overlap with %(days)s (%(place)s), and only one can be valid on a day"),
        fill(
            """
            WITH mine AS (
                SELECT row, {ids}, validity FROM row_{name} WHERE NOT bad AND validity IS NOT NULL
            ), stored AS (
                SELECT {fields}, validity FROM {stored}
                WHERE ({fields}) IN (SELECT {ids} FROM mine)
                    AND id NOT IN (SELECT id FROM row_{name} WHERE id IS NOT NULL)
            )
            SELECT this.row, that.validity AS days, '{name}:' || that.row AS place
            FROM mine AS this JOIN mine AS that USING ({ids})
            WHERE this.row > that.row AND this.validity && that.validity
            UNION ALL
            SELECT this.row, stored.validity, NULL
            FROM mine AS this JOIN stored ON ({these}) = ({those})
            WHERE this.validity && stored.validity
            """,
            name=table.name,
            stored=table.db_table,
            ids=[f"{column}_id" for column in columns],
            fields=[table.db_column(table.by_name[column]) for column in columns],
            these=[f"this.{column}_id" for column in columns],
            those=[f"stored.{table.db_column(table.by_name[column])}" for column in columns],
        ),
    )


SUCCESSION = Check(
    "successions",
    "successor_code",
    _("an organization does not succeed itself: name the one it became"),
    "SELECT row FROM row_successions WHERE org_code_id = successor_code_id",
)

MEMBER_CHECKS = (
    Check(
        "members",
        "branch_code",
        _("members belong to a branch, and %(code)s is none (%(kind)s)"),
        """
        SELECT DISTINCT l.sheet, l.row, o.code, k.kind
        FROM link_memberships AS l
        JOIN now_organizations AS o ON o.id = l.other_id
        JOIN now_kinds AS k ON k.id = o.id AND k.kind <> 'branch'
            AND k.validity && daterange(l.first, greatest(l.first, l.last), '[]')
        WHERE l.row IS NOT NULL AND NOT l.bad
        """,
    ),
    Check(
        "organizations",
        "kind",
        _("%(count)s members belong to it: only a branch has members"),
        """
        SELECT r.row, count(*) AS count
        FROM row_organizations AS r
        JOIN branches_membership AS s ON s.branch_id = r.id
        JOIN now_kinds AS k ON k.id = r.id AND k.kind <> 'branch' AND k.validity && s.validity
        WHERE NOT r.created
            AND s.member_id NOT IN (SELECT owner_id FROM link_memberships)
        GROUP BY r.row
        """,
    ),
    Check(
        "members",
        "branch_since",
        _("%(since)s is before the admission on %(admitted)s"),
        """
        SELECT r.row, l.first AS since, r.admitted_on AS admitted
        FROM row_members AS r
        JOIN link_memberships AS l ON l.row = r.row AND l.sheet = 'members'
        WHERE NOT r.bad AND l.first < r.admitted_on
        """,
    ),
    Check(
        "members",
        "admitted_on",
        _("%(admitted)s is after %(since)s, since when the member belongs to the branch"),
        """
        SELECT r.row, lower(s.validity) AS since, r.admitted_on AS admitted
        FROM row_members AS r
        JOIN branches_membership AS s ON s.member_id = r.id AND upper_inf(s.validity)
        WHERE NOT r.created AND NOT r.bad AND lower(s.validity) < r.admitted_on
            AND r.id NOT IN (SELECT owner_id FROM link_memberships)
        """,
    ),
    Check(
        "members",
        "left_on",
        _("%(left)s is before %(since)s, since when the member belongs to the branch"),
        """
        SELECT r.row, r.left_on AS left, l.first AS since
        FROM row_members AS r
        JOIN link_memberships AS l ON l.row = r.row AND l.sheet = 'members'
        WHERE NOT r.bad AND r.left_on < l.first
        UNION ALL
        SELECT r.row, r.left_on, lower(s.validity)
        FROM row_members AS r
        JOIN branches_membership AS s ON s.member_id = r.id AND upper_inf(s.validity)
        WHERE NOT r.created AND NOT r.bad AND r.left_on < lower(s.validity)
            AND r.id NOT IN (SELECT owner_id FROM link_memberships)
        """,
    ),
    Check(
        "members",
        "left_reason",
        _("leaving has a day and a reason: give both left_on and left_reason, or neither"),
        """
        SELECT row FROM row_members
        WHERE NOT bad AND (left_on IS NULL) <> (left_reason = '')
        """,
    ),
    Check(
        "members",
        "person_class",
        _("the class changed on %(day)s already: use a later effective date"),
        "SELECT row, changed_on AS day FROM change_members WHERE too_early AND NOT is_same",
    ),
)

OTHER_CHECKS = (
    Check(
        "directives",
        "valid_to",
        _("the last day, %(last)s, is before the day of issue, %(first)s"),
        """
        SELECT row, issued_on AS first, valid_to AS last FROM row_directives
        WHERE valid_to < issued_on
        """,
    ),
    Check(
        "teams",
        "leader_code",
        _(
            "%(leader)s is no standing member, deputy secretary or secretary of %(issuer)s on "
            "%(day)s, the day of the directive: add the position or name another leader"
        ),
        """
        SELECT r.row, r.leader_code AS leader, d.issuer, d.issued_on AS day
        FROM row_teams AS r
        JOIN known_directives AS d ON d.id = r.directive_number_id
        WHERE NOT r.bad AND r.leader_code_id IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM row_positions AS p
                WHERE p.member_code_id = r.leader_code_id AND p.org_code_id = d.issuer_id
                    AND p.rank IN ('secretary', 'deputy_secretary', 'standing_member')
                    AND p.validity @> d.issued_on
            )
            AND NOT EXISTS (
                SELECT FROM branches_position AS p
                WHERE p.member_id = r.leader_code_id AND p.organization_id = d.issuer_id
                    AND p.rank IN ('secretary', 'deputy_secretary', 'standing_member')
                    AND p.validity @> d.issued_on
                    AND p.id NOT IN (SELECT id FROM row_positions WHERE id IS NOT NULL)
            )
        """,
    ),
    Check(
        "meetings",
        "branch_code",
        _("meetings are of a branch, and %(code)s is none (%(kind)s)"),
        """
        SELECT m.row, o.code, k.kind
        FROM row_meetings AS m
        JOIN now_organizations AS o ON o.id = m.branch_code_id
        JOIN now_kinds AS k ON k.id = o.id AND k.validity @> m.held_on AND k.kind <> 'branch'
        """,
    ),
    Check(
        "meetings",
        "held_on",
        _("%(code)s does not exist on %(day)s: it is valid %(days)s"),
        """
        SELECT m.row, o.code, m.held_on AS day, o.validity AS days
        FROM row_meetings AS m
        JOIN now_organizations AS o ON o.id = m.branch_code_id
        WHERE NOT o.validity @> m.held_on
        """,
    ),
    Check(
        "organizations",
        "valid_to",
        _("%(count)s meetings that are stored lie outside these days, as that on %(day)s"),
        """
        SELECT r.row, count(*) AS count, max(m.held_on) AS day
        FROM row_organizations AS r
        JOIN branches_meeting AS m ON m.branch_id = r.id
        WHERE NOT r.created AND NOT r.validity @> m.held_on
            AND m.id NOT IN (SELECT id FROM row_meetings WHERE id IS NOT NULL)
        GROUP BY r.row
        """,
    ),
    Check(
        "tasks",
        "assignment_code",
        _("the assignment %(code)s is of %(member)s: a registered task is of the assigned member"),
        """
        SELECT t.row, t.assignment_code AS code, m.code AS member
        FROM row_tasks AS t
        LEFT JOIN row_assignments AS r ON r.id = t.assignment_code_id
        LEFT JOIN assignments_assignment AS s ON s.id = t.assignment_code_id AND r.row IS NULL
        LEFT JOIN new_members AS n ON n.id = r.member_code_id
        LEFT JOIN branches_member AS b ON b.id = coalesce(r.member_code_id, s.member_id)
        CROSS JOIN LATERAL (SELECT coalesce(b.code, n.code)) AS m (code)
        WHERE t.assignment_code_id IS NOT NULL
            AND t.member_code_id <> coalesce(r.member_code_id, s.member_id)
        """,
    ),
    Check(
        "tasks",
        "outcome",
        _("a confirmed task has an outcome: exceeded, met, late or unmet"),
        "SELECT row FROM row_tasks WHERE NOT bad AND state = 'confirmed' AND outcome = ''",
    ),
    Check(
        "tasks",
        "outcome",
        _("only a confirmed task has an outcome: leave it empty, or set the state to confirmed"),
        "SELECT row FROM row_tasks WHERE NOT bad AND state <> 'confirmed' AND outcome <> ''",
    ),
    Check(
        "reviews",
        "year",
        _("the assignment %(code)s is valid on no day of %(year)s: its days are %(days)s"),
        """
        SELECT v.row, v.assignment_code AS code, v.year, a.validity AS days
        FROM row_reviews AS v
        LEFT JOIN row_assignments AS r ON r.id = v.assignment_code_id
        LEFT JOIN assignments_assignment AS s ON s.id = v.assignment_code_id AND r.row IS NULL
        CROSS JOIN LATERAL (SELECT coalesce(r.validity, s.validity)) AS a (validity)
        WHERE NOT v.bad
            AND NOT a.validity && daterange(
                make_date(v.year, 1, 1), make_date(v.year, 12, 31), '[]'
            )
        """,
    ),
    Check(
        "opinions",
        "referred_to_code",
        _("an opinion that is referred names the body it is referred to"),
        """
        SELECT row FROM row_opinions
        WHERE NOT bad AND state = 'referred' AND referred_to_code_id IS NULL
            AND referred_to_code IS NULL
        """,
    ),
    Check(
        "opinions",
        "due_on",
        _("an opinion that is referred has a day on which the answer is due"),
        "SELECT row FROM row_opinions WHERE NOT bad AND state = 'referred' AND due_on IS NULL",
    ),
)

CHECKS = (
    *TREE_CHECKS,
    overlap_of_links(PLACEMENTS),
    overlap_of_rows(BY_NAME["earlier_organizations"], "org_code"),
    SUCCESSION,
    *MEMBER_CHECKS,
    overlap_of_links(MEMBERSHIPS),
    overlap_of_rows(BY_NAME["earlier_classes"], "member_code"),
    overlap_of_rows(BY_NAME["statuses"], "member_code"),
    overlap_of_rows(BY_NAME["assignments"], "member_code", "target_code"),
    *OTHER_CHECKS,
)

# Oddities: asked of the database after the writing, so of all that it then holds.
WARNINGS = (
    Check(
        "attendance",
        "member_code",
        _("%(member)s did not belong to %(branch)s on %(day)s"),
        """
        SELECT r.row, r.member_code AS member, o.code AS branch, m.held_on AS day
        FROM row_attendance AS r
        JOIN branches_meeting AS m ON m.id = r.meeting_code_id
        JOIN branches_organization AS o ON o.id = m.branch_id
        JOIN branches_member AS b ON b.id = r.member_code_id
        LEFT JOIN branches_membership AS s
            ON s.member_id = r.member_code_id AND s.branch_id = m.branch_id
            AND s.validity @> m.held_on
        WHERE r.capacity = 'member' AND (s.id IS NULL OR b.left_on <= m.held_on)
        """,
    ),
    Check(
        "attendance",
        "capacity",
        _("%(member)s has no assignment to %(branch)s, or to what is above it, on %(day)s"),
        """
        SELECT r.row, r.member_code AS member, o.code AS branch, m.held_on AS day
        FROM row_attendance AS r
        JOIN branches_meeting AS m ON m.id = r.meeting_code_id
        JOIN branches_organization AS o ON o.id = m.branch_id
        WHERE r.capacity = 'assigned' AND NOT EXISTS (
            SELECT FROM assignments_assignment AS a
            JOIN branches_organizationpath AS p
                ON p.organization_id = m.branch_id AND p.validity @> m.held_on
                AND a.target_id = ANY (p.ancestors)
            WHERE a.member_id = r.member_code_id AND a.validity @> m.held_on
        )
        """,
    ),
    Check(
        "tasks",
        "due_on",
        _("due on %(day)s, which is not in %(year)s, the year of the task"),
        """
        SELECT row, due_on AS day, year FROM row_tasks
        WHERE extract(year FROM due_on) <> year
        """,
    ),
    Check(
        "assignments",
        "issuer_code",
        _("names an issuer but no directive, and is left aside"),
        """
        SELECT row FROM row_assignments
        WHERE issuer_code IS NOT NULL AND directive_number IS NULL
        """,
    ),
)
