-- Writes a roll-up with its units, whole, dealt out to shards (docs/rating-rules.md, 1), in one statement:
-- somebody waits for it before the first worker can begin. Gives the roll-up's id, the number of its units
-- and its warnings.

WITH
grassroots AS (
    SELECT o.id
    FROM branches_organization o
    LEFT JOIN branches_earlierorganization earlier
        ON earlier.organization_id = o.id AND earlier.validity @> %(as_of)s
    WHERE coalesce(earlier.grassroots, o.grassroots)
),
-- No unit of the population reaches beyond the grassroots organization at or above.
scope AS (
    SELECT coalesce(
        (
            SELECT above.id
            FROM branches_organizationpath p, unnest(p.ancestors) WITH ORDINALITY above (id, depth)
            WHERE p.organization_id = %(organization)s AND p.validity @> %(as_of)s
                AND above.id IN (SELECT id FROM grassroots)
            ORDER BY depth DESC
            LIMIT 1
        ),
        %(organization)s
    ) AS id
),
-- The nearest grassroots organization at or above each branch, else the branch itself.
branch AS (
    SELECT
        p.organization_id AS branch_id,
        p.ancestors @> ARRAY[%(organization)s::bigint] AS in_population,
        coalesce(
            p.ancestors[max(depth) FILTER (WHERE grassroots.id IS NOT NULL)], p.organization_id
        ) AS unit_id
    FROM branches_organizationpath p
    JOIN branches_organization o ON o.id = p.organization_id AND o.validity @> %(as_of)s
    CROSS JOIN LATERAL unnest(p.ancestors) WITH ORDINALITY AS above (id, depth)
    LEFT JOIN grassroots ON grassroots.id = above.id
    WHERE p.ancestors @> ARRAY[(SELECT id FROM scope)] AND p.validity @> %(as_of)s
    GROUP BY p.id
),
unit AS (
    SELECT unit_id, array_agg(branch_id ORDER BY branch_id) AS branches, sum(members) AS members
    FROM branch
    CROSS JOIN LATERAL (
        SELECT count(*) AS members
        FROM branches_membership s
        WHERE s.branch_id = branch.branch_id AND s.validity @> %(as_of)s
            AND s.member_id NOT IN (SELECT id FROM branches_member WHERE left_on <= %(as_of)s)
    ) peopled
    WHERE members > 0
    GROUP BY unit_id
    HAVING bool_or(in_population)
),
-- Units in order fill shards of a size; one that lies across the end of a shard goes where the larger
-- part of it is. What would be one shard of that size is cut in two, for two workers, unless it is
-- too small to be worth it.
filled AS (
    SELECT *, div(
        sum(members) OVER (ORDER BY unit_id) - members / 2,
        least(%(shard_members)s, greatest(1000, (SELECT sum(members) FROM unit) / 2))
    ) AS share
    FROM unit
),
dealt AS (SELECT *, dense_rank() OVER (ORDER BY share) - 1 AS number FROM filled),
-- Branches below the organization that on the cut-off date have ended or not begun: one that ended stands
-- as on its last day; one to come where it is placed on the date, else as on its first day.
gone AS MATERIALIZED (
    SELECT o.id, o.code, o.name
    FROM branches_organization o
    LEFT JOIN branches_placement early
        ON early.organization_id = o.id AND early.validity @> %(as_of)s
        AND lower(o.validity) > %(as_of)s
    JOIN branches_organizationpath p
        ON p.organization_id = coalesce(early.parent_id, o.id) AND p.validity @> %(as_of)s
    WHERE NOT o.validity @> %(as_of)s AND p.ancestors @> ARRAY[%(organization)s::bigint]
),
-- Members who on that day belong to one of them are in nobody's population.
warning AS (
    SELECT jsonb_agg(
        jsonb_build_object(
            'kind', 'branch_not_there',
            'member', m.code, 'name', m.full_name, 'branch', gone.code, 'branch_name', gone.name
        ) ORDER BY m.code
    ) AS warnings
    FROM gone
    JOIN branches_membership s ON s.branch_id = gone.id AND s.validity @> %(as_of)s
    JOIN branches_member m ON m.id = s.member_id AND (m.left_on IS NULL OR m.left_on > %(as_of)s)
),
roll_up AS (
    INSERT INTO evaluations_rollup (
        organization_id, year, as_of, scheme_id, state, requested_by_id, requested_at,
        units_total, warnings, error
    )
    SELECT
        %(organization)s, %(year)s, %(as_of)s, %(scheme)s, 'queued', %(requested_by)s, %(requested_at)s,
        (SELECT count(*) FROM unit), coalesce(warnings, '[]'), ''
    FROM warning
    RETURNING id, units_total, warnings
),
shard AS (
    INSERT INTO evaluations_rollupshard (roll_up_id, number, state, units, members, attempts)
    SELECT (SELECT id FROM roll_up), number, 'pending', count(*), sum(members), 0
    FROM dealt
    GROUP BY number
    RETURNING id, number
),
unit_row AS (
    INSERT INTO evaluations_rollupunit (roll_up_id, unit_id, shard_id, branches, members)
    SELECT (SELECT id FROM roll_up), unit_id, shard.id, branches, members
    FROM dealt
    JOIN shard USING (number)
    ORDER BY unit_id
),
-- The rows that roll-ups of a unit lock in turn are there before anybody computes.
unit_year AS (
    INSERT INTO evaluations_unityear (unit_id, year)
    SELECT unit_id, %(year)s
    FROM unit
    ORDER BY unit_id
    ON CONFLICT DO NOTHING
)
SELECT id, units_total, warnings FROM roll_up
