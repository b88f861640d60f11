-- What ballots carry, and that votes add up. Both are looked up appraisal by appraisal, branch by
-- branch, whatever the planner thinks of the tables: all branches of a province may be settled in one
-- transaction, of which its statistics know nothing yet (branches/sql/linear_checks.sql).

-- What the ballots carry for each appraisal: its first ballot and, where it was voted good, the
-- second of the same round. `needs` is exact: a level is carried by more votes than that.
CREATE OR REPLACE VIEW evaluations_votedlevel AS
SELECT
    a.id AS appraisal_id,
    a.cycle_branch_id,
    CASE
        WHEN first.level = 'good' AND second.excellent > second.needs THEN 'excellent'
        ELSE coalesce(first.level, '')
    END AS level,
    coalesce(first.level, '') AS first_level
FROM evaluations_appraisal AS a
JOIN evaluations_cycle AS c ON c.id = a.cycle_id
LEFT JOIN LATERAL (
    SELECT
        v.round,
        CASE
            WHEN n.excellent > b.needs THEN 'excellent'
            WHEN n.good + b.better * n.excellent > b.needs THEN 'good'
            WHEN n.completed + b.better * (n.excellent + n.good) > b.needs THEN 'completed'
            WHEN n.failed + b.better * (n.excellent + n.good + n.completed) > b.needs THEN 'failed'
        END AS level
    FROM (SELECT * FROM evaluations_votecount WHERE appraisal_id = a.id OFFSET 0) AS n
    CROSS JOIN LATERAL (SELECT * FROM evaluations_vote WHERE id = n.vote_id OFFSET 0) AS v
    CROSS JOIN LATERAL (
        SELECT
            c.vote_share * (v.convened - v.away - v.absent_exempt) AS needs,
            CASE WHEN c.vote_counting = 'at_least' THEN 1 ELSE 0 END AS better
    ) AS b
    WHERE v.ballot = 1
    ORDER BY v.round
    LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT
        n.excellent,
        c.vote_share * (v.convened - v.away - v.absent_exempt) AS needs
    FROM (SELECT * FROM evaluations_votecount WHERE appraisal_id = a.id OFFSET 0) AS n
    CROSS JOIN LATERAL (SELECT * FROM evaluations_vote WHERE id = n.vote_id OFFSET 0) AS v
    WHERE v.ballot = 2 AND v.round = first.round
) AS second ON true;

-- Write what the ballots carry to the appraisals of some branches of cycles.
CREATE OR REPLACE FUNCTION settle_votes(branches bigint[]) RETURNS void
LANGUAGE sql
SET enable_seqscan = off
AS $$
    UPDATE evaluations_appraisal AS a
    SET voted_level = settled.level
    FROM (
        SELECT carried.appraisal_id, carried.level
        FROM unnest(branches) AS b (id)
        CROSS JOIN LATERAL (
            SELECT appraisal_id, level FROM evaluations_votedlevel
            WHERE cycle_branch_id = b.id OFFSET 0
        ) AS carried
    ) AS settled
    WHERE a.id = settled.appraisal_id AND a.voted_level <> settled.level
$$;

