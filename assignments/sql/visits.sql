-- Visits made and due in the year up to a day, of each assignment valid on the day to one of some
-- targets (NULL: to whatever stands at or below the organization), or of one member (NULL: whoever)
-- to some targets, wherever these stand (an organization of NULL). What counts is what the rating
-- counts (docs/rating-rules.md, 4.2), on the tree of the day: of a month or quarter that is over no
-- more visits are due than meetings were held.
-- The day stands everywhere itself, not once in a row of its own: with a constant the planner knows
-- how many rows are valid on it.
WITH reach AS MATERIALIZED (
    SELECT target_id, p.organization_id
    FROM branches_organizationpath p
    CROSS JOIN LATERAL unnest(p.ancestors) AS target_id
    WHERE p.validity @> %(day)s::date
        AND (%(organization)s::bigint IS NULL OR p.ancestors @> ARRAY[%(organization)s]::bigint[])
        AND (%(targets)s::bigint[] IS NULL OR p.ancestors && %(targets)s::bigint[])
        AND (%(targets)s::bigint[] IS NULL OR target_id = ANY (%(targets)s::bigint[]))
),
inactive AS MATERIALIZED (
    SELECT member_id, range_agg(validity) AS days FROM branches_memberstatus GROUP BY member_id
),
work AS MATERIALIZED (
    SELECT
        a.id, a.member_id, a.target_id, a.visits_due, a.visits_period,
        datemultirange(a.validity) - coalesce(inactive.days, '{}') AS days
    FROM assignments_assignment a
    LEFT JOIN inactive USING (member_id)
    WHERE a.validity @> %(day)s::date
        AND a.target_id IN (SELECT organization_id FROM reach)
        AND (%(targets)s::bigint[] IS NULL OR a.target_id = ANY (%(targets)s::bigint[]))
        AND (%(member)s::bigint IS NULL OR a.member_id = %(member)s::bigint)
),
event AS (
    SELECT
        work.id,
        date_trunc(work.visits_period, m.held_on::timestamp) AS first_day,
        count(*) AS held,
        count(v.id) AS visited
    FROM work
    JOIN reach ON reach.target_id = work.target_id
    JOIN branches_meeting m
        ON m.branch_id = reach.organization_id
        AND m.held_on BETWEEN date_trunc('year', %(day)s::timestamp)::date AND %(day)s::date
        -- A bare @> counts as true for one row in a thousand, and few rows would be joined slowly.
        AND coalesce(work.days @> m.held_on, false)
    LEFT JOIN branches_attendance v
        ON v.meeting_id = m.id AND v.member_id = work.member_id
        AND v.capacity = 'assigned' AND v.status = 'present' AND v.confirmed
    -- Not the meetings of the branch that the cadre belonged to on that day.
    WHERE NOT EXISTS (
        SELECT FROM branches_membership s
        WHERE s.member_id = work.member_id AND s.branch_id = m.branch_id AND s.validity @> m.held_on
    )
    GROUP BY work.id, first_day
),
due AS (
    SELECT
        work.id,
        calendar.next_day <= %(day)s::date AS past,
        (2 * work.visits_due * on_duty.days + length) / (2 * length) AS due,
        coalesce(event.held, 0) AS held,
        coalesce(event.visited, 0) AS visited
    FROM work
    CROSS JOIN LATERAL (
        SELECT first_day, (first_day + step)::date AS next_day
        FROM (
            SELECT CASE work.visits_period
                WHEN 'month' THEN interval '1 month'
                WHEN 'quarter' THEN interval '3 months'
                ELSE interval '1 year'
            END AS step
        ) period,
        generate_series(
            date_trunc('year', %(day)s::timestamp), %(day)s::timestamp, step
        ) AS first_day
    ) calendar
    CROSS JOIN LATERAL (SELECT calendar.next_day - calendar.first_day::date AS length) whole
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(upper(part) - lower(part)), 0) AS days
        FROM unnest(
            work.days * datemultirange(daterange(calendar.first_day::date, calendar.next_day))
        ) AS part
    ) on_duty
    LEFT JOIN event ON event.id = work.id AND event.first_day = calendar.first_day
)
SELECT
    work.id,
    work.target_id,
    sum(due.visited)::bigint AS made_year,
    sum(CASE WHEN past THEN least(due.due, held) ELSE due.due END)::bigint AS due_year,
    sum(due.visited) FILTER (WHERE NOT past)::bigint AS made_now,
    sum(due.due) FILTER (WHERE NOT past)::bigint AS due_now,
    coalesce(
        sum(greatest(least(due.due, held) - due.visited, 0)) FILTER (WHERE past), 0
    )::bigint AS overdue
FROM work
JOIN due USING (id)
GROUP BY work.id, work.target_id
