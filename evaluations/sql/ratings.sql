-- Points, score, level and cap of everybody in the shard (docs/rating-rules.md, 3 and 5 to 7),
-- written to the target: the ratings of a roll-up, or the table of a trial.

INSERT INTO %(target)s (
    roll_up_id, member_id, branch_id, unit_id, person_class, rated, not_rated_reason,
    held, present, excused, unexcused, unrecorded, missed_months, duty_required, duty_credited,
    tasks_total, tasks_exceeded, tasks_met, tasks_late, tasks_unmet, tasks_pending, disciplines,
    points_conduct, points_attendance, points_tasks, points_duty, points_review,
    score, level, capped, suggested_level, needs_decision
)
WITH
per_branch AS (SELECT branch_id, count(*) AS held FROM required GROUP BY branch_id),
-- What was recorded of each member in each branch of the shard. No row means not recorded.
-- `months` has a bit for each month in which the member came or was excused, and 16 bits higher one
-- for each in which not.
roster AS (
    SELECT
        a.member_id,
        r.branch_id,
        count(*) AS recorded,
        count(*) FILTER (WHERE a.status = 'excused') AS excused,
        count(*) FILTER (WHERE a.status = 'unexcused') AS unexcused,
        bit_or(CASE WHEN a.status = 'unexcused' THEN r.month << 16 ELSE r.month END) AS months
    FROM required r
    JOIN branches_attendance a ON a.meeting_id = r.meeting_id AND a.capacity = 'member'
    WHERE r.here
    GROUP BY a.member_id, r.branch_id
),
-- A confirmed task counts by its outcome, a reported one waits, another that was due is unmet. Weights
-- have at most 4 places and count in ten-thousandths, as the credits do.
work AS (
    SELECT
        member_id,
        count(*) FILTER (WHERE result = 'exceeded') AS exceeded,
        count(*) FILTER (WHERE result = 'met') AS met,
        count(*) FILTER (WHERE result = 'late') AS late,
        count(*) FILTER (WHERE result = 'unmet') AS unmet,
        count(*) FILTER (WHERE result = 'pending') AS pending,
        sum(weight) FILTER (WHERE result <> 'pending') AS weight,
        sum(
            weight * CASE result
                WHEN 'exceeded' THEN %(exceeded_credit)s
                WHEN 'met' THEN %(met_credit)s
                WHEN 'late' THEN %(late_credit)s
                ELSE %(unmet_credit)s
            END
        ) FILTER (WHERE result <> 'pending') AS credited
    FROM (
        SELECT member_id, (t.weight * 10000)::bigint AS weight, CASE
            WHEN t.state = 'confirmed' THEN t.outcome
            WHEN t.state = 'reported' THEN 'pending'
            WHEN coalesce(t.due_on, %(last_day)s) <= %(as_of)s THEN 'unmet'
        END AS result
        FROM shard_member
        JOIN assignments_task t USING (member_id)
        WHERE t.year = %(year)s AND t.state NOT IN ('draft', 'cancelled')
        -- The result is found once, not for each count; and few rows a member are grouped faster
        -- when they are in order.
        ORDER BY member_id
        OFFSET 0
    ) task
    WHERE result IS NOT NULL
    GROUP BY member_id
),
-- The few of whom there is something rare, a row for each.
few AS (
    SELECT
        member_id,
        max(status) AS status,
        max(held) AS held,
        max(present) AS present,
        max(excused) AS excused,
        max(unexcused) AS unexcused,
        max(missed) AS missed,
        max(attended) AS attended,
        max(duty_required) AS duty_required,
        max(duty_credited) AS duty_credited,
        max(review_d) AS review_d,
        max(review_n) AS review_n,
        max(conduct_n) AS conduct_n,
        max(disciplines) AS disciplines
    FROM rare
    GROUP BY member_id
),
-- Which criteria apply has only 32 combinations: A of each criterion, once per combination.
combination AS (
    SELECT
        applying,
        sum(most) FILTER (WHERE in_group = %(conduct_group)s)::%(whole)s AS conduct_a,
        sum(most) FILTER (WHERE in_group = %(attendance_group)s)::%(whole)s AS attendance_a,
        sum(most) FILTER (WHERE in_group = %(tasks_group)s)::%(whole)s AS tasks_a,
        sum(most) FILTER (WHERE in_group = %(duty_group)s)::%(whole)s AS duty_a,
        sum(most) FILTER (WHERE in_group = %(review_group)s)::%(whole)s AS review_a,
        count(DISTINCT in_group) < %(groups)s AS lacks_results
    FROM generate_series(0, 31) AS applying
    LEFT JOIN (
        VALUES
            (1, %(conduct_group)s, %(conduct_points)s),
            (2, %(attendance_group)s, %(attendance_points)s),
            (4, %(tasks_group)s, %(tasks_points)s),
            (8, %(duty_group)s, %(duty_points)s),
            (16, %(review_group)s, %(review_points)s)
    ) AS criterion (bit, in_group, most) ON applying & bit > 0
    GROUP BY applying
),
fact AS (
    SELECT
        m.member_id, m.branch_id, m.unit_id, m.person_class, m.is_new, status,
        -- Those who are not steady have facts of several branches or of some days only.
        coalesce(CASE WHEN steady THEN per_branch.held ELSE few.held END, 0) AS held,
        coalesce(
            CASE WHEN steady THEN roster.recorded - roster.excused - roster.unexcused
            ELSE few.present END, 0
        ) AS present,
        coalesce(CASE WHEN steady THEN roster.excused ELSE few.excused END, 0) AS excused,
        coalesce(CASE WHEN steady THEN roster.unexcused ELSE few.unexcused END, 0) AS unexcused,
        CASE -- only few of them missed a meeting
            WHEN CASE WHEN steady THEN roster.unexcused ELSE few.unexcused END > 0 THEN bit_count((
                CASE WHEN steady THEN roster.months >> 16 & ~roster.months
                ELSE few.missed & ~coalesce(few.attended, 0) END
            )::bit(16))
            ELSE 0
        END AS missed_months,
        coalesce(duty_required, 0) AS duty_required,
        coalesce(duty_credited, 0) AS duty_credited,
        coalesce(exceeded, 0) AS exceeded,
        coalesce(met, 0) AS met,
        coalesce(late, 0) AS late,
        coalesce(unmet, 0) AS unmet,
        coalesce(pending, 0) AS pending,
        coalesce(disciplines, 0) AS disciplines,
        coalesce(conduct_n, 10000 * %(conduct_d)s) AS conduct_n,
        coalesce(credited, 0) AS tasks_n,
        coalesce(weight, 0) AS tasks_d,
        coalesce(review_n, 0) AS review_n,
        coalesce(review_d, 0) AS review_d
    FROM shard_member m
    LEFT JOIN few USING (member_id)
    LEFT JOIN per_branch USING (branch_id)
    LEFT JOIN roster USING (member_id, branch_id)
    LEFT JOIN work USING (member_id)
    CROSS JOIN LATERAL (SELECT few.held IS NULL AS steady) s
    OFFSET 0
),
-- What can be said without points: whether the member is rated, which criteria apply, and A × d.
weighed AS (
    SELECT
        fact.*, combination.*, reason,
        present + excused + unexcused AS recorded,
        exceeded + met + late + unmet AS tasks,
        conduct_a * %(conduct_d)s AS conduct_ad,
        attendance_a * (present + excused + unexcused) AS attendance_ad,
        CASE WHEN tasks_d <= %(most_weight)s THEN tasks_a * tasks_d::%(whole)s END AS tasks_ad,
        duty_a * duty_required AS duty_ad,
        review_a * review_d AS review_ad
    FROM fact
    JOIN combination ON applying =
        CASE WHEN %(conduct_points)s > 0 THEN 1 ELSE 0 END
        + CASE WHEN %(attendance_points)s > 0 AND present + excused + unexcused > 0 THEN 2 ELSE 0 END
        + CASE WHEN %(tasks_points)s > 0 AND tasks_d > 0 THEN 4 ELSE 0 END
        + CASE WHEN %(duty_points)s > 0 AND duty_required > 0 THEN 8 ELSE 0 END
        + CASE WHEN %(review_points)s > 0 AND review_d > 0 THEN 16 ELSE 0 END
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN status IN ('exempt', 'suspended') THEN status
            WHEN is_new THEN 'new_member'
            WHEN lacks_results AND disciplines = 0 THEN 'no_results'
            ELSE ''
        END AS reason
    ) rated
    OFFSET 0
),
-- round_half_up(M × G × n / (A × d), 2), exactly, in whole hundredths of a point:
-- floor((200 × M × G × n + A × d) / (2 × A × d)), with 200 × M × G as one number, n in ten-thousandths
-- and A times as many. Where tasks weigh so much that bigint might not hold the products, tasks_ad is
-- null and they are numeric.
pointed AS (
    SELECT
        unit_id, person_class, member_id, branch_id, reason, held, present, excused, unexcused,
        recorded, missed_months, duty_required, duty_credited, tasks, exceeded, met, late, unmet,
        pending, disciplines,
        CASE WHEN reason = '' AND applying & 1 > 0 THEN %(div)s(
            %(conduct_factor)s * conduct_n + conduct_ad, 2 * conduct_ad
        )::int END AS conduct,
        CASE WHEN reason = '' AND applying & 2 > 0 THEN %(div)s(
            %(attendance_factor)s * (10000 * present + %(excused_credit)s * excused) + attendance_ad,
            2 * attendance_ad
        )::int END AS attendance,
        CASE WHEN reason = '' AND applying & 4 > 0 THEN CASE
            WHEN tasks_ad IS NULL THEN div(
                %(tasks_factor)s * tasks_n + tasks_a * tasks_d, 2 * tasks_a * tasks_d
            )::int
            ELSE %(div)s(%(tasks_factor)s * tasks_n::%(whole)s + tasks_ad, 2 * tasks_ad)::int
        END END AS work,
        CASE WHEN reason = '' AND applying & 8 > 0 THEN %(div)s(
            %(duty_factor)s * 10000 * duty_credited + duty_ad, 2 * duty_ad
        )::int END AS duty,
        CASE WHEN reason = '' AND applying & 16 > 0 THEN %(div)s(
            %(review_factor)s * review_n + review_ad, 2 * review_ad
        )::int END AS review
    FROM weighed
    OFFSET 0
),
-- The first that holds. Step 6 is the case that the documents leave open. Least scores are in
-- hundredths too, shares in ten-thousandths. What the cap looks for comes first in the row.
levelled AS (
    SELECT
        CASE
            WHEN reason <> '' THEN 0
            WHEN disciplines > 0 THEN 1
            WHEN score < %(least_completed)s OR unmet * 10000 > %(unmet_fail_share)s * tasks THEN 2
            WHEN
                score >= %(least_excellent)s AND tasks >= 1 AND unmet = 0 AND late = 0
                AND exceeded * 10000 >= %(exceeded_share)s * tasks
                THEN 3
            WHEN score >= %(least_good)s AND unmet = 0 AND late = 0 THEN 4
            WHEN unmet = 0 AND late * 10000 <= %(late_share)s * tasks THEN 5
            ELSE 6
        END AS step,
        *
    FROM pointed
    CROSS JOIN LATERAL (
        SELECT
            coalesce(conduct, 0) + coalesce(attendance, 0) + coalesce(work, 0)
            + coalesce(duty, 0) + coalesce(review, 0) AS score
    ) total
),
-- Each cap unit in which more are excellent than the k places there are.
crowded AS (
    SELECT cap.unit_id, cap.class, places
    FROM (
        SELECT
            unit_id,
            CASE WHEN %(cap_by_class)s THEN person_class ELSE '' END AS class,
            count(*) FILTER (WHERE step = 3) AS excellent,
            count(*) FILTER (WHERE step = 4) AS good
        FROM levelled
        GROUP BY unit_id, class
    ) cap
    LEFT JOIN evaluations_unitcap own ON own.unit_id = cap.unit_id AND own.year = %(year)s
    CROSS JOIN LATERAL (SELECT coalesce(own.percent, %(cap_percent)s) AS p) share
    CROSS JOIN LATERAL (
        SELECT div(
            p * (excellent + good),
            CASE %(cap_base)s WHEN 'good' THEN 100 + p ELSE 100 END
        ) AS places
    ) k
    WHERE excellent > places
),
-- First and last place of those with equal keys. Shares are compared exactly: as whole numbers
-- of 10^-10: nothing is counted beyond 2^15, and two different shares are 2^-30 apart at the least.
placed AS (
    SELECT
        member_id, places,
        rank() OVER best AS first_place,
        count(*) OVER best AS last_place
    FROM levelled
    JOIN crowded
        ON crowded.unit_id = levelled.unit_id
        AND crowded.class = CASE WHEN %(cap_by_class)s THEN person_class ELSE '' END
    WHERE step = 3
    WINDOW best AS (
        PARTITION BY crowded.unit_id, crowded.class
        ORDER BY
            score DESC,
            %(div)s(exceeded * %(share)s, tasks) DESC,
            %(div)s(
                (10000 * present + %(excused_credit)s * excused) * %(share)s, greatest(recorded, 1)
            ) DESC
    )
)
SELECT
    %(roll_up)s, member_id, branch_id, unit_id, person_class, reason = '', reason,
    held, present, excused, unexcused, held - recorded, missed_months, duty_required, duty_credited,
    tasks, exceeded, met, late, unmet, pending, disciplines,
    conduct * 0.01, attendance * 0.01, work * 0.01, duty * 0.01, review * 0.01,
    CASE WHEN reason = '' THEN score * 0.01 END,
    level,
    is_capped,
    CASE WHEN is_capped THEN 'good' ELSE level END,
    CASE
        WHEN reason <> '' THEN reason = 'no_results'
        ELSE step IN (1, 6) OR pending > 0 OR 2 * (held - recorded) > held
            OR is_capped AND first_place <= greatest(places, 1)
    END
FROM levelled
LEFT JOIN placed USING (member_id)
CROSS JOIN LATERAL (
    SELECT
        (ARRAY['', 'failed', 'failed', 'excellent', 'good', 'completed', 'completed'])[step + 1] AS level,
        coalesce(last_place > places, false) AS is_capped
) result
