"""How far a workbook reaches: everything for an operator, for a user what they answer for.

What lies outside of a user's reach is to an import as if it were not stored: a reference to it
leads nowhere and is answered in the same words, and its rows are not found by their codes. One
thing cannot be hidden, because codes are unique in the whole database: a new row cannot take a
code that is taken outside. It is refused without a word about what has it.

In reach are the organizations of `user.scope_for(action)`, the members of branches among
them (who belongs to none on the day: who belonged to one last), and rows of which every
organization and member that they cannot do without is in reach. An export for a user holds what is
in reach, and nothing that is named only by it.
"""

from django.utils.translation import gettext_lazy as _

from .checks.check import Check
from .history import MEMBERSHIPS, PLACEMENTS
from .sqltext import fill
from .tables import BY_NAME, TABLES


class Everything:
    """The reach of an operator."""

    checks = ()

    def gather(self, cursor):
        """Prepare what the other methods refer to."""

    def stored(self, table):
        """The name under which the stored rows of a table that are in reach are found."""
        return table.db_table

    def condition(self, table):
        """What else holds of rows `t` in reach, as SQL, where all their references are joined."""
        return "true"

    def keep_parents(self, cursor):
        """Let rows keep the parents that they cannot name."""

    def hint(self, column):
        """What can be done about a reference that leads nowhere, beside what is said of it."""
        return ""


class ReachOf:
    """The reach of a user for an action (a key of accounts.rules), on a day."""

    def __init__(self, user, action, *, on):
        self.user, self.action, self.on = user, action, on

    @property
    def checks(self):
        own = checks_on_oneself(self.user.member_id) if self.user.member_id else ()
        return (*CHECKS, *own)

    def gather(self, cursor):
        scope = self.user.scope_for(self.action, on=self.on).values("pk")
        query, parameters = scope.order_by().query.sql_with_params()
        cursor.execute(
            f"CREATE TEMP TABLE scope_organization (id) ON COMMIT DROP AS {query}", parameters
        )
        cursor.execute(GATHER_MEMBERS, {"on": self.on})
        for name, condition in CONDITIONS.items():
            cursor.execute(
                fill(
                    "CREATE TEMP VIEW seen_{name} AS SELECT * FROM {stored} AS t WHERE {condition}",
                    name=name,
                    stored=BY_NAME[name].db_table,
                    condition=condition,
                )
            )

    def stored(self, table):
        # Rows of other tables are found by the rows that they refer to, and so in reach.
        return f"seen_{table.name}" if table.name in CONDITIONS else table.db_table

    def condition(self, table):
        needed = [
            f"{each.name}_row.id IS NOT NULL"
            for each in table.references
            if each.required and each.field
        ]
        return " AND ".join(needed) or "true"

    def keep_parents(self, cursor):
        cursor.execute(KEEP_PARENTS)

    def hint(self, column):
        if column.name == "parent_code":
            return OWN_TOP
        return OF_ELSEWHERE if column.to in ("organizations", "members") else ""


def reach_of(user, action, *, on):
    """The reach of the user, who does `action`; of an operator if that is None."""
    return Everything() if user is None else ReachOf(user, action, on=on)


# The same whether what is named does not exist or is of elsewhere.
OWN_TOP = _(
    "; the topmost organization that you answer for keeps its parent when the cell is left empty"
)
OF_ELSEWHERE = _(
    "; if it is one that you do not answer for, whoever answers for both has to enter this row"
)

GATHER_MEMBERS = """
CREATE TEMP TABLE scope_member ON COMMIT DROP AS
SELECT member_id AS id FROM (
    SELECT DISTINCT ON (member_id) member_id, branch_id FROM branches_membership
    WHERE member_id IN (
        SELECT member_id FROM branches_membership
        WHERE branch_id IN (SELECT id FROM scope_organization)
    )
    ORDER BY member_id, validity @> %(on)s::date DESC, lower(validity) DESC
) AS present
WHERE branch_id IN (SELECT id FROM scope_organization);
ANALYZE scope_organization; ANALYZE scope_member;
"""

_ORGANIZATION = "IN (SELECT id FROM scope_organization)"
_MEMBER = "IN (SELECT id FROM scope_member)"
# Of each table whose rows are known by a code, and of directives: the rows `t` in reach.
CONDITIONS = {
    "organizations": f"id {_ORGANIZATION}",
    "members": f"id {_MEMBER}",
    "directives": f"issuer_id {_ORGANIZATION}",
    "teams": fill(
        "target_id {ours} AND leader_id {theirs} AND directive_id IN ({directives})",
        ours=_ORGANIZATION,
        theirs=_MEMBER,
        directives="SELECT id FROM seen_directives",
    ),
    "assignments": f"target_id {_ORGANIZATION} AND member_id {_MEMBER}",
    "meetings": f"branch_id {_ORGANIZATION}",
    "tasks": f"organization_id {_ORGANIZATION} AND member_id {_MEMBER}",
    "deductions": f"member_id {_MEMBER}",
    "opinions": "meeting_id IN (SELECT id FROM seen_meetings)",
    "delegations": f"organization_id {_ORGANIZATION} AND lead_id {_MEMBER}",
}

