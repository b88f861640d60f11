-- What is to be said to whom on a day: one row for each user, kind and thing (assignments/reminding.py
-- has the words). `users` NULL: to everybody. Nobody is told who is not concerned: a cadre and a
-- member of their own work, the secretary of the branch, the office that confirms; where a branch
-- or a ward has none, whoever holds that role nearest above.
WITH reader AS MATERIALIZED (
    SELECT u.id, m.id AS member_id
    FROM accounts_user u
    LEFT JOIN branches_member m
        ON m.id = u.member_id AND (m.left_on IS NULL OR m.left_on > %(day)s::date)
    WHERE u.is_active AND (%(users)s::bigint[] IS NULL OR u.id = ANY (%(users)s::bigint[]))
),
held AS MATERIALIZED (
    SELECT g.user_id, g.role, g.organization_id
    FROM accounts_grant g
    JOIN accounts_user u ON u.id = g.user_id AND u.is_active
    WHERE g.role IN ('secretary', 'office') AND g.validity @> %(day)s::date
        AND (g.withdrawn_on IS NULL OR g.withdrawn_on > %(day)s::date)
),
own AS MATERIALIZED (
    SELECT organization_id FROM held WHERE user_id = ANY (%(users)s::bigint[])
),
-- Who looks after an organization: those with the role nearest to it.
keeper AS MATERIALIZED (
    SELECT organization_id, role, user_id
    FROM (
        SELECT
            p.organization_id, held.role, held.user_id,
            rank() OVER (PARTITION BY p.organization_id, held.role ORDER BY above.depth DESC) AS place
        FROM branches_organizationpath p
        CROSS JOIN LATERAL unnest(p.ancestors) WITH ORDINALITY AS above (id, depth)
        JOIN held ON held.organization_id = above.id
        WHERE p.validity @> %(day)s::date
            AND (
                %(users)s::bigint[] IS NULL
                OR p.ancestors && ARRAY(SELECT organization_id FROM own)
            )
    ) ranked
    WHERE place = 1 AND user_id IN (SELECT id FROM reader)
),

-- Visits of the month, quarter or year at hand. What was logged needs no reminder, confirmed or not.
work AS (
    SELECT
        reader.id AS user_id, a.id, a.member_id, a.target_id, a.visits_due,
        datemultirange(a.validity) - coalesce(
            (SELECT range_agg(s.validity) FROM branches_memberstatus s WHERE s.member_id = a.member_id),
            '{}'
        ) AS days,
        span.first_day,
        span.next_day
    FROM reader
    JOIN assignments_assignment a ON a.member_id = reader.member_id AND a.validity @> %(day)s::date
    CROSS JOIN LATERAL (
        SELECT
            date_trunc(a.visits_period, %(day)s::timestamp)::date AS first_day,
            (
                date_trunc(a.visits_period, %(day)s::timestamp) + CASE a.visits_period
                    WHEN 'month' THEN interval '1 month'
                    WHEN 'quarter' THEN interval '3 months'
                    ELSE interval '1 year'
                END
            )::date AS next_day
    ) span
    WHERE span.next_day - %(day)s::date <= %(visit_days)s
),
visit_due AS (
    SELECT
        work.user_id, 'visit_due' AS kind, work.id || ':' || work.first_day AS key,
        work.target_id AS organization_id, NULL::bigint AS member_id, NULL::bigint AS task_id,
        work.next_day - 1 AS day, owed.due - made.number AS number
    FROM work
    CROSS JOIN LATERAL (SELECT work.next_day - work.first_day AS length) whole
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(upper(part) - lower(part)), 0) AS days
        FROM unnest(work.days * datemultirange(daterange(work.first_day, work.next_day))) AS part
    ) on_duty
    CROSS JOIN LATERAL (
        SELECT (2 * work.visits_due * on_duty.days + whole.length) / (2 * whole.length) AS due
    ) owed
    CROSS JOIN LATERAL (
        SELECT count(*) AS number
        FROM (
            SELECT v.branch_id, v.held_on, v.kind
            FROM assignments_visit v
            WHERE v.member_id = work.member_id AND v.state IN ('logged', 'confirmed', 'disputed')
            UNION
            SELECT m.branch_id, m.held_on, m.kind
            FROM branches_attendance t
            JOIN branches_meeting m ON m.id = t.meeting_id
            WHERE t.member_id = work.member_id AND t.capacity = 'assigned' AND t.status = 'present'
        ) visit
        JOIN branches_organizationpath p
            ON p.organization_id = visit.branch_id AND p.validity @> visit.held_on
            AND work.target_id = ANY (p.ancestors)
        WHERE visit.held_on >= work.first_day AND visit.held_on < work.next_day
    ) made
    WHERE made.number < owed.due AND work.days @> %(day)s::date
),

