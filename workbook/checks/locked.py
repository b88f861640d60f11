"""What a locked cycle keeps (docs/year-end.md, 5; docs/organization-rating-rules.md, 8)."""

from django.utils.translation import gettext_lazy as _

from .check import Check

LOCKED_CHECKS = (
    Check(
        "unit_caps",
        "percent",
        _(
            "the cycle of %(code)s of %(year)s is locked and keeps the percent that it was decided "
            "by: take this row out. Places for a re-rating are given in the cycle itself"
        ),
        """
        SELECT r.row, o.code, r.year
        FROM row_unit_caps AS r
        JOIN branches_organization AS o ON o.id = r.org_code_id
        LEFT JOIN evaluations_unitcap AS stored ON stored.id = r.id
        WHERE NOT r.bad AND r.percent IS DISTINCT FROM stored.percent
            AND EXISTS (
                SELECT FROM evaluations_cyclebranch AS b
                JOIN evaluations_cycle AS c ON c.id = b.cycle_id AND c.locked_at IS NOT NULL
                WHERE b.unit_id = r.org_code_id AND b.year = r.year
            )
        """,
    ),
    Check(
        "org_ratings",
        "level",
        _(
            "%(code)s was decided on in a locked cycle of %(year)s: write its level, “%(level)s”, "
            "or take this row out. Another level comes by a re-rating in the cycle itself"
        ),
        """
        SELECT r.row, o.code, r.year, d.level
        FROM row_org_ratings AS r
        JOIN branches_organization AS o ON o.id = r.org_code_id
        JOIN evaluations_organizationappraisal AS a ON a.organization_id = o.id
        JOIN evaluations_cycle AS c
            ON c.id = a.cycle_id AND c.year = r.year AND c.locked_at IS NOT NULL
        JOIN evaluations_organizationdecision AS d ON d.id = a.decision_id AND d.level <> ''
        WHERE NOT r.bad AND r.level IS DISTINCT FROM d.level
        """,
    ),
)
