-- Duty visits (docs/rating-rules.md, 4.2).

-- Assignments to one target that continue each other count as one; D days without inactive ones.
INSERT INTO chain
WITH assigned AS (
    SELECT
        a.member_id, a.target_id, a.visits_due, a.visits_period, a.validity,
        (
            lower(a.validity) = lag(upper(a.validity)) OVER before
            AND a.visits_due = lag(a.visits_due) OVER before
            AND a.visits_period = lag(a.visits_period) OVER before
        ) IS NOT TRUE AS begins
    FROM shard_member
    JOIN assignments_assignment a USING (member_id)
    WHERE a.validity && %(period)s
    WINDOW before AS (PARTITION BY a.member_id, a.target_id ORDER BY a.validity)
),
numbered AS (
    SELECT *, count(*) FILTER (WHERE begins) OVER (
        PARTITION BY member_id, target_id ORDER BY validity
    ) AS number
    FROM assigned
)
SELECT
    row_number() OVER () AS id,
    member_id, target_id, visits_due, visits_period,
    range_agg(validity * %(period)s) - coalesce(range_agg(inactive.days), '{}') AS days
FROM numbered
LEFT JOIN inactive USING (member_id)
GROUP BY member_id, target_id, number, visits_due, visits_period;
ANALYZE chain;

-- The organizations at or below each target, on the tree of the cut-off date.
INSERT INTO reach
SELECT t.target_id, p.organization_id
FROM (SELECT DISTINCT target_id FROM chain) t
JOIN branches_organizationpath p
    ON p.ancestors @> ARRAY[t.target_id] AND p.validity @> %(as_of)s;
ANALYZE reach;

-- Meetings of any kind held there: counted once a target and day, however many assignments share
-- the target.
INSERT INTO target_day
SELECT target_id, m.held_on, count(*) AS held
FROM reach
JOIN branches_meeting m
    ON m.branch_id = organization_id AND m.held_on BETWEEN %(first_day)s AND %(as_of)s
GROUP BY target_id, m.held_on;
ANALYZE target_day;

INSERT INTO rare (member_id, duty_required, duty_credited)
WITH event AS (
    SELECT chain.id, visits_period, held_on, held, 0 AS visited
    FROM chain
    JOIN target_day USING (target_id)
    WHERE chain.days @> held_on
    UNION ALL
    -- Less the meetings of the branch that the member belonged to on that day.
    SELECT own.id, visits_period, m.held_on, -1, 0
    FROM (
        SELECT chain.*, s.branch_id, s.validity
        FROM chain
        JOIN branches_membership s USING (member_id)
        OFFSET 0 -- from the few members to their branches, not from the meetings of all targets
    ) own
    JOIN reach ON reach.target_id = own.target_id AND organization_id = own.branch_id
    JOIN branches_meeting m
        ON m.branch_id = own.branch_id AND m.held_on BETWEEN %(first_day)s AND %(as_of)s
    WHERE own.validity @> m.held_on AND own.days @> m.held_on
    UNION ALL
    SELECT id, visits_period, held_on, 0, 1
    FROM (
        SELECT chain.*, m.branch_id, m.held_on
        FROM chain
        JOIN branches_attendance a
            ON a.member_id = chain.member_id AND a.capacity = 'assigned'
            AND a.status = 'present' AND a.confirmed
        JOIN branches_meeting m ON m.id = a.meeting_id
        OFFSET 0 -- and from them to what they visited
    ) visit
    JOIN reach ON reach.target_id = visit.target_id AND organization_id = visit.branch_id
    -- A bare @> counts as true for one row in a thousand, and few rows would be joined slowly.
    WHERE coalesce(visit.days @> held_on, false) AND branch_id IS DISTINCT FROM (
        SELECT s.branch_id FROM branches_membership s
        WHERE s.member_id = ANY (ARRAY[visit.member_id]) AND s.validity @> held_on -- see stay
    )
),
happened AS (
    SELECT
        id,
        date_trunc(visits_period, held_on::timestamp)::date AS first_day,
        sum(held) AS held,
        sum(visited) AS visited
    FROM event
    GROUP BY id, first_day
),
-- Of every month, quarter or year in which something happened: L = its days, D = those on duty.
due AS (
    SELECT
        member_id,
        least((2 * visits_due * on_duty + length) / (2 * length), held) AS due,
        visited
    FROM happened
    JOIN chain USING (id)
    CROSS JOIN LATERAL (
        SELECT (first_day + CASE visits_period
            WHEN 'month' THEN interval '1 month'
            WHEN 'quarter' THEN interval '3 months'
            ELSE interval '1 year'
        END)::date AS next_day
    ) calendar
    CROSS JOIN LATERAL (
        SELECT next_day - first_day AS length, daterange(first_day, next_day) AS whole
    ) period
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN days @> whole THEN length
            ELSE (
                SELECT coalesce(sum(upper(part) - lower(part)), 0)
                FROM unnest(days * datemultirange(whole)) AS part
            )
        END AS on_duty
    ) duty
)
SELECT
    member_id,
    sum(due),
    sum(least(due, visited))
FROM due
GROUP BY member_id;
