-- The work of one cadre on a day: every assignment valid on it, with the claims of its present
-- month (quarter, year) that wait for their confirmation, and the branches to show of it. A branch
-- that is a target itself is shown there alone; of more branches than a card holds, those come
-- first that meet soon or met lately, then those where the cadre was. The own branch is none.
WITH work AS (
    SELECT id, target_id, date_trunc(visits_period, %(day)s::timestamp)::date AS begins
    FROM assignments_assignment
    WHERE member_id = %(member)s AND validity @> %(day)s::date
),
below AS (
    SELECT
        work.id AS assignment_id,
        o.id AS branch_id,
        o.code,
        coalesce(earlier.name, o.name) AS name
    FROM work
    JOIN branches_organizationpath p
        ON p.ancestors @> ARRAY[work.target_id] AND p.validity @> %(day)s::date
    JOIN branches_organization o ON o.id = p.organization_id AND o.validity @> %(day)s::date
    LEFT JOIN branches_earlierorganization earlier
        ON earlier.organization_id = o.id AND earlier.validity @> %(day)s::date
    WHERE coalesce(earlier.kind, o.kind) = 'branch'
        AND (o.id = work.target_id OR o.id NOT IN (SELECT target_id FROM work))
        AND NOT EXISTS (
            SELECT FROM branches_membership s
            WHERE s.member_id = %(member)s AND s.branch_id = o.id AND s.validity @> %(day)s::date
        )
),
near AS (
    SELECT
        below.*,
        meets.day IS NOT NULL OR made.day IS NOT NULL AS is_near,
        count(*) OVER (PARTITION BY assignment_id) AS branches,
        row_number() OVER (
            PARTITION BY assignment_id
            ORDER BY abs(meets.day - %(day)s::date) NULLS LAST, made.day DESC NULLS LAST, code
        ) AS place
    FROM below
    LEFT JOIN LATERAL (
        SELECT day
        FROM (
            SELECT planned_on AS day FROM branches_meetingplan WHERE branch_id = below.branch_id
            UNION ALL
            SELECT held_on FROM branches_meeting WHERE branch_id = below.branch_id
        ) days
        WHERE day BETWEEN %(day)s::date - %(lately)s AND %(day)s::date + %(soon)s
        ORDER BY abs(day - %(day)s::date)
        LIMIT 1
    ) meets ON true
    LEFT JOIN LATERAL (
        SELECT max(held_on) AS day FROM assignments_visit v
        WHERE v.branch_id = below.branch_id AND v.member_id = %(member)s AND v.state <> ''
            AND v.held_on > %(day)s::date - %(made)s
    ) made ON true
),
shown AS (
    SELECT * FROM near WHERE place <= %(most)s AND (is_near OR branches <= %(most)s)
)
SELECT
    work.id,
    (
        SELECT count(*)
        FROM assignments_visit v
        JOIN branches_organizationpath p
            ON p.organization_id = v.branch_id AND p.validity @> %(day)s::date
            AND p.ancestors @> ARRAY[work.target_id]
        WHERE v.member_id = %(member)s AND v.state IN ('logged', 'disputed')
            AND v.held_on BETWEEN work.begins AND %(day)s::date
    ) AS waiting,
    coalesce((SELECT max(branches) FROM near WHERE assignment_id = work.id), 0) AS branches,
    shown.branch_id,
    shown.name,
    opinions.referred,
    opinions.to_tell,
    opinions.ids,
    opinions.topics
FROM work
LEFT JOIN shown ON shown.assignment_id = work.id
LEFT JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE state = 'referred') AS referred,
        count(*) FILTER (WHERE state = 'resolved') AS to_tell,
        array_agg(id ORDER BY due_on, id) AS ids,
        array_agg(topic::text ORDER BY due_on, id) AS topics
    FROM (
        SELECT x.* FROM assignments_opinion x JOIN branches_meeting m ON m.id = x.meeting_id
        WHERE m.branch_id = shown.branch_id
        UNION ALL
        SELECT x.* FROM assignments_opinion x JOIN assignments_visit v ON v.id = x.visit_id
        WHERE v.branch_id = shown.branch_id AND x.meeting_id IS NULL
    ) opinion
    WHERE state <> 'answered' AND referred_to_id IS NOT NULL AND told_at_id IS NULL
) opinions ON true
ORDER BY work.id, shown.place
