-- Whose level a trial changes: the ratings of the trial beside the latest ones on record.

CREATE TEMP TABLE trial_change ON COMMIT DROP AS
SELECT DISTINCT ON (t.member_id)
    t.member_id, t.branch_id, t.unit_id,
    t.person_class, t.level AS uncapped_level,
    t.suggested_level AS level, t.score, t.capped, t.needs_decision,
    o.id AS rating_id, o.roll_up_id, o.suggested_level AS former_level, o.score AS former_score,
    -- Facts that were not the same at the roll-up: then it is not the rating set alone.
    o.id IS NOT NULL AND (
        (
            t.person_class, t.unit_id, t.duty_required, t.duty_credited, t.tasks_total,
            t.tasks_exceeded, t.tasks_met, t.tasks_late, t.tasks_unmet, t.tasks_pending,
            t.disciplines
        ) IS DISTINCT FROM (
            o.person_class, o.unit_id, o.duty_required, o.duty_credited, o.tasks_total,
            o.tasks_exceeded, o.tasks_met, o.tasks_late, o.tasks_unmet, o.tasks_pending,
            o.disciplines
        )
        OR o.roll_up_id = ANY (%(like_meetings)s) AND (
            t.held, t.present, t.excused, t.unexcused
        ) IS DISTINCT FROM (
            o.held, o.present, o.excused, o.unexcused
        )
    ) AS has_other_facts
FROM trial_rating t
LEFT JOIN (
    evaluations_unityear y
    JOIN evaluations_rating o ON o.roll_up_id = y.roll_up_id AND o.unit_id = y.unit_id
) ON y.year = %(year)s AND o.member_id = t.member_id
-- With bigint the array is looked up by hash, and not from end to end for each member.
WHERE t.branch_id = ANY (%(branches)s::bigint[])
ORDER BY t.member_id, o.roll_up_id DESC NULLS LAST