-- All that must be true of the votes of a branch when a transaction ends.
CREATE OR REPLACE FUNCTION check_votes(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    -- A ballot says something of somebody. The second is of those whom the first of its round
    -- voted good, and a later round follows an earlier one.
    SELECT v.id, v.round, v.ballot INTO wrong
    FROM evaluations_vote AS v
    WHERE v.cycle_branch_id = ANY (touched) AND (
        v.round > 1 AND NOT EXISTS (
            SELECT FROM evaluations_vote AS earlier
            WHERE earlier.cycle_branch_id = v.cycle_branch_id AND earlier.ballot = 1
                AND earlier.round = v.round - 1 AND earlier.held_on <= v.held_on
        )
        OR v.ballot = 2 AND NOT EXISTS (
            SELECT FROM evaluations_vote AS first
            WHERE first.cycle_branch_id = v.cycle_branch_id AND first.ballot = 1
                AND first.round = v.round AND first.held_on <= v.held_on
        )
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('vote_after_the_earlier_one', format(
            'ballot %s of round %s has none before it', wrong.ballot, wrong.round));
    END IF;

    SELECT v.round, v.ballot INTO wrong
    FROM evaluations_vote AS v
    WHERE v.cycle_branch_id = ANY (touched)
        AND NOT EXISTS (SELECT FROM evaluations_votecount AS n WHERE n.vote_id = v.id)
        AND (v.ballot = 2 OR NOT EXISTS (
            SELECT FROM evaluations_notvoted AS o WHERE o.vote_id = v.id))
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('vote_on_somebody', format(
            'ballot %s of round %s says nothing of anybody', wrong.ballot, wrong.round));
    END IF;

    -- The numbers of each member are the valid papers together, for levels that the paper offers.
    SELECT
        n.appraisal_id, v.returned - v.invalid AS valid,
        n.excellent + n.good + n.completed + n.failed + n.blank AS total
    INTO wrong
    FROM evaluations_vote AS v
    JOIN evaluations_votecount AS n ON n.vote_id = v.id
    WHERE v.cycle_branch_id = ANY (touched)
        AND n.excellent + n.good + n.completed + n.failed + n.blank <> v.returned - v.invalid
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('vote_counts_add_up', format(
            'appraisal %s has %s votes, and there are %s valid papers',
            wrong.appraisal_id, wrong.total, wrong.valid));
    END IF;

    SELECT n.appraisal_id, v.ballot INTO wrong
    FROM evaluations_vote AS v
    JOIN evaluations_cyclebranch AS b ON b.id = v.cycle_branch_id
    JOIN evaluations_cycle AS c ON c.id = b.cycle_id
    JOIN evaluations_votecount AS n ON n.vote_id = v.id
    LEFT JOIN evaluations_votedlevel AS carried
        ON carried.appraisal_id = n.appraisal_id AND v.ballot = 2
    WHERE v.cycle_branch_id = ANY (touched) AND (
        v.ballot = 1 AND c.second_ballot AND n.excellent > 0
        OR v.ballot = 2 AND (
            NOT c.second_ballot OR n.completed > 0 OR n.failed > 0
            OR carried.first_level <> 'good'
            OR NOT EXISTS (
                SELECT FROM evaluations_vote AS first
                JOIN evaluations_votecount AS f ON f.vote_id = first.id
                WHERE first.cycle_branch_id = v.cycle_branch_id AND first.round = v.round
                    AND first.ballot = 1 AND f.appraisal_id = n.appraisal_id
            )
        )
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('vote_for_what_the_ballot_offers', format(
            'ballot %s does not offer the level voted to appraisal %s',
            wrong.ballot, wrong.appraisal_id));
    END IF;

    -- Members of the branch, each in one round.
    SELECT said.appraisal_id INTO wrong
    FROM evaluations_vote AS v
    JOIN (
        SELECT vote_id, appraisal_id FROM evaluations_votecount
        UNION ALL
        SELECT vote_id, appraisal_id FROM evaluations_notvoted
    ) AS said ON said.vote_id = v.id
    JOIN evaluations_appraisal AS a ON a.id = said.appraisal_id
    WHERE v.cycle_branch_id = ANY (touched) AND a.cycle_branch_id <> v.cycle_branch_id
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('vote_on_members_of_the_branch', format(
            'appraisal %s is none of the branch that voted', wrong.appraisal_id));
    END IF;

    SELECT said.appraisal_id INTO wrong
    FROM evaluations_vote AS v
    JOIN (
        SELECT vote_id, appraisal_id FROM evaluations_votecount
        UNION ALL
        SELECT vote_id, appraisal_id FROM evaluations_notvoted
    ) AS said ON said.vote_id = v.id
    WHERE v.cycle_branch_id = ANY (touched)
        AND EXISTS (
            SELECT FROM evaluations_vote AS earlier
            JOIN evaluations_votecount AS n ON n.vote_id = earlier.id
            WHERE earlier.cycle_branch_id = v.cycle_branch_id AND n.appraisal_id = said.appraisal_id
                AND earlier.round < v.round
        )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('vote_once_on_a_member', format(
            'appraisal %s was voted on in an earlier round', wrong.appraisal_id));
    END IF;

    SELECT o.appraisal_id INTO wrong
    FROM evaluations_notvoted AS o
    JOIN evaluations_vote AS v ON v.id = o.vote_id
    WHERE v.cycle_branch_id = ANY (touched) AND (
        v.ballot = 2 OR EXISTS (
            SELECT FROM evaluations_votecount AS n
            WHERE n.vote_id = o.vote_id AND n.appraisal_id = o.appraisal_id)
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('vote_or_reason', format(
            'appraisal %s was voted on, or not, but not both', wrong.appraisal_id));
    END IF;

    -- What the ballots carry stands on the appraisals.
    SELECT carried.appraisal_id, carried.level INTO wrong
    FROM evaluations_votedlevel AS carried
    JOIN evaluations_appraisal AS a ON a.id = carried.appraisal_id
    WHERE carried.cycle_branch_id = ANY (touched) AND a.voted_level <> carried.level
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('voted_level_is_carried', format(
            'the ballots carry “%s” for appraisal %s', wrong.level, wrong.appraisal_id));
    END IF;
END;
$$;

