-- Facts of each organization of the cycle (docs/organization-rating-rules.md, 4): a row for each
-- criterion, with n and d.

CREATE TEMP TABLE organization_branch ON COMMIT DROP AS
SELECT o.id AS appraisal_id, o.organization_id, b.cycle_branch_id, b.branch_id
FROM listed_branch b
CROSS JOIN LATERAL unnest(b.ancestors) AS above (id)
JOIN evaluations_organizationappraisal o ON o.cycle_id = %(cycle)s AND o.organization_id = above.id;
ANALYZE organization_branch (appraisal_id, branch_id);

-- The members, each with the decided level.
CREATE TEMP TABLE organization_person ON COMMIT DROP AS
SELECT b.appraisal_id, a.member_id, coalesce(d.level, '') AS level
FROM organization_branch b
JOIN evaluations_appraisal a ON a.cycle_branch_id = b.cycle_branch_id
LEFT JOIN evaluations_decision d ON d.id = a.decision_id;
ANALYZE organization_person (appraisal_id, member_id);

CREATE TEMP TABLE organization_fact (
    appraisal_id bigint, criterion text, n numeric, d numeric
) ON COMMIT DROP;

INSERT INTO organization_fact
SELECT appraisal_id, 'discipline', greatest(0, count(*) - coalesce(max(persons), 0)), count(*)
FROM organization_person
LEFT JOIN (
    SELECT b.appraisal_id, count(DISTINCT x.member_id) AS persons
    FROM branches_discipline x
    JOIN branches_membership s ON s.member_id = x.member_id AND s.validity @> x.decided_on
    JOIN organization_branch b ON b.branch_id = s.branch_id
    WHERE x.decided_on BETWEEN %(first_day)s AND %(as_of)s
    GROUP BY b.appraisal_id
) AS disciplined USING (appraisal_id)
GROUP BY appraisal_id;

INSERT INTO organization_fact
SELECT
    b.appraisal_id,
    'meetings',
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM branches_meeting m
        WHERE m.branch_id = b.branch_id AND m.held_on <@ month.days AND m.kind = 'regular'
    )),
    count(*)
FROM organization_branch b
JOIN branches_organization o ON o.id = b.branch_id
JOIN (
    SELECT daterange(first::date, (first + interval '1 month')::date) AS days
    FROM generate_series(%(first_day)s::timestamp, %(as_of)s::timestamp, '1 month') AS first
    WHERE first + interval '1 month' <= %(as_of)s::timestamp + interval '1 day'
) AS month ON month.days <@ o.validity
GROUP BY b.appraisal_id;

INSERT INTO organization_fact
SELECT b.appraisal_id, 'quality', sum(m.quality), 100 * count(*)
FROM organization_branch b
JOIN branches_meeting m ON m.branch_id = b.branch_id
WHERE m.held_on BETWEEN %(first_day)s AND %(as_of)s
    AND m.kind IN ('regular', 'thematic') AND m.quality IS NOT NULL
GROUP BY b.appraisal_id;

CREATE TEMP TABLE organization_indicator ON COMMIT DROP AS
SELECT appraisal_id, result
FROM (
    SELECT o.id AS appraisal_id, CASE
        WHEN i.actual > i.target THEN 'exceeded'
        WHEN i.actual = i.target THEN 'met'
        WHEN i.actual < i.target THEN 'unmet'
        WHEN coalesce(i.period_end, %(last_day)s) <= %(as_of)s THEN 'unmet'
    END AS result
    FROM evaluations_organizationappraisal o
    JOIN assignments_indicator i ON i.organization_id = o.organization_id AND i.year = %(year)s
    WHERE o.cycle_id = %(cycle)s AND i.target IS NOT NULL
) AS found
WHERE result IS NOT NULL;

INSERT INTO organization_fact
SELECT
    appraisal_id,
    'indicators',
    sum((%(indicator_credit)s::jsonb ->> result)::numeric),
    count(*)
FROM organization_indicator
GROUP BY appraisal_id;

