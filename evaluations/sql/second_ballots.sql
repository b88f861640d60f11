-- The second ballot picks the excellent from those voted good: a vote is not done without it, or
-- without the record that nobody stood for it. See docs/year-end.md, 3.

-- Later rounds are begun when the step is done; a first round stays from then on.
CREATE FUNCTION check_second_ballots() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT v.cycle_branch_id, v.round INTO wrong
    FROM changed
    JOIN evaluations_cyclebranch AS b ON b.id = changed.cycle_branch_id
    JOIN evaluations_cycle AS c ON c.id = b.cycle_id AND c.second_ballot
    JOIN evaluations_vote AS v
        ON v.cycle_branch_id = changed.cycle_branch_id AND v.ballot = 1 AND NOT v.nobody_stood
    WHERE changed.kind = 'vote'
        AND NOT EXISTS (
            SELECT FROM evaluations_vote AS second
            WHERE second.cycle_branch_id = v.cycle_branch_id AND second.ballot = 2
                AND second.round = v.round
        )
        AND EXISTS (
            SELECT FROM evaluations_votecount AS n
            JOIN evaluations_votedlevel AS carried ON carried.appraisal_id = n.appraisal_id
            WHERE n.vote_id = v.id AND carried.first_level = 'good'
        )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('vote_with_its_second_ballot', format(
            'round %s of branch %s of a cycle voted members good and has no second ballot',
            wrong.round, wrong.cycle_branch_id));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER vote_with_its_second_ballot AFTER INSERT ON evaluations_stepdone
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_second_ballots();

CREATE FUNCTION refuse_second_ballot_on_nobody() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- Both ballots of a round take turns.
    PERFORM FROM evaluations_cyclebranch WHERE id = NEW.cycle_branch_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM evaluations_vote AS other
        WHERE other.cycle_branch_id = NEW.cycle_branch_id AND other.round = NEW.round
            AND other.ballot <> NEW.ballot AND (NEW.nobody_stood OR other.nobody_stood)
    ) THEN
        PERFORM refuse('second_ballot_or_nobody_stood', format(
            'round %s has a second ballot, and says that nobody stood for it', NEW.round));
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER second_ballot_or_nobody_stood BEFORE INSERT OR UPDATE ON evaluations_vote
FOR EACH ROW WHEN (NEW.ballot = 2 OR NEW.nobody_stood)
EXECUTE FUNCTION refuse_second_ballot_on_nobody();
