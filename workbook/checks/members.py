"""Members and the branches that they belong to."""

from django.utils.translation import gettext_lazy as _

from .check import Check

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
        SELECT k.row, k.sheet, count(*) AS count
        FROM changed_kinds AS k
        JOIN (
            SELECT other_id AS branch_id, daterange(first, greatest(first, last), '[]') AS validity
            FROM link_memberships WHERE row IS NULL
            UNION ALL
            SELECT branch_id, validity FROM branches_membership
            WHERE member_id NOT IN (SELECT owner_id FROM link_memberships)
        ) AS s ON s.branch_id = k.id AND s.validity && k.validity
        WHERE k.kind <> 'branch'
        GROUP BY k.row, k.sheet
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
