-- The order of the steps of a cycle (docs/year-end.md, 1), whoever writes them.

-- As evaluations.choices.StepKind.
CREATE FUNCTION step_rank(kind text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_position(
    ARRAY[
        'collective', 'self_review', 'comments', 'proposal', 'vote', 'section', 'decision',
        'organizations', 'notice'
    ],
    kind
);

-- The steps that branches have: those of their cycle, that of the sub-committee only below one.
CREATE VIEW evaluations_branchstep AS
SELECT b.id AS cycle_branch_id, s.kind, d.id IS NOT NULL AS done
FROM evaluations_cyclebranch b
JOIN evaluations_cyclestep s
    ON s.cycle_id = b.cycle_id AND (s.kind <> 'section' OR b.section_id IS NOT NULL)
LEFT JOIN evaluations_stepdone d ON d.cycle_branch_id = b.id AND d.kind = s.kind;

-- Whether no step before this one is left to do.
CREATE FUNCTION step_may_begin(branch bigint, step text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM evaluations_branchstep s
        WHERE s.cycle_branch_id = branch AND NOT s.done AND step_rank(s.kind) < step_rank(step)
    )
$$;

-- What is done are the first of a branch's steps.
CREATE FUNCTION check_branch_steps(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT d.cycle_branch_id, d.kind INTO wrong
    FROM evaluations_stepdone d
    LEFT JOIN evaluations_branchstep s USING (cycle_branch_id, kind)
    WHERE d.cycle_branch_id = ANY (touched) AND s.kind IS NULL
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('step_of_the_branch', format(
            'branch %s of a cycle has no step %s', wrong.cycle_branch_id, wrong.kind));
    END IF;

    SELECT s.cycle_branch_id, s.kind INTO wrong
    FROM evaluations_branchstep s
    WHERE s.cycle_branch_id = ANY (touched) AND NOT s.done
        AND EXISTS (
            SELECT FROM evaluations_stepdone d
            WHERE d.cycle_branch_id = s.cycle_branch_id AND step_rank(d.kind) > step_rank(s.kind)
        )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('steps_in_order', format(
            'branch %s of a cycle did a later step than %s', wrong.cycle_branch_id, wrong.kind));
    END IF;
END;
$$;

-- Steps of a branch take turns.
CREATE FUNCTION check_steps_done() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    branches bigint[] := (SELECT array_agg(DISTINCT cycle_branch_id) FROM changed);
BEGIN
    PERFORM FROM evaluations_cyclebranch
    WHERE id = ANY (branches) ORDER BY id FOR NO KEY UPDATE;
    PERFORM check_branch_steps(branches);
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_steps_done_insert AFTER INSERT ON evaluations_stepdone
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_steps_done();

CREATE TRIGGER check_steps_done_delete AFTER DELETE ON evaluations_stepdone
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_steps_done();

CREATE FUNCTION refuse_change_of_step() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('step_done_stays', 'a step that was done is taken back, never changed');
END;
$$;

CREATE TRIGGER step_done_stays BEFORE UPDATE ON evaluations_stepdone
FOR EACH ROW
WHEN ((OLD.cycle_branch_id, OLD.kind, OLD.done_at) IS DISTINCT FROM (NEW.cycle_branch_id, NEW.kind, NEW.done_at))
EXECUTE FUNCTION refuse_change_of_step();

-- What was built on a step keeps it: votes the ones before them, a decision the vote.
CREATE FUNCTION keep_step_under_others() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM evaluations_vote v
        JOIN changed ON changed.cycle_branch_id = v.cycle_branch_id
        JOIN evaluations_cyclebranch b ON b.id = v.cycle_branch_id
        WHERE step_rank(changed.kind) < step_rank('vote')
    ) THEN
        PERFORM refuse('step_before_votes', 'the branch voted: its vote is withdrawn first');
    END IF;
    IF EXISTS (
        SELECT FROM changed
        JOIN evaluations_appraisal a ON a.cycle_branch_id = changed.cycle_branch_id
        JOIN evaluations_decision d ON d.id = a.decision_id AND d.level <> ''
        WHERE step_rank(changed.kind) < step_rank('decision')
    ) THEN
        PERFORM refuse('step_before_decisions', 'members are decided on: that is taken back first');
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER keep_step_under_others AFTER DELETE ON evaluations_stepdone
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION keep_step_under_others();

-- A cycle always has the vote and the decision, and keeps the order whatever steps it is given.
CREATE FUNCTION check_cycle_steps() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    cycles bigint[] := (SELECT array_agg(DISTINCT cycle_id) FROM changed);
BEGIN
    IF EXISTS (
        SELECT FROM evaluations_cycle c
        WHERE c.id = ANY (cycles) AND 2 > (
            SELECT count(*) FROM evaluations_cyclestep s
            WHERE s.cycle_id = c.id AND s.kind IN ('vote', 'decision')
        )
    ) THEN
        PERFORM refuse('cycle_with_vote_and_decision', 'every cycle has a vote and a decision');
    END IF;
    PERFORM FROM evaluations_cyclebranch
    WHERE cycle_id = ANY (cycles) ORDER BY id FOR NO KEY UPDATE;
    PERFORM check_branch_steps(
        (SELECT array_agg(id) FROM evaluations_cyclebranch WHERE cycle_id = ANY (cycles)));
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_cycle_steps_insert AFTER INSERT ON evaluations_cyclestep
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_cycle_steps();

CREATE TRIGGER check_cycle_steps_update AFTER UPDATE ON evaluations_cyclestep
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_cycle_steps();

CREATE TRIGGER check_cycle_steps_delete AFTER DELETE ON evaluations_cyclestep
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_cycle_steps();

-- A branch stands in the tree of the year below its section, its unit and the cycle's organization.
CREATE FUNCTION check_cycle_branches() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT changed.branch_id INTO wrong
    FROM changed
    JOIN evaluations_cycle c ON c.id = changed.cycle_id
    WHERE NOT EXISTS (
        SELECT FROM branches_organizationpath p
        WHERE p.organization_id = changed.branch_id
            AND p.validity && daterange(make_date(c.year, 1, 1), make_date(c.year + 1, 1, 1))
            AND array_position(p.ancestors, c.organization_id)
                <= array_position(p.ancestors, changed.unit_id)
            AND (
                changed.section_id IS NULL
                OR array_position(p.ancestors, changed.section_id)
                    BETWEEN array_position(p.ancestors, changed.unit_id) + 1
                    AND array_length(p.ancestors, 1) - 1
            )
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('cycle_branch_below_its_unit', format(
            'branch %s does not stand below its unit in the cycle', wrong.branch_id));
    END IF;
    PERFORM check_branch_steps((SELECT array_agg(id) FROM changed));
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_cycle_branches_insert AFTER INSERT ON evaluations_cyclebranch
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_cycle_branches();

CREATE TRIGGER check_cycle_branches_update AFTER UPDATE ON evaluations_cyclebranch
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_cycle_branches();

-- Pairs are the reference: a branch is of the year of its cycle, an appraisal of its branch's cycle.
ALTER TABLE evaluations_cycle ADD CONSTRAINT cycle_and_year UNIQUE (id, year);
ALTER TABLE evaluations_cyclebranch ADD CONSTRAINT cycle_branch_of_the_year
FOREIGN KEY (cycle_id, year) REFERENCES evaluations_cycle (id, year)
DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE evaluations_cyclebranch ADD CONSTRAINT cycle_branch_and_cycle UNIQUE (id, cycle_id);
ALTER TABLE evaluations_appraisal ADD CONSTRAINT appraisal_in_the_cycle_of_its_branch
FOREIGN KEY (cycle_branch_id, cycle_id) REFERENCES evaluations_cyclebranch (id, cycle_id)
DEFERRABLE INITIALLY DEFERRED;