task_due AS (
    SELECT
        reader.id, 'task_due', t.id || ':' || due.day, t.organization_id, NULL::bigint, t.id,
        due.day, 0
    FROM reader
    JOIN assignments_task t
        ON t.member_id = reader.member_id AND t.state IN ('registered', 'in_progress', 'returned')
    CROSS JOIN LATERAL (SELECT coalesce(t.due_on, make_date(t.year, 12, 31)) AS day) due
    WHERE due.day BETWEEN %(day)s::date - %(look_back)s AND %(day)s::date + %(task_days)s
),

roster_missing AS (
    SELECT
        keeper.user_id, 'roster_missing', met.branch_id || ':' || met.held_on || ':' || met.kind,
        met.branch_id, NULL::bigint, NULL::bigint, met.held_on, 0
    FROM keeper
    JOIN (
        SELECT m.branch_id, m.held_on, m.kind
        FROM branches_meeting m
        WHERE m.held_on BETWEEN %(day)s::date - %(look_back)s AND %(day)s::date - 1
            AND m.kind <> 'residents'  -- residents stand on no roster
            AND m.roster_closed_at IS NULL
            AND NOT EXISTS (
                SELECT FROM branches_attendance t WHERE t.meeting_id = m.id AND t.capacity = 'member'
            )
        UNION
        SELECT p.branch_id, p.planned_on, p.kind
        FROM branches_meetingplan p
        WHERE p.state = 'planned'
            AND p.planned_on BETWEEN %(day)s::date - %(look_back)s AND %(day)s::date - 1
    ) met ON met.branch_id = keeper.organization_id
    WHERE keeper.role = 'secretary'
),

-- Only the office of the confirming committee itself, once a month as long as something waits.
waiting AS (
    SELECT
        CASE
            WHEN confirmer.validity @> %(day)s::date THEN confirmer.id
            ELSE confirming_committee(v.confirmer_id, v.branch_id, %(day)s::date)
        END AS organization_id,
        (coalesce(v.claimed_at, v.stated_at) AT TIME ZONE %(zone)s)::date AS since
    FROM assignments_visit v
    JOIN branches_organization confirmer ON confirmer.id = v.confirmer_id
    WHERE v.state = 'logged'
        AND (
            %(users)s::bigint[] IS NULL
            OR NOT confirmer.validity @> %(day)s::date
            OR confirmer.id IN (SELECT organization_id FROM own)
        )
    UNION ALL
    SELECT
        confirming_committee(a.confirmer_id, a.target_id, %(day)s::date),
        coalesce(
            (
                SELECT max(step.at AT TIME ZONE %(zone)s)::date
                FROM assignments_taskstep step
                WHERE step.task_id = t.id AND step.kind = 'reported'
            ),
            least(t.due_on, %(day)s::date)  -- one that was imported as reported
        )
    FROM assignments_task t
    JOIN assignments_assignment a ON a.id = t.assignment_id
    WHERE t.state = 'reported'
        AND (
            %(users)s::bigint[] IS NULL
            OR a.confirmer_id IN (SELECT organization_id FROM own)
            OR EXISTS (
                SELECT FROM branches_organizationpath p
                WHERE p.organization_id = a.target_id AND p.validity @> %(day)s::date
                    AND p.ancestors && ARRAY(SELECT organization_id FROM own)
            )
        )
),
confirmation_waiting AS (
    SELECT
        held.user_id, 'confirmation_waiting',
        held.organization_id || ':' || date_trunc('month', %(day)s::timestamp)::date,
        held.organization_id, NULL::bigint, NULL::bigint, waits.since, waits.number
    FROM held
    JOIN (
        SELECT organization_id, min(since) AS since, count(*) AS number
        FROM waiting
        GROUP BY organization_id
    ) waits USING (organization_id)
    WHERE held.role = 'office' AND waits.since <= %(day)s::date - %(confirm_days)s
),

