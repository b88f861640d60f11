"""Directives, teams, meetings, tasks, reviews and opinions."""

from django.utils.translation import gettext_lazy as _

from .check import Check

WORK_CHECKS = (
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
        "positions",
        "until",
        _(
            "%(leader)s leads %(team)s, a team that is stored, and would be no standing member, "
            "deputy secretary or secretary of %(issuer)s on %(day)s, the day of its directive: "
            "keep the position on that day, or give the team another leader"
        ),
        """
        SELECT r.row, m.code AS leader, t.code AS team, o.code AS issuer, d.issued_on AS day,
            CASE WHEN r.validity @> d.issued_on THEN 'rank' ELSE 'until' END AS column
        FROM row_positions AS r
        JOIN branches_position AS s ON s.id = r.id
        JOIN assignments_team AS t ON t.leader_id = s.member_id
        JOIN assignments_directive AS d
            ON d.id = t.directive_id AND d.issuer_id = s.organization_id
        JOIN branches_member AS m ON m.id = t.leader_id
        JOIN branches_organization AS o ON o.id = d.issuer_id
        WHERE NOT r.bad AND r.validity IS NOT NULL AND s.validity @> d.issued_on
            AND s.rank IN ('secretary', 'deputy_secretary', 'standing_member')
            AND t.id NOT IN (SELECT id FROM row_teams WHERE id IS NOT NULL)
            AND NOT EXISTS (
                SELECT FROM row_positions AS p
                WHERE p.member_code_id = t.leader_id AND p.org_code_id = d.issuer_id
                    AND p.rank IN ('secretary', 'deputy_secretary', 'standing_member')
                    AND p.validity @> d.issued_on
            )
            AND NOT EXISTS (
                SELECT FROM branches_position AS p
                WHERE p.member_id = t.leader_id AND p.organization_id = d.issuer_id
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
        "organizations",
        "kind",
        _(
            "%(count)s meetings that are stored lie on days on which it would be no branch, as "
            "that on %(day)s: only a branch has meetings, so change the kind from a later day"
        ),
        """
        SELECT k.row, k.sheet, count(*) AS count, max(m.held_on) AS day
        FROM changed_kinds AS k
        JOIN branches_meeting AS m ON m.branch_id = k.id AND k.validity @> m.held_on
        WHERE k.kind <> 'branch' AND m.id NOT IN (SELECT id FROM row_meetings WHERE id IS NOT NULL)
        GROUP BY k.row, k.sheet
        """,
    ),
    Check(
        "assignments",
        "member_code",
        _(
            "%(count)s tasks that are stored, as %(task)s, are registered under it for %(member)s: "
            "a registered task is of the assigned member, so change them too or use a new code"
        ),
        """
        SELECT r.row, count(*) AS count, min(t.code) AS task, min(m.code) AS member
        FROM row_assignments AS r
        JOIN assignments_task AS t ON t.assignment_id = r.id AND t.member_id <> r.member_code_id
        JOIN branches_member AS m ON m.id = t.member_id
        WHERE NOT r.created AND NOT r.bad
            AND t.id NOT IN (SELECT id FROM row_tasks WHERE id IS NOT NULL)
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
        "assignments",
        "valid_from",
        _("a review of %(year)s is stored, and the days %(days)s would leave that year"),
        """
        SELECT r.row, v.year, r.validity AS days,
            CASE WHEN r.valid_to < make_date(v.year, 1, 1) THEN 'valid_to' ELSE 'valid_from' END
                AS column
        FROM row_assignments AS r
        JOIN assignments_review AS v ON v.assignment_id = r.id
        WHERE NOT r.created AND NOT r.bad
            AND NOT r.validity && daterange(
                make_date(v.year, 1, 1), make_date(v.year, 12, 31), '[]'
            )
            AND v.id NOT IN (SELECT id FROM row_reviews WHERE id IS NOT NULL)
        ORDER BY r.row, v.year
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
