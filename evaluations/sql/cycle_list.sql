-- Who takes part in a cycle, as of a day (docs/year-end.md, 2). May be run again: who came is added,
-- who went elsewhere is moved or taken out as long as nothing was written of them, the rest stays.
-- Gives what it did: a row for each kind of change.

CREATE TEMP TABLE listed ON COMMIT DROP AS
WITH
fact AS (
    SELECT o.id, coalesce(e.kind, o.kind) AS kind, coalesce(e.grassroots, o.grassroots) AS grassroots
    FROM branches_organization o
    LEFT JOIN branches_earlierorganization e ON e.organization_id = o.id AND e.validity @> %(day)s
),
-- The nearest grassroots organization at or above each branch, else the branch itself; and the
-- nearest sub-committee above it.
branch AS (
    SELECT
        p.organization_id AS branch_id,
        p.ancestors,
        coalesce(max(depth) FILTER (WHERE fact.grassroots), array_length(p.ancestors, 1)) AS unit_at,
        max(depth) FILTER (
            WHERE fact.kind = 'sub_committee' AND fact.id <> p.organization_id
        ) AS section_at
    FROM branches_organizationpath p
    JOIN branches_organization o ON o.id = p.organization_id AND o.validity @> %(day)s
    CROSS JOIN LATERAL unnest(p.ancestors) WITH ORDINALITY AS above (id, depth)
    JOIN fact ON fact.id = above.id
    WHERE p.ancestors @> ARRAY[%(organization)s::bigint] AND p.validity @> %(day)s
    GROUP BY p.id
)
SELECT
    s.member_id,
    branch_id,
    ancestors[unit_at] AS unit_id,
    CASE WHEN section_at > unit_at THEN ancestors[section_at] END AS section_id,
    coalesce(earlier.person_class, m.person_class) AS person_class
FROM branch
JOIN branches_membership s USING (branch_id)
JOIN branches_member m ON m.id = s.member_id AND (m.left_on IS NULL OR m.left_on > %(day)s)
LEFT JOIN branches_earlierpersonclass earlier
    ON earlier.member_id = m.id AND earlier.validity @> %(day)s
WHERE s.validity @> %(day)s;
ANALYZE listed;

CREATE TEMP TABLE drawn (what text, number bigint) ON COMMIT DROP;

-- Who is no longer here, and of whom nothing was written.
WITH gone AS (
    DELETE FROM evaluations_appraisal a
    WHERE a.cycle_id = %(cycle)s
        AND NOT EXISTS (SELECT FROM listed WHERE listed.member_id = a.member_id)
        AND NOT EXISTS (SELECT FROM evaluations_selfreview t WHERE t.appraisal_id = a.id)
        AND NOT EXISTS (SELECT FROM evaluations_comment t WHERE t.appraisal_id = a.id)
        AND NOT EXISTS (SELECT FROM evaluations_proposal t WHERE t.appraisal_id = a.id)
        AND NOT EXISTS (SELECT FROM evaluations_shortcomings t WHERE t.appraisal_id = a.id)
        AND NOT EXISTS (SELECT FROM evaluations_votecount t WHERE t.appraisal_id = a.id)
        AND NOT EXISTS (SELECT FROM evaluations_notvoted t WHERE t.appraisal_id = a.id)
        AND NOT EXISTS (SELECT FROM evaluations_decision t WHERE t.appraisal_id = a.id)
    RETURNING 1
)
INSERT INTO drawn SELECT 'removed', count(*) FROM gone;

-- A branch that did not vote yet goes with the tree; the others stay where they were.
UPDATE evaluations_cyclebranch b
SET unit_id = l.unit_id, section_id = l.section_id
FROM (SELECT DISTINCT branch_id, unit_id, section_id FROM listed) l
WHERE b.cycle_id = %(cycle)s AND b.branch_id = l.branch_id
    AND (b.unit_id, b.section_id) IS DISTINCT FROM (l.unit_id, l.section_id)
    AND NOT EXISTS (SELECT FROM evaluations_vote v WHERE v.cycle_branch_id = b.id)
    AND NOT EXISTS (
        SELECT FROM evaluations_stepdone d WHERE d.cycle_branch_id = b.id AND d.kind = 'vote'
    );

WITH added AS (
    INSERT INTO evaluations_cyclebranch (cycle_id, branch_id, year, unit_id, section_id)
    SELECT DISTINCT %(cycle)s::bigint, branch_id, %(year)s::smallint, unit_id, section_id
    FROM listed
    WHERE NOT EXISTS (
        SELECT FROM evaluations_cyclebranch b
        WHERE b.cycle_id = %(cycle)s AND b.branch_id = listed.branch_id
    )
    ORDER BY branch_id
    RETURNING 1
)
INSERT INTO drawn SELECT 'branches', count(*) FROM added;

-- Who changed branches, and was neither voted nor decided on.
WITH moved AS (
    UPDATE evaluations_appraisal a
    SET cycle_branch_id = b.id
    FROM listed
    JOIN evaluations_cyclebranch b ON b.cycle_id = %(cycle)s AND b.branch_id = listed.branch_id
    WHERE a.cycle_id = %(cycle)s AND a.member_id = listed.member_id AND a.cycle_branch_id <> b.id
        AND NOT EXISTS (SELECT FROM evaluations_votecount t WHERE t.appraisal_id = a.id)
        AND NOT EXISTS (SELECT FROM evaluations_notvoted t WHERE t.appraisal_id = a.id)
        AND NOT EXISTS (SELECT FROM evaluations_decision t WHERE t.appraisal_id = a.id)
    RETURNING 1
)
INSERT INTO drawn SELECT 'moved', count(*) FROM moved;

-- The class is that of the suggestion as soon as there is one.
UPDATE evaluations_appraisal a
SET person_class = listed.person_class
FROM listed
WHERE a.cycle_id = %(cycle)s AND a.member_id = listed.member_id AND a.rating_id IS NULL
    AND a.person_class <> listed.person_class;

WITH added AS (
    INSERT INTO evaluations_appraisal (
        cycle_id, cycle_branch_id, member_id, person_class, not_rated_reason, suggested_level,
        voted_level
    )
    SELECT %(cycle)s, b.id, listed.member_id, listed.person_class, '', '', ''
    FROM listed
    JOIN evaluations_cyclebranch b ON b.cycle_id = %(cycle)s AND b.branch_id = listed.branch_id
    WHERE NOT EXISTS (
        SELECT FROM evaluations_appraisal a
        WHERE a.cycle_id = %(cycle)s AND a.member_id = listed.member_id
    )
    ORDER BY b.id, listed.member_id
    RETURNING 1
)
INSERT INTO drawn SELECT 'members', count(*) FROM added;

DELETE FROM evaluations_cyclebranch b
WHERE b.cycle_id = %(cycle)s
    AND NOT EXISTS (SELECT FROM evaluations_appraisal a WHERE a.cycle_branch_id = b.id)
    AND NOT EXISTS (SELECT FROM evaluations_stepdone d WHERE d.cycle_branch_id = b.id)
    AND NOT EXISTS (SELECT FROM evaluations_vote v WHERE v.cycle_branch_id = b.id);

DROP TABLE listed;
SELECT what, number FROM drawn
