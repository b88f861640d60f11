-- Votes that add up, on members of the branch, in time; and the level that they carry.
-- See branches/sql/tree.sql for how checks at the end of a transaction work; docs/year-end.md, 3.

-- What the ballots carry for each appraisal: its first ballot and, where it was voted good, the
-- second of the same round. `needs` is exact: a level is carried by more votes than that.
CREATE VIEW evaluations_votedlevel AS
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
    FROM evaluations_votecount AS n
    JOIN evaluations_vote AS v ON v.id = n.vote_id AND v.ballot = 1
    CROSS JOIN LATERAL (
        SELECT
            c.vote_share * (v.convened - v.away - v.absent_exempt) AS needs,
            CASE WHEN c.vote_counting = 'at_least' THEN 1 ELSE 0 END AS better
    ) AS b
    WHERE n.appraisal_id = a.id
    ORDER BY v.round
    LIMIT 1
) AS first ON true
LEFT JOIN LATERAL (
    SELECT
        n.excellent,
        c.vote_share * (v.convened - v.away - v.absent_exempt) AS needs
    FROM evaluations_votecount AS n
    JOIN evaluations_vote AS v ON v.id = n.vote_id AND v.ballot = 2 AND v.round = first.round
    WHERE n.appraisal_id = a.id
) AS second ON true;

-- Write what the ballots carry to the appraisals of some branches of cycles.
CREATE FUNCTION settle_votes(branches bigint[]) RETURNS void
LANGUAGE sql AS $$
    UPDATE evaluations_appraisal AS a
    SET voted_level = carried.level
    FROM evaluations_votedlevel AS carried
    WHERE carried.appraisal_id = a.id
        AND carried.cycle_branch_id = ANY (branches) AND a.cycle_branch_id = ANY (branches)
        AND a.voted_level <> carried.level
$$;

