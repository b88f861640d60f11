-- What a lock keeps (docs/year-end.md, 5): nothing of a locked cycle changes but by a re-rating, which
-- is another revision of a decision, within the cap or with more places given for it.

-- Those of the cycles that are locked. Whoever locks one waits for all who change something of it,
-- and they for them.
CREATE FUNCTION locked_cycles(cycles bigint[]) RETURNS bigint[]
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM FROM evaluations_cycle WHERE id = ANY (cycles) ORDER BY id FOR SHARE;
    RETURN (
        SELECT array_agg(id) FROM evaluations_cycle
        WHERE id = ANY (cycles) AND locked_at IS NOT NULL
    );
END;
$$;

-- Arguments: the cycle of a row `r`, as SQL; the columns that anonymising empties, which is allowed.
CREATE FUNCTION refuse_in_locked_cycle() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    redacted constant text[] := TG_ARGV[1];
    locked bigint[];
    is_wrong boolean := true;
BEGIN
    EXECUTE format(
        CASE TG_OP
            WHEN 'INSERT' THEN 'SELECT locked_cycles(array_agg(DISTINCT %1$s)) FROM changed r'
            WHEN 'DELETE' THEN 'SELECT locked_cycles(array_agg(DISTINCT %1$s)) FROM former r'
            ELSE
                'SELECT locked_cycles(array_agg(DISTINCT cycle_id)) FROM (
                    SELECT %1$s AS cycle_id FROM changed r UNION ALL SELECT %1$s FROM former r
                 ) both_of_it'
        END, TG_ARGV[0]) INTO locked;
    IF locked IS NULL THEN RETURN NULL; END IF;
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format(
            'SELECT EXISTS (
                SELECT FROM former r JOIN changed n USING (id)
                WHERE %1$s = ANY ($1) AND NOT only_redacted(to_jsonb(r), to_jsonb(n), $2)
             ) OR EXISTS (
                SELECT FROM changed r JOIN former f USING (id)
                WHERE %1$s = ANY ($1) AND NOT only_redacted(to_jsonb(f), to_jsonb(r), $2)
             )', TG_ARGV[0]) INTO is_wrong USING locked, redacted;
    END IF;
    IF is_wrong THEN
        PERFORM refuse('cycle_not_locked', format('cycle %s is locked', locked[1]));
    END IF;
    RETURN NULL;
END;
$$;

