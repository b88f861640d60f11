-- What new decisions were decided on, looked up once for each of them.

-- Who is equal with others at the cap is left open too: that ground stands in the place of the general
-- one.
CREATE OR REPLACE FUNCTION check_decisions_made() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT made.* INTO wrong
    FROM (
        SELECT
            changed.appraisal_id,
            a.not_rated_reason,
            needed.grounds,
            a.rating_id IS DISTINCT FROM changed.rating_id AS on_another_suggestion,
            changed.level <> '' AND (a.rated OR a.not_rated_reason = 'no_results') IS NOT TRUE
                AS not_rated,
            changed.level <> '' AND (
                NOT EXISTS (
                    SELECT FROM evaluations_stepdone s
                    WHERE s.cycle_branch_id = a.cycle_branch_id AND s.kind = 'vote'
                )
                OR b.section_id IS NOT NULL
                AND EXISTS (
                    SELECT FROM evaluations_cyclestep s
                    WHERE s.cycle_id = b.cycle_id AND s.kind = 'section'
                )
                AND NOT EXISTS (
                    SELECT FROM evaluations_stepdone s
                    WHERE s.cycle_branch_id = a.cycle_branch_id AND s.kind = 'section'
                )
                OR NOT EXISTS (
                    SELECT FROM evaluations_votecount v WHERE v.appraisal_id = changed.appraisal_id
                )
            ) AS before_the_vote,
            changed.level <> '' AND NOT needed.grounds <@ (
                changed.grounds::text[]
                || CASE WHEN changed.grounds @> ARRAY['tie'::varchar]
                    THEN ARRAY['undecided'] ELSE '{}' END
            ) AS without_grounds
        FROM changed
        CROSS JOIN LATERAL (
            SELECT * FROM evaluations_appraisal WHERE id = changed.appraisal_id OFFSET 0
        ) AS a
        CROSS JOIN LATERAL (
            SELECT cycle_id, section_id FROM evaluations_cyclebranch
            WHERE id = a.cycle_branch_id OFFSET 0
        ) AS b
        LEFT JOIN LATERAL (
            SELECT disciplines, needs_decision FROM evaluations_rating
            WHERE id = a.rating_id OFFSET 0
        ) AS r ON true
        CROSS JOIN LATERAL decision_grounds(
            changed.level, a.suggested_level, a.voted_level, r.disciplines, r.needs_decision
        ) AS needed (grounds)
    ) AS made
    WHERE on_another_suggestion OR not_rated OR before_the_vote OR without_grounds
    LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;

    IF wrong.on_another_suggestion THEN
        PERFORM refuse('decision_on_the_suggestion', format(
            'appraisal %s has another suggestion by now', wrong.appraisal_id));
    ELSIF wrong.not_rated THEN
        PERFORM refuse('decision_on_the_rated', format(
            'appraisal %s is not to be decided on (%s)', wrong.appraisal_id,
            coalesce(nullif(wrong.not_rated_reason, ''), 'no suggestion taken')));
    ELSIF wrong.before_the_vote THEN
        PERFORM refuse('decision_after_the_vote', format(
            'the branch has not voted on appraisal %s, or its steps before the decision are not done',
            wrong.appraisal_id));
    END IF;
    PERFORM refuse('decision_with_its_grounds', format(
        'the decision on appraisal %s does not say why it needs a reason: %s',
        wrong.appraisal_id, wrong.grounds));
END;
$$;
