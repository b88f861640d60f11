-- How far the branches at or below an organization are covered on a day: the same counts as the
-- report "coverage" gives, and how many stand twice.
WITH below AS MATERIALIZED (
    SELECT p.organization_id AS id
    FROM branches_organizationpath p
    WHERE p.ancestors @> ARRAY[%(organization)s]::bigint[] AND p.validity @> %(day)s::date
),
branch AS (
    SELECT o.id
    FROM below
    JOIN branches_organization o ON o.id = below.id
    LEFT JOIN branches_earlierorganization e ON e.organization_id = o.id AND e.validity @> %(day)s::date
    WHERE o.validity @> %(day)s::date AND coalesce(e.kind, o.kind) = 'branch'
),
work AS MATERIALIZED (
    SELECT a.target_id, a.member_id
    FROM below
    JOIN assignments_assignment a ON a.target_id = below.id AND a.validity @> %(day)s::date
),
of_target AS (SELECT target_id AS id, count(*) AS number FROM work GROUP BY target_id),
of_member AS (SELECT member_id, count(*) AS number FROM work GROUP BY member_id)
SELECT
    (SELECT count(*) FROM branch) AS branches,
    (SELECT count(*) FROM branch JOIN of_target USING (id)) AS branches_covered,
    (SELECT count(*) FROM of_member) AS cadres,
    (SELECT count(*) FROM work) AS assignments,
    (SELECT count(*) FROM branch JOIN of_target USING (id) WHERE number > 1) AS branches_with_two,
    (SELECT count(*) FROM of_member WHERE number > 1) AS cadres_with_two
