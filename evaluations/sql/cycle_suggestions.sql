-- Copy the suggestions of the newest finished roll-up of each unit that has the rating set and the
-- cut-off date of the cycle (docs/year-end.md, 2). Gives how many changed.

WITH
-- Whoever is found by two roll-ups of the same day, in two units: the newer one knows better.
suggestion AS (
    SELECT DISTINCT ON (r.member_id) r.*
    FROM (
        SELECT u.unit_id, max(u.roll_up_id) AS roll_up_id
        FROM evaluations_rollupunit u
        JOIN evaluations_rollup run ON run.id = u.roll_up_id
        WHERE u.unit_id IN (
                SELECT unit_id FROM evaluations_cyclebranch WHERE cycle_id = %(cycle)s
            )
            AND run.state = 'finished' AND run.year = %(year)s
            AND run.scheme_id = %(scheme)s AND run.as_of = %(cut_off)s
        GROUP BY u.unit_id
    ) newest
    JOIN evaluations_rating r USING (roll_up_id, unit_id)
    ORDER BY r.member_id, r.roll_up_id DESC
),
taken AS (
    UPDATE evaluations_appraisal a
    SET
        rating_id = s.id,
        person_class = s.person_class,
        rated = s.rated,
        not_rated_reason = s.not_rated_reason,
        suggested_level = s.suggested_level
    FROM suggestion s
    WHERE a.cycle_id = %(cycle)s AND a.member_id = s.member_id
        AND a.rating_id IS DISTINCT FROM s.id
    RETURNING 1
)
SELECT count(*) FROM taken
