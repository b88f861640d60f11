"""What is odd but not wrong: asked of the database after the writing, so of all it then holds."""

from django.utils.translation import gettext_lazy as _

from .check import Check

ODDITIES = (
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