-- Keep the rows of a table in locked cycles. See refuse_in_locked_cycle() for the arguments.
CREATE FUNCTION keep_in_locked_cycles(
    kept regclass, cycle_of text, redacted text[] DEFAULT '{}',
    operations text[] DEFAULT '{insert,update,delete}'
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    operation text;
BEGIN
    FOREACH operation IN ARRAY operations LOOP
        EXECUTE format(
            'CREATE TRIGGER locked_%1$s AFTER %1$s ON %2$s REFERENCING %3$s
             FOR EACH STATEMENT EXECUTE FUNCTION refuse_in_locked_cycle(%4$L, %5$L)',
            operation, kept,
            CASE operation
                WHEN 'insert' THEN 'NEW TABLE AS changed'
                WHEN 'delete' THEN 'OLD TABLE AS former'
                ELSE 'OLD TABLE AS former NEW TABLE AS changed'
            END,
            cycle_of, redacted);
    END LOOP;
END;
$$;

CREATE FUNCTION keep_in_locked_cycles_no_more(kept regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    operation text;
BEGIN
    FOREACH operation IN ARRAY '{insert,update,delete}'::text[] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS locked_%s ON %s', operation, kept);
    END LOOP;
END;
$$;

SELECT keep_in_locked_cycles('evaluations_cyclestep', 'r.cycle_id');
SELECT keep_in_locked_cycles('evaluations_cyclebranch', 'r.cycle_id');
SELECT keep_in_locked_cycles(
    'evaluations_stepdone',
    '(SELECT b.cycle_id FROM evaluations_cyclebranch b WHERE b.id = r.cycle_branch_id)', '{note}'
);
SELECT keep_in_locked_cycles('evaluations_appraisal', 'r.cycle_id', '{}', '{insert,delete}');
SELECT keep_in_locked_cycles(
    'evaluations_selfreview',
    '(SELECT a.cycle_id FROM evaluations_appraisal a WHERE a.id = r.appraisal_id)',
    '{strengths,shortcomings,causes,mended,plans}'
);
SELECT keep_in_locked_cycles(
    'evaluations_comment',
    '(SELECT a.cycle_id FROM evaluations_appraisal a WHERE a.id = r.appraisal_id)',
    '{text,place,not_needed}'
);
SELECT keep_in_locked_cycles(
    'evaluations_proposal',
    '(SELECT a.cycle_id FROM evaluations_appraisal a WHERE a.id = r.appraisal_id)', '{note}'
);
SELECT keep_in_locked_cycles(
    'evaluations_vote',
    '(SELECT b.cycle_id FROM evaluations_cyclebranch b WHERE b.id = r.cycle_branch_id)', '{tellers}'
);
SELECT keep_in_locked_cycles(
    'evaluations_votecount',
    '(SELECT a.cycle_id FROM evaluations_appraisal a WHERE a.id = r.appraisal_id)'
);
SELECT keep_in_locked_cycles(
    'evaluations_notvoted',
    '(SELECT a.cycle_id FROM evaluations_appraisal a WHERE a.id = r.appraisal_id)'
);
SELECT keep_in_locked_cycles(
    'evaluations_unitcap',
    '(SELECT b.cycle_id FROM evaluations_cyclebranch b
      WHERE b.unit_id = r.unit_id AND b.year = r.year LIMIT 1)'
);

-- Ratings that were decided on stay as they were computed.
SELECT keep_in_locked_cycles(
    'evaluations_rating',
    '(SELECT a.cycle_id FROM evaluations_appraisal a
      JOIN evaluations_cycle c ON c.id = a.cycle_id AND c.locked_at IS NOT NULL
      WHERE a.rating_id = r.id LIMIT 1)', '{}', '{update}'
);

-- An appraisal may point at another decision: that of a re-rating.
CREATE FUNCTION refuse_appraisal_in_locked_cycle() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    locked bigint[];
BEGIN
    SELECT locked_cycles(array_agg(DISTINCT cycle_id)) INTO locked FROM (
        SELECT cycle_id FROM changed UNION ALL SELECT cycle_id FROM former
    ) AS both_of_it;
    IF locked IS NULL THEN RETURN NULL; END IF;
    IF EXISTS (
        SELECT FROM former f
        FULL JOIN changed n ON n.id = f.id
        LEFT JOIN LATERAL (
            SELECT cause FROM evaluations_decision WHERE id = n.decision_id OFFSET 0
        ) AS d ON true
        WHERE (f.cycle_id = ANY (locked) OR n.cycle_id = ANY (locked)) AND (
            to_jsonb(f) - 'decision_id' <> to_jsonb(n) - 'decision_id'
            OR f.decision_id IS DISTINCT FROM n.decision_id AND d.cause IS DISTINCT FROM 're_rating'
        )
    ) THEN
        PERFORM refuse('cycle_not_locked', format('cycle %s is locked', locked[1]));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER locked_update AFTER UPDATE ON evaluations_appraisal
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION refuse_appraisal_in_locked_cycle();

-- A decision before the lock, a re-rating after it.
CREATE FUNCTION refuse_decision_at_the_wrong_time() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    locked bigint[];
    wrong record;
