-- Tasks, reviews and deductions (docs/rating-rules.md, 4.3 to 4.5).

-- A confirmed task counts by its outcome, a reported one waits, another that was due is unmet.
CREATE TEMP VIEW work AS
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
    SELECT member_id, t.weight, CASE
        WHEN t.state = 'confirmed' THEN t.outcome
        WHEN t.state = 'reported' THEN 'pending'
        WHEN coalesce(t.due_on, %(last_day)s) <= %(as_of)s THEN 'unmet'
    END AS result
    FROM shard_member
    JOIN assignments_task t USING (member_id)
    WHERE t.year = %(year)s AND t.state NOT IN ('draft', 'cancelled')
    -- The result is found once, not for each count; and few rows a member are grouped faster when
    -- they are in order.
    ORDER BY member_id
    OFFSET 0
) task
WHERE result IS NOT NULL
GROUP BY member_id;

CREATE TEMP TABLE review ON COMMIT DROP AS
SELECT
    member_id,
    count(*) AS reviews,
    sum(
        CASE level
            WHEN 'excellent' THEN %(excellent_credit)s
            WHEN 'good' THEN %(good_credit)s
            WHEN 'completed' THEN %(completed_credit)s
            ELSE %(failed_credit)s
        END
    ) AS credited
FROM shard_member
JOIN assignments_assignment a USING (member_id)
JOIN assignments_review r ON r.assignment_id = a.id AND r.year = %(year)s
GROUP BY member_id;

CREATE TEMP TABLE conduct ON COMMIT DROP AS
SELECT member_id, sum(points) AS deducted
FROM shard_member
JOIN evaluations_deduction d USING (member_id)
WHERE d.occurred_on BETWEEN %(first_day)s AND %(as_of)s
GROUP BY member_id;

CREATE TEMP TABLE discipline ON COMMIT DROP AS
SELECT member_id, count(*) AS disciplines
FROM shard_member
JOIN branches_discipline d USING (member_id)
WHERE d.decided_on BETWEEN %(first_day)s AND %(as_of)s
GROUP BY member_id;

-- What only few members have, side by side: one join instead of six for all the others.
CREATE TEMP TABLE rare ON COMMIT DROP AS
SELECT
    member_id,
    inactive.status,
    moved.held, moved.present, moved.excused, moved.unexcused, moved.missed, moved.attended,
    duty.required AS duty_required,
    duty.credited AS duty_credited,
    review.reviews AS review_d,
    review.credited AS review_n,
    conduct.deducted,
    discipline.disciplines
FROM (
    SELECT member_id FROM inactive
    UNION SELECT member_id FROM moved
    UNION SELECT member_id FROM duty
    UNION SELECT member_id FROM review
    UNION SELECT member_id FROM conduct
    UNION SELECT member_id FROM discipline
) few
LEFT JOIN inactive USING (member_id)
LEFT JOIN moved USING (member_id)
LEFT JOIN duty USING (member_id)
LEFT JOIN review USING (member_id)
LEFT JOIN conduct USING (member_id)
LEFT JOIN discipline USING (member_id);
ANALYZE rare;
