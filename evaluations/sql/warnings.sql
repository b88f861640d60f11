-- Members who on the cut-off date belong to a branch that has ended or not begun: they are in
-- nobody's population. Those below the organization, where an ended branch stands as on its last
-- day (docs/rating-rules.md, 1).

WITH gone AS MATERIALIZED (
    SELECT o.id, o.code, o.name
    FROM branches_organizationpath p
    JOIN branches_organization o ON o.id = p.organization_id AND NOT o.validity @> %(as_of)s
    WHERE p.ancestors @> ARRAY[%(organization)s::bigint] AND p.validity @> %(as_of)s
)
SELECT m.code, m.full_name, gone.code, gone.name
FROM gone
JOIN branches_membership s ON s.branch_id = gone.id AND s.validity @> %(as_of)s
JOIN branches_member m ON m.id = s.member_id AND (m.left_on IS NULL OR m.left_on > %(as_of)s)
ORDER BY m.code
