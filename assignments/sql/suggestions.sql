-- The three cadres that fit each target best on a day: few assignments, near in the tree, been there
-- or next to it before. Never somebody of the target itself, assigned to it already, or inactive.
-- Parameters: targets (ids), on (the day), days (those on which one assigned there already is none
-- to suggest), most (suggestions a target); {candidates} are the ids of the members that may be named.
WITH target AS MATERIALIZED (
    SELECT
        organization_id AS id, ancestors, cardinality(ancestors) AS depth,
        ancestors[cardinality(ancestors) - 1] AS parent_id,
        row_number() OVER (ORDER BY organization_id) AS number
    FROM branches_organizationpath
    WHERE organization_id = ANY (%(targets)s) AND validity @> %(on)s::date
),
candidate AS MATERIALIZED (
    SELECT m.id AS member_id, row_number() OVER (ORDER BY m.sort_key, m.id) AS number
    FROM branches_member m
    WHERE m.id IN ({candidates})
        AND (m.left_on IS NULL OR m.left_on > %(on)s::date)
        AND NOT EXISTS (
            SELECT FROM branches_memberstatus s WHERE s.member_id = m.id AND s.validity @> %(on)s::date
        )
),
assigned AS MATERIALIZED (
    SELECT a.member_id, a.target_id, a.validity
    FROM candidate
    JOIN assignments_assignment a USING (member_id)
),
workload AS MATERIALIZED (
    SELECT member_id, count(*) AS number FROM assigned WHERE validity @> %(on)s::date GROUP BY member_id
),
-- Where a cadre comes from: the own branch and the places of their posts.
home AS MATERIALIZED (
    SELECT member_id, branch_id AS organization_id
    FROM candidate
    JOIN branches_membership s USING (member_id)
    WHERE s.validity @> %(on)s::date
    UNION
    SELECT member_id, organization_id
    FROM candidate
    JOIN branches_position p USING (member_id)
    WHERE p.validity @> %(on)s::date
),
place_step AS MATERIALIZED (
    SELECT
        place.organization_id AS id, cardinality(place.ancestors) AS depth,
        above.id AS above_id, above.depth AS above_depth
    FROM branches_organizationpath place
    CROSS JOIN LATERAL unnest(place.ancestors) WITH ORDINALITY AS above (id, depth)
    WHERE place.validity @> %(on)s::date
        AND place.organization_id IN (SELECT organization_id FROM home)
        AND above.id IN (SELECT unnest(ancestors) FROM target)
),
-- For each organization above a target the cadres from below it, those that fit best first. Some
-- tens of them will do: whoever comes after fits no better.
rooted AS MATERIALIZED (
    SELECT
        s.above_id, s.above_depth, h.member_id, min(s.depth) AS depth,
        row_number() OVER (
            PARTITION BY s.above_id
            ORDER BY 2 * coalesce(w.number, 0) + min(s.depth), c.number
        ) AS place
    FROM home h
    JOIN place_step s ON s.id = h.organization_id
    JOIN candidate c USING (member_id)
    LEFT JOIN workload w USING (member_id)
    GROUP BY s.above_id, s.above_depth, h.member_id, w.number, c.number
),
-- Who has gone, or goes, to the target or to what stands beside it.
been AS MATERIALIZED (
    SELECT
        target.id AS target_id, a.member_id,
        bool_or(a.target_id = target.id) AS there,
        max(upper(a.validity) - 1) FILTER (WHERE a.target_id = target.id) AS until,
        count(DISTINCT a.target_id) FILTER (WHERE a.target_id <> target.id) AS neighbours
    FROM target
    JOIN branches_organizationpath beside
        ON beside.ancestors @> ARRAY[target.parent_id] AND beside.validity @> %(on)s::date
            AND cardinality(beside.ancestors) = target.depth
    JOIN assigned a ON a.target_id = beside.organization_id AND lower(a.validity) <= %(on)s::date
    GROUP BY target.id, a.member_id
),
-- Steps: up from where the cadre comes from to what both have above them, and down to the target.
pair AS (
    SELECT target.id AS target_id, r.member_id, target.depth + r.depth - 2 * r.above_depth AS steps
    FROM target
    CROSS JOIN LATERAL unnest(target.ancestors) AS above (id)
    JOIN rooted r ON r.above_id = above.id AND r.place <= 60
    UNION ALL
    SELECT target.id, r.member_id, target.depth + r.depth - 2 * r.above_depth
    FROM been
    JOIN target ON target.id = been.target_id
    CROSS JOIN LATERAL unnest(target.ancestors) AS above (id)
    JOIN rooted r ON r.above_id = above.id AND r.member_id = been.member_id
),
nearest AS MATERIALIZED (
    SELECT target_id, member_id, min(steps) AS steps FROM pair GROUP BY target_id, member_id
),
scored AS (
    SELECT
        n.target_id, n.member_id, n.steps,
        coalesce(w.number, 0) AS workload,
        coalesce(b.there, false) AS there, b.until,
        coalesce(b.neighbours, 0) AS neighbours,
        row_number() OVER (
            PARTITION BY n.target_id
            ORDER BY
                2 * coalesce(w.number, 0) + n.steps
                    - CASE WHEN b.there THEN 3 WHEN b.neighbours > 0 THEN 1 ELSE 0 END,
                coalesce(w.number, 0),
                n.steps,
                -- Of equals each target begins with another one.
                (c.number - target.number + 1000000) %% (SELECT count(*) FROM candidate)
        ) AS place
    FROM nearest n
    JOIN target ON target.id = n.target_id
    JOIN candidate c USING (member_id)
    LEFT JOIN workload w USING (member_id)
    LEFT JOIN been b ON b.target_id = n.target_id AND b.member_id = n.member_id
    WHERE NOT EXISTS (
            SELECT FROM branches_membership s
            WHERE s.member_id = n.member_id AND s.branch_id = n.target_id AND s.validity @> %(on)s::date
        )
        AND NOT EXISTS (
            SELECT FROM assigned a
            WHERE a.member_id = n.member_id AND a.target_id = n.target_id
                AND a.validity && %(days)s::daterange
        )
)
SELECT target_id, member_id, workload, steps, there, until, neighbours
FROM scored
WHERE place <= %(most)s
ORDER BY target_id, place