exemption_ending AS (
    SELECT DISTINCT
        keeper.user_id, 'exemption_ending', s.id || ':' || (upper(s.validity) - 1),
        belongs.branch_id, s.member_id, NULL::bigint, upper(s.validity) - 1, 0
    FROM branches_memberstatus s
    JOIN branches_membership belongs
        ON belongs.member_id = s.member_id AND belongs.validity @> %(day)s::date
    JOIN branches_member m ON m.id = s.member_id AND (m.left_on IS NULL OR m.left_on > %(day)s::date)
    JOIN keeper ON keeper.organization_id = belongs.branch_id
    WHERE s.status IN ('exempt', 'away')
        AND upper(s.validity) - 1 BETWEEN %(day)s::date AND %(day)s::date + %(exemption_days)s
),

-- Months of the year without presence or excuse, from two on: three may cost the membership
-- (Điều 8, Điều lệ Đảng). Counted as the rating counts missed_months.
watched AS MATERIALIZED (
    SELECT belongs.member_id
    FROM keeper
    JOIN branches_membership belongs
        ON belongs.branch_id = keeper.organization_id AND belongs.validity @> %(day)s::date
    WHERE keeper.role = 'secretary'
    UNION
    SELECT member_id FROM reader WHERE member_id IS NOT NULL
),
missed AS (
    SELECT watched.member_id, year.months, year.last_day
    FROM watched
    -- Member by member through an index, whatever the planner thinks of how many are watched.
    CROSS JOIN LATERAL (
        SELECT count(*) AS months, max(last_day) AS last_day
        FROM (
            SELECT max(m.held_on) AS last_day
            FROM branches_attendance t
            JOIN branches_meeting m ON m.id = t.meeting_id
            JOIN branches_membership belonged
                ON belonged.member_id = t.member_id AND belonged.branch_id = m.branch_id
                AND belonged.validity @> m.held_on
            WHERE t.member_id = watched.member_id AND t.capacity = 'member'
                AND m.held_on BETWEEN date_trunc('year', %(day)s::timestamp)::date AND %(day)s::date
                AND m.kind = ANY (%(kinds)s)
                AND NOT EXISTS (
                    SELECT FROM branches_memberstatus s
                    WHERE s.member_id = t.member_id AND s.validity @> m.held_on
                )
            GROUP BY date_trunc('month', m.held_on::timestamp)
            HAVING bool_and(t.status = 'unexcused')
        ) month
        OFFSET 0
    ) year
    WHERE year.months >= 2
),
absent_months AS (
    SELECT DISTINCT
        concerned.user_id, 'absent_months',
        missed.member_id || ':' || date_part('year', %(day)s::date) || ':' || missed.months,
        belongs.branch_id, missed.member_id, NULL::bigint, missed.last_day, missed.months
    FROM missed
    JOIN branches_membership belongs
        ON belongs.member_id = missed.member_id AND belongs.validity @> %(day)s::date
    JOIN branches_member m
        ON m.id = missed.member_id AND (m.left_on IS NULL OR m.left_on > %(day)s::date)
    CROSS JOIN LATERAL (
        SELECT keeper.user_id
        FROM keeper
        WHERE keeper.organization_id = belongs.branch_id AND keeper.role = 'secretary'
        UNION
        SELECT reader.id FROM reader WHERE reader.member_id = missed.member_id
    ) concerned
),

