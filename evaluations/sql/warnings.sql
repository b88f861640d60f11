-- Members who on the cut-off date belong to a branch that has ended or not begun: they are in
-- nobody's population. Those below the organization (docs/rating-rules.md, 1): a branch that ended
-- stands as on its last day; one to come where it is placed on the date, else as on its first day.

WITH gone AS MATERIALIZED (
    SELECT o.id, o.code, o.name
    FROM branches_organization o
    LEFT JOIN branches_placement early
        ON early.organization_id = o.id AND early.validity @> %(as_of)s
        AND lower(o.validity) > %(as_of)s
    JOIN branches_organizationpath p
        ON p.organization_id = coalesce(early.parent_id, o.id) AND p.validity @> %(as_of)s
    WHERE NOT o.validity @> %(as_of)s AND p.ancestors @> ARRAY[%(organization)s::bigint]
)
SELECT m.code, m.full_name, gone.code, gone.name
FROM gone
JOIN branches_membership s ON s.branch_id = gone.id AND s.validity @> %(as_of)s
JOIN branches_member m ON m.id = s.member_id AND (m.left_on IS NULL OR m.left_on > %(as_of)s)
ORDER BY m.code
