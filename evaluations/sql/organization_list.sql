-- The organizations that are rated in a cycle, as the tree stood on the cut-off date, and which
-- branches and members are theirs (docs/organization-rating-rules.md, 1). May be run again: what came is
-- added, what went is taken out unless something was decided on it.

CREATE TEMP TABLE listed_branch ON COMMIT DROP AS
SELECT
    b.id AS cycle_branch_id,
    b.branch_id,
    p.ancestors,
    array_position(p.ancestors, %(organization)s::bigint) AS root_at
FROM evaluations_cyclebranch b
JOIN branches_organizationpath p ON p.organization_id = b.branch_id AND p.validity @> %(as_of)s
WHERE b.cycle_id = %(cycle)s AND p.ancestors @> ARRAY[%(organization)s::bigint];

CREATE TEMP TABLE listed_organization ON COMMIT DROP AS
WITH
placed AS (
    SELECT DISTINCT
        above.id AS organization_id,
        b.ancestors[: above.depth] AS ancestors,
        b.root_at
    FROM listed_branch b
    CROSS JOIN LATERAL unnest(b.ancestors) WITH ORDINALITY AS above (id, depth)
    WHERE above.depth > b.root_at
),
fact AS (
    SELECT o.id, coalesce(e.kind, o.kind) AS kind, coalesce(e.grassroots, o.grassroots) AS grassroots
    FROM branches_organization o
    LEFT JOIN branches_earlierorganization e ON e.organization_id = o.id AND e.validity @> %(as_of)s
    WHERE o.id IN (SELECT unnest(ancestors) FROM placed)
),
-- The nearest grassroots organization above, else the parent.
decider AS (
    SELECT
        organization_id,
        coalesce(
            max(depth) FILTER (WHERE fact.grassroots), cardinality(ancestors) - 1
        ) AS decider_at
    FROM placed
    CROSS JOIN LATERAL unnest(ancestors) WITH ORDINALITY AS above (id, depth)
    JOIN fact ON fact.id = above.id
    WHERE depth < cardinality(ancestors)
    GROUP BY organization_id, ancestors
)
SELECT
    organization_id,
    fact.kind,
    ancestors[root_at :] AS above,
    ancestors[decider_at] AS committee_id,
    CASE %(cap_within)s
        WHEN 'cycle' THEN %(organization)s::bigint ELSE ancestors[decider_at]
    END AS cap_organization_id,
    CASE WHEN %(cap_by_kind)s THEN fact.kind ELSE '' END AS cap_kind
FROM placed
JOIN decider USING (organization_id)
JOIN fact ON fact.id = organization_id;

DELETE FROM evaluations_shortcomings s
USING evaluations_organizationappraisal o
WHERE o.id = s.organization_appraisal_id AND o.cycle_id = %(cycle)s
    AND o.organization_id NOT IN (SELECT organization_id FROM listed_organization)
    AND NOT EXISTS (SELECT FROM evaluations_organizationdecision d WHERE d.appraisal_id = o.id);

DELETE FROM evaluations_organizationappraisal o
WHERE o.cycle_id = %(cycle)s
    AND o.organization_id NOT IN (SELECT organization_id FROM listed_organization)
    AND NOT EXISTS (SELECT FROM evaluations_organizationdecision d WHERE d.appraisal_id = o.id);

INSERT INTO evaluations_organizationappraisal AS o (
    cycle_id, organization_id, kind, above, committee_id, cap_organization_id, cap_kind,
    facts, members, indicators, exceeded, unmet, leaders_disciplined, leaders_failing,
    disciplines, disciplines_failing, below_disciplined,
    not_rated_reason, level, capped, tied, suggested_level, needs_decision
)
SELECT
    %(cycle)s, organization_id, kind, above, committee_id, cap_organization_id, cap_kind,
    '{}', 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', false, false, '', false
FROM listed_organization
ORDER BY above
ON CONFLICT (cycle_id, organization_id) DO UPDATE SET
    kind = excluded.kind,
    above = excluded.above,
    committee_id = excluded.committee_id,
    cap_organization_id = excluded.cap_organization_id,
    cap_kind = excluded.cap_kind
WHERE (o.kind, o.above, o.committee_id, o.cap_organization_id, o.cap_kind) IS DISTINCT FROM
    (excluded.kind, excluded.above, excluded.committee_id, excluded.cap_organization_id, excluded.cap_kind);

DROP TABLE listed_organization