BEGIN
    SELECT locked_cycles(array_agg(DISTINCT a.cycle_id)) INTO locked
    FROM changed
    CROSS JOIN LATERAL (
        SELECT cycle_id FROM evaluations_appraisal WHERE id = changed.appraisal_id OFFSET 0
    ) AS a;
    SELECT changed.appraisal_id, changed.cause INTO wrong
    FROM changed
    CROSS JOIN LATERAL (
        SELECT cycle_id FROM evaluations_appraisal WHERE id = changed.appraisal_id OFFSET 0
    ) AS a
    WHERE (changed.cause = 're_rating') <> (a.cycle_id = ANY (coalesce(locked, '{}')))
    LIMIT 1;
    IF wrong.cause = 're_rating' THEN
        PERFORM refuse('re_rating_after_the_lock', format(
            'appraisal %s is of a cycle that is not locked: it is decided on, not rated again',
            wrong.appraisal_id));
    ELSIF FOUND THEN
        PERFORM refuse('cycle_not_locked', format(
            'appraisal %s is of a locked cycle: it may be rated again', wrong.appraisal_id));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER decision_in_time AFTER INSERT ON evaluations_decision
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION refuse_decision_at_the_wrong_time();

-- More places may be given and withdrawn after the lock too, for re-ratings; not while it is locked.
CREATE FUNCTION let_places_and_lock_take_turns() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM locked_cycles(ARRAY[NEW.cycle_id]);
    RETURN NULL;
END;
$$;

CREATE TRIGGER locked_in_turn AFTER INSERT OR UPDATE ON evaluations_capoverride
FOR EACH ROW EXECUTE FUNCTION let_places_and_lock_take_turns();

-- A cycle is opened open, and locked once: with suggestions taken, every step done, and everybody who
-- is to be rated decided on, and nobody else.
CREATE FUNCTION refuse_lock_too_early() RETURNS trigger
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM refuse('cycle_opened_open', 'a cycle is open when it begins');
    END IF;
    SELECT a.id INTO wrong FROM evaluations_appraisal a
    WHERE a.cycle_id = NEW.id AND a.rated IS NULL
    LIMIT 1;
    IF FOUND OR NEW.suggested_at IS NULL THEN
        PERFORM refuse('lock_with_suggestions', format(
            'cycle %s: not all suggestions are taken', NEW.id));
    END IF;
    SELECT b.id, s.kind INTO wrong
    FROM evaluations_cyclebranch b
    JOIN evaluations_branchstep s ON s.cycle_branch_id = b.id AND NOT s.done
    WHERE b.cycle_id = NEW.id
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('lock_with_steps_done', format(
            'cycle %s: branch %s has not done the step %s', NEW.id, wrong.id, wrong.kind));
    END IF;
    SELECT a.id INTO wrong
    FROM evaluations_appraisal a
    LEFT JOIN evaluations_decision d ON d.id = a.decision_id
    WHERE a.cycle_id = NEW.id AND (
        a.rated AND coalesce(d.level, '') = ''
        OR d.level <> '' AND NOT a.rated AND a.not_rated_reason <> 'no_results'
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('lock_with_decisions', format(
            'cycle %s: appraisal %s is to be decided on, or is decided on and not rated',
            NEW.id, wrong.id));
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER lock_not_too_early BEFORE UPDATE ON evaluations_cycle
FOR EACH ROW WHEN (OLD.locked_at IS NULL AND NEW.locked_at IS NOT NULL)
EXECUTE FUNCTION refuse_lock_too_early();

CREATE TRIGGER cycle_opened_open BEFORE INSERT ON evaluations_cycle
FOR EACH ROW WHEN (NEW.locked_at IS NOT NULL)
EXECUTE FUNCTION refuse_lock_too_early();

CREATE FUNCTION refuse_change_of_locked_cycle() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) = to_jsonb(NEW) THEN
        RETURN NEW;
    END IF;
    PERFORM refuse('cycle_not_locked', format('cycle %s is locked', OLD.id));
END;
$$;

CREATE TRIGGER keep_locked BEFORE UPDATE OR DELETE ON evaluations_cycle
FOR EACH ROW WHEN (OLD.locked_at IS NOT NULL)
EXECUTE FUNCTION refuse_change_of_locked_cycle();