-- Steps of the year end past their last day (evaluations/sql/late_steps.sql). Whoever does a step is
-- told of it where it is done, and the board that opened the cycle how many branches are late: those
-- with the role nearest above. The key begins with the cycle.
chief AS MATERIALIZED (
    SELECT g.user_id, g.role, g.organization_id
    FROM accounts_grant g
    JOIN accounts_user u ON u.id = g.user_id AND u.is_active
    WHERE g.role IN ('secretary', 'office', 'leader', 'board') AND g.validity @> %(day)s::date
        AND (g.withdrawn_on IS NULL OR g.withdrawn_on > %(day)s::date)
),
late AS MATERIALIZED (
    SELECT *
    FROM late_steps(
        %(day)s::date, %(day)s::date - %(look_back)s,
        CASE WHEN %(users)s::bigint[] IS NOT NULL THEN ARRAY(
            SELECT organization_id FROM chief WHERE user_id = ANY (%(users)s::bigint[])
        ) END
    )
),
late_of AS (
    SELECT
        role, organization_id, min(due_on) AS day,
        CASE WHEN role = 'secretary' THEN 0 ELSE count(*) END AS number,
        cycle_id || ':' || role || ':' || organization_id || ':'
            || CASE WHEN role = 'board' THEN '' ELSE kind END || ':' || max(due_on) AS key
    FROM (
        SELECT cycle_id, done_by AS role, place_id AS organization_id, kind, due_on FROM late
        UNION ALL
        SELECT cycle_id, 'board', cycle_organization_id, '', due_on FROM late
    ) AS each_late
    GROUP BY cycle_id, role, organization_id, kind
),
step_late AS (
    SELECT
        user_id, 'step_late', key, organization_id, NULL::bigint, NULL::bigint, day, number
    FROM (
        SELECT
            chief.user_id, late_of.*,
            rank() OVER (PARTITION BY late_of.key ORDER BY above.depth DESC) AS place
        FROM late_of
        JOIN branches_organizationpath p
            ON p.organization_id = late_of.organization_id AND p.validity @> %(day)s::date
        CROSS JOIN LATERAL unnest(p.ancestors) WITH ORDINALITY AS above (id, depth)
        JOIN chief ON chief.organization_id = above.id AND chief.role = late_of.role
    ) AS ranked
    WHERE place = 1
),

found AS (
    SELECT * FROM visit_due
    UNION ALL SELECT * FROM task_due
    UNION ALL SELECT * FROM roster_missing
    UNION ALL SELECT * FROM confirmation_waiting
    UNION ALL SELECT * FROM exemption_ending
    UNION ALL SELECT * FROM absent_months
    UNION ALL SELECT * FROM step_late
)
SELECT
    found.user_id, found.kind, found.key, found.organization_id, o.name AS place, found.member_id,
    m.full_name AS member, found.task_id, t.title AS task, found.day, found.number,
    told.put_aside_at IS NOT NULL AS is_aside
FROM found
JOIN reader ON reader.id = found.user_id
JOIN branches_organization o ON o.id = found.organization_id
LEFT JOIN branches_member m ON m.id = found.member_id
LEFT JOIN assignments_task t ON t.id = found.task_id
LEFT JOIN assignments_reminderchoice choice ON choice.user_id = found.user_id
LEFT JOIN assignments_reminder told
    ON told.user_id = found.user_id AND told.kind = found.kind AND told.key = found.key
WHERE found.kind <> ALL (coalesce(choice.muted, '{}'))
