-- Duty visits (docs/rating-rules.md, 4.2).

-- Assignments to one target that continue each other count as one; D days without inactive ones.
CREATE TEMP TABLE chain ON COMMIT DROP AS
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
CREATE TEMP TABLE reach ON COMMIT DROP AS
SELECT t.target_id, p.organization_id
FROM (SELECT DISTINCT target_id FROM chain) t
JOIN branches_organizationpath p
    ON p.ancestors @> ARRAY[t.target_id] AND p.validity @> %(as_of)s;
ANALYZE reach;

-- Meetings of any kind held there: counted once a target and day, however many assignments share
-- the target.
CREATE TEMP TABLE target_day ON COMMIT DROP AS
SELECT target_id, m.held_on, count(*) AS held
FROM reach
JOIN branches_meeting m
    ON m.branch_id = organization_id AND m.held_on BETWEEN %(first_day)s AND %(as_of)s
GROUP BY target_id, m.held_on;
ANALYZE target_day;

CREATE TEMP TABLE duty ON COMMIT DROP AS
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
    SELECT chain.id, visits_period, m.held_on, 0, 1
    FROM chain
    JOIN branches_attendance a
        ON a.member_id = chain.member_id AND a.capacity = 'assigned'
        AND a.status = 'present' AND a.confirmed
    -- A bare @> counts as true for one row in a thousand, and few rows would be joined slowly.
    JOIN branches_meeting m ON m.id = a.meeting_id AND coalesce(chain.days @> m.held_on, false)
    JOIN reach ON reach.target_id = chain.target_id AND organization_id = m.branch_id
    WHERE m.branch_id IS DISTINCT FROM (
        SELECT s.branch_id FROM branches_membership s
        WHERE s.member_id = chain.member_id AND s.validity @> m.held_on
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
-- Every month, quarter or year that meets the period: L = its days, D = those on duty.
due AS (
    SELECT
        chain.id, chain.member_id, calendar.first_day,
        least((2 * visits_due * on_duty.days + length) / (2 * length), held) AS due,
        visited
    FROM chain
    CROSS JOIN LATERAL (
        SELECT first_day::date, (first_day + step)::date AS next_day
        FROM (
            SELECT CASE visits_period
                WHEN 'month' THEN interval '1 month'
                WHEN 'quarter' THEN interval '3 months'
                ELSE interval '1 year'
            END AS step
        ) period,
        generate_series(%(first_day)s::timestamp, %(as_of)s::timestamp, step) AS first_day
    ) calendar
    CROSS JOIN LATERAL (SELECT next_day - calendar.first_day AS length) whole
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(upper(part) - lower(part)), 0) AS days
        FROM unnest(
            chain.days * datemultirange(daterange(calendar.first_day, next_day))
        ) AS part
    ) on_duty
    JOIN happened ON happened.id = chain.id AND happened.first_day = calendar.first_day
)
SELECT
    member_id,
    sum(due)::bigint AS required,
    sum(least(due, visited))::bigint AS credited
FROM due
GROUP BY member_id;
