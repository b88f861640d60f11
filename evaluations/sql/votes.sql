-- Votes that add up, on members of the branch, in time; and the level that they carry.
-- See branches/sql/tree.sql for how checks at the end of a transaction work; docs/year-end.md, 3.

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