-- All that must be true of the votes of a branch when a transaction ends.
CREATE FUNCTION check_votes(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
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

CREATE FUNCTION check_votes_of_counts(touched bigint[]) RETURNS void
LANGUAGE sql
AS $$ SELECT check_votes((SELECT array_agg(DISTINCT cycle_branch_id) FROM evaluations_vote WHERE id = ANY (touched))) $$;

CREATE TRIGGER check_votes_at_commit_insert AFTER INSERT ON evaluations_vote
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes', 'cycle_branch_id');

CREATE TRIGGER check_votes_at_commit_update AFTER UPDATE ON evaluations_vote
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes', 'cycle_branch_id');

CREATE TRIGGER check_votes_at_commit_delete AFTER DELETE ON evaluations_vote
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes', 'cycle_branch_id');

CREATE TRIGGER check_votes_of_counts_at_commit_insert AFTER INSERT ON evaluations_votecount
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes_of_counts', 'vote_id');

CREATE TRIGGER check_votes_of_counts_at_commit_update AFTER UPDATE ON evaluations_votecount
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes_of_counts', 'vote_id');

CREATE TRIGGER check_votes_of_counts_at_commit_delete AFTER DELETE ON evaluations_votecount
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes_of_counts', 'vote_id');

CREATE TRIGGER check_votes_of_counts_at_commit_insert AFTER INSERT ON evaluations_notvoted
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes_of_counts', 'vote_id');

CREATE TRIGGER check_votes_of_counts_at_commit_update AFTER UPDATE ON evaluations_notvoted
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes_of_counts', 'vote_id');

CREATE TRIGGER check_votes_of_counts_at_commit_delete AFTER DELETE ON evaluations_notvoted
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('votes_of_counts', 'vote_id');

-- Suggestions are taken for a hundred thousand appraisals in one statement: only those whose voted
-- level changes, or that go to another branch, are looked at.
-- Never by nested loops, whatever rows the first statement of the session touched: its plan is kept.
CREATE FUNCTION check_voted_levels_at_commit() RETURNS trigger
LANGUAGE plpgsql
SET enable_nestloop = off
AS $$
BEGIN
    INSERT INTO branches_pendingcheck (rule, touched)
    SELECT 'votes', array_agg(DISTINCT n.cycle_branch_id)
    FROM changed AS n JOIN former AS f USING (id)
    WHERE n.voted_level <> f.voted_level OR n.cycle_branch_id <> f.cycle_branch_id
    HAVING count(*) > 0;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_voted_levels_at_commit_update AFTER UPDATE ON evaluations_appraisal
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_voted_levels_at_commit();

CREATE FUNCTION refuse_given_voted_level() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('voted_level_is_carried', 'no ballot has voted on a new appraisal');
END;
$$;

CREATE TRIGGER voted_level_is_carried BEFORE INSERT ON evaluations_appraisal
FOR EACH ROW WHEN (NEW.voted_level <> '') EXECUTE FUNCTION refuse_given_voted_level();

-- When a ballot may be entered, changed or deleted: after the steps before the vote; the first
-- round until the step is done, a later one at any time; and none that has led to a decision.
CREATE FUNCTION refuse_vote_out_of_time(branch bigint, vote_round integer, appraisals bigint[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    -- The lock lets this and the doing of a step take turns.
    PERFORM FROM evaluations_cyclebranch WHERE id = branch FOR SHARE;
    IF vote_round = 1 AND EXISTS (
        SELECT FROM evaluations_stepdone AS d WHERE d.cycle_branch_id = branch AND d.kind = 'vote'
    ) THEN
        PERFORM refuse('vote_before_its_step_is_done', format(
            'the vote of branch %s of a cycle is done', branch));
    END IF;
    IF EXISTS (
        SELECT FROM evaluations_appraisal AS a
        JOIN evaluations_decision AS d ON d.id = a.decision_id AND d.level <> ''
        WHERE a.id = ANY (appraisals)
    ) THEN
        PERFORM refuse('vote_before_the_decision', 'a member of the ballot is decided');
    END IF;
END;
$$;

CREATE FUNCTION refuse_late_vote() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    vote evaluations_vote;
BEGIN
    -- The tellers are people: their names may be emptied at any time.
    IF TG_OP = 'UPDATE' AND only_redacted(to_jsonb(OLD), to_jsonb(NEW), '{tellers}') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN vote := OLD; ELSE vote := NEW; END IF;
    PERFORM refuse_vote_out_of_time(
        vote.cycle_branch_id, vote.round,
        ARRAY(SELECT n.appraisal_id FROM evaluations_votecount AS n WHERE n.vote_id = vote.id)
    );
    IF TG_OP = 'INSERT' AND NOT step_may_begin(vote.cycle_branch_id, 'vote') THEN
        PERFORM refuse('vote_after_the_steps_before_it', format(
            'a step before the vote of branch %s of a cycle is open', vote.cycle_branch_id));
    END IF;
    RETURN vote;
END;
$$;

CREATE TRIGGER vote_in_time BEFORE INSERT OR UPDATE OR DELETE ON evaluations_vote
FOR EACH ROW EXECUTE FUNCTION refuse_late_vote();

CREATE FUNCTION refuse_late_vote_count() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    vote evaluations_vote;
BEGIN
    SELECT v.* INTO vote FROM evaluations_vote AS v
    WHERE v.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.vote_id ELSE NEW.vote_id END;
    PERFORM refuse_vote_out_of_time(
        vote.cycle_branch_id, vote.round,
        CASE
            WHEN TG_TABLE_NAME = 'evaluations_notvoted' THEN '{}'
            WHEN TG_OP = 'DELETE' THEN ARRAY[OLD.appraisal_id]
            WHEN TG_OP = 'INSERT' THEN ARRAY[NEW.appraisal_id]
            ELSE ARRAY[OLD.appraisal_id, NEW.appraisal_id]
        END
    );
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER vote_in_time BEFORE INSERT OR UPDATE OR DELETE ON evaluations_votecount
FOR EACH ROW EXECUTE FUNCTION refuse_late_vote_count();

CREATE TRIGGER vote_in_time BEFORE INSERT OR UPDATE OR DELETE ON evaluations_notvoted
FOR EACH ROW EXECUTE FUNCTION refuse_late_vote_count();

-- How votes are counted does not change under votes that were counted.
CREATE FUNCTION keep_rules_of_votes() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM evaluations_vote AS v
        JOIN evaluations_cyclebranch AS b ON b.id = v.cycle_branch_id
        WHERE b.cycle_id = NEW.id
    ) THEN
        PERFORM refuse('cycle_votes_as_begun', format('cycle %s has votes', NEW.id));
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER cycle_votes_as_begun BEFORE UPDATE ON evaluations_cycle
FOR EACH ROW WHEN (
    (OLD.vote_share, OLD.vote_counting, OLD.second_ballot)
    IS DISTINCT FROM (NEW.vote_share, NEW.vote_counting, NEW.second_ballot)
)
EXECUTE FUNCTION keep_rules_of_votes();

SELECT accounts_audit('evaluations_notvoted');