INSERT INTO organization_fact
SELECT
    appraisal_id,
    'coverage',
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM assignments_task t
        WHERE t.member_id = p.member_id AND t.year = %(year)s
            AND t.state NOT IN ('draft', 'cancelled')
    )),
    count(*)
FROM organization_person p
WHERE NOT EXISTS (
    SELECT FROM branches_memberstatus s
    WHERE s.member_id = p.member_id AND s.status = 'exempt' AND s.validity @> %(as_of)s
)
GROUP BY appraisal_id;

INSERT INTO organization_fact
SELECT
    appraisal_id, 'members', sum((%(member_credit)s::jsonb ->> level)::numeric), count(*)
FROM organization_person
WHERE level <> ''
GROUP BY appraisal_id;

INSERT INTO organization_fact
SELECT
    upper.id, 'branches', sum((%(branch_credit)s::jsonb ->> d.level)::numeric), count(*)
FROM evaluations_organizationappraisal lower
JOIN evaluations_organizationdecision d ON d.id = lower.decision_id AND d.level <> ''
JOIN evaluations_organizationappraisal upper
    ON upper.cycle_id = lower.cycle_id
    AND upper.organization_id = lower.above[cardinality(lower.above) - 1]
WHERE lower.cycle_id = %(cycle)s
GROUP BY upper.id;

-- Who of the leading collective was disciplined, and so that the organization fails.
CREATE TEMP TABLE organization_leader ON COMMIT DROP AS
SELECT
    o.id AS appraisal_id,
    count(DISTINCT x.member_id) AS disciplined,
    count(DISTINCT x.member_id) FILTER (WHERE x.form = ANY (%(failing_forms)s::text[])) AS failing
FROM evaluations_organizationappraisal o
JOIN branches_position p ON p.organization_id = o.organization_id
    AND p.rank = ANY (%(leading_ranks)s::text[])
JOIN branches_discipline x ON x.member_id = p.member_id AND p.validity @> x.decided_on
WHERE o.cycle_id = %(cycle)s AND x.decided_on BETWEEN %(first_day)s AND %(as_of)s
GROUP BY o.id;

-- Disciplines of the organization itself, and how many of those below it were disciplined.
CREATE TEMP TABLE organization_disciplined ON COMMIT DROP AS
SELECT
    o.id AS appraisal_id,
    count(*) FILTER (WHERE x.organization_id = o.organization_id) AS own,
    count(*) FILTER (
        WHERE x.organization_id = o.organization_id
            AND x.form = ANY (%(failing_organization_forms)s::text[])
    ) AS failing,
    count(DISTINCT x.organization_id) FILTER (WHERE x.organization_id <> o.organization_id) AS below
FROM evaluations_organizationdiscipline x
JOIN evaluations_organizationappraisal lower
    ON lower.cycle_id = %(cycle)s AND lower.organization_id = x.organization_id
CROSS JOIN LATERAL unnest(lower.above) AS above (id)
JOIN evaluations_organizationappraisal o
    ON o.cycle_id = lower.cycle_id AND o.organization_id = above.id
WHERE x.decided_on BETWEEN %(first_day)s AND %(as_of)s
GROUP BY o.id;

-- The first days that count: its own, and of all that it followed; null for one that was always there.
CREATE TEMP TABLE organization_age ON COMMIT DROP AS
WITH RECURSIVE followed (appraisal_id, organization_id) AS (
    SELECT id, organization_id FROM evaluations_organizationappraisal WHERE cycle_id = %(cycle)s
    UNION
    SELECT followed.appraisal_id, s.organization_id
    FROM followed
    JOIN branches_succession s ON s.successor_id = followed.organization_id
    WHERE NOT %(successors_are_new)s
)
SELECT
    appraisal_id,
    CASE WHEN NOT bool_or(lower_inf(o.validity)) THEN min(lower(o.validity)) END AS first_day
FROM followed
JOIN branches_organization o ON o.id = followed.organization_id
GROUP BY appraisal_id