# The organization at the top of somebody's reach stands under one that they cannot name: an empty
# cell means that one.
KEEP_PARENTS = """
UPDATE row_organizations AS r SET parent_code_id = p.parent_id
FROM branches_placement AS p
WHERE p.organization_id = r.id AND upper_inf(p.validity) AND NOT r.created
    AND r.parent_code IS NULL AND p.parent_id NOT IN (SELECT id FROM scope_organization)
"""


def _taken(table):
    """New rows whose code is taken by what is not in reach."""
    return Check(
        table.name,
        "code",
        _("the code “%(code)s” cannot be given: codes are unique everywhere, so use another one"),
        fill(
            """
            SELECT r.row, r.code FROM row_{name} AS r
            JOIN {stored} AS s ON s.code = r.code WHERE r.created
            """,
            name=table.name,
            stored=table.db_table,
        ),
    )


def _kept_outside(link):
    """Stored periods at an organization out of reach stay as they are."""
    return Check(
        link.owners,
        link.since,
        _(
            "this would change since when or until when it belongs to an organization that you "
            "do not answer for: that is done by who answers for both"
        ),
        fill(
            """
            SELECT DISTINCT ON (s.id) told.row, told.sheet,
                CASE WHEN told.sheet = '{owners}' THEN '{since}' ELSE 'since' END AS column
            FROM {stored} AS s
            JOIN link_{table} AS told ON told.owner_id = s.{owner} AND told.row IS NOT NULL
            WHERE s.{other} NOT IN (SELECT id FROM scope_organization)
                AND NOT EXISTS (
                    SELECT FROM link_{table} AS kept
                    WHERE kept.owner_id = s.{owner} AND kept.other_id = s.{other}
                        AND kept.first IS NOT DISTINCT FROM lower(s.validity)
                        AND kept.last IS NOT DISTINCT FROM upper(s.validity) - 1
                )
            ORDER BY s.id, told.sheet = '{owners}' DESC, told.row
            """,
            **link.names,
        ),
    )


NEEDS_A_PARENT = Check(
    "organizations",
    "parent_code",
    _("it would stand below no organization that you answer for: give the code of its parent"),
    """
    SELECT r.row FROM row_organizations AS r
    LEFT JOIN link_placements AS p ON p.owner_id = r.id AND p.sheet = 'organizations'
    WHERE NOT r.bad AND r.parent_code IS NULL AND p.other_id IS NULL
        AND (r.created OR p.owner_id IS NOT NULL)
    """,
)

CHECKS = (
    *(_taken(table) for table in TABLES if table.has_code),
    NEEDS_A_PARENT,
    _kept_outside(PLACEMENTS),
    _kept_outside(MEMBERSHIPS),
)


def checks_on_oneself(member_id):
    """Nobody confirms, reviews or decides on their own record (accounts.rules)."""
    message = _("this is your own record: let somebody else confirm, review or decide on it")
    return tuple(
        Check(table, column, message, fill(sql, member=str(int(member_id))))
        for table, column, sql in ON_ONESELF
    )


# As the triggers of the database have it (accounts/sql/duties.sql); rows that stay as they are
# stored are no act.
ON_ONESELF = (
    (
        "attendance",
        "confirmed",
        """
        SELECT r.row FROM row_attendance AS r LEFT JOIN branches_attendance AS s ON s.id = r.id
        WHERE r.member_code_id = {member} AND r.confirmed AND r.capacity = 'assigned'
            AND ROW (s.confirmed, s.capacity, s.status)
                IS DISTINCT FROM ROW (r.confirmed, r.capacity, r.status)
        """,
    ),
    (
        "tasks",
        "state",
        """
        SELECT r.row FROM row_tasks AS r LEFT JOIN assignments_task AS s ON s.id = r.id
        WHERE r.member_code_id = {member} AND r.state = 'confirmed'
            AND ROW (s.state, s.outcome, s.weight, s.actual)
                IS DISTINCT FROM ROW (r.state, r.outcome, r.weight, r.actual)
        """,
    ),
    (
        "reviews",
        "level",
        """
        SELECT r.row FROM row_reviews AS r LEFT JOIN assignments_review AS s ON s.id = r.id
        WHERE coalesce(
                (SELECT a.member_code_id FROM row_assignments AS a
                    WHERE a.id = r.assignment_code_id),
                (SELECT a.member_id FROM assignments_assignment AS a
                    WHERE a.id = r.assignment_code_id)
            ) = {member}
            AND ROW (s.level, s.comment, s.reviewer_id)
                IS DISTINCT FROM ROW (r.level, r.comment, r.reviewer_code_id)
        """,
    ),
    (
        "deductions",
        "points",
        """
        SELECT r.row FROM row_deductions AS r LEFT JOIN evaluations_deduction AS s ON s.id = r.id
        WHERE {member} IN (r.member_code_id, s.member_id)
            AND ROW (s.member_id, s.occurred_on, s.points, s.reason)
                IS DISTINCT FROM ROW (r.member_code_id, r.occurred_on, r.points, r.reason)
        """,
    ),
)
