-- What members and committees wrote in a step stays once the branch has done it; what was missing
-- then may still be added (docs/year-end.md, 1).

-- Whether two values of a row differ at most in these columns, which were emptied or say that the
-- member is anonymised: that is always allowed.
CREATE FUNCTION only_redacted(before jsonb, after jsonb, columns text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT before - columns = after - columns AND NOT EXISTS (
        SELECT FROM unnest(columns) AS c (name)
        WHERE before -> name IS DISTINCT FROM after -> name
            AND after -> name NOT IN ('""', '"Đã ẩn danh"')
    )
$$;

-- The lock lets this and the doing of a step take turns.
CREATE FUNCTION branch_of_appraisal(appraisal bigint) RETURNS bigint
LANGUAGE sql AS $$
    SELECT b.id
    FROM evaluations_cyclebranch b
    JOIN evaluations_appraisal a ON a.cycle_branch_id = b.id
    WHERE a.id = appraisal
    FOR SHARE OF b
$$;

CREATE FUNCTION step_is_done(branch bigint, step text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM evaluations_stepdone WHERE cycle_branch_id = branch AND kind = step
    )
$$;

-- TG_ARGV: the step; the columns that anonymising empties.
CREATE FUNCTION keep_what_was_done() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND only_redacted(to_jsonb(OLD), to_jsonb(NEW), TG_ARGV[1]::text[]) THEN
        RETURN NEW;
    END IF;
    IF step_is_done(branch_of_appraisal(OLD.appraisal_id), TG_ARGV[0]) THEN
        PERFORM refuse('step_keeps_what_was_done', format(
            'appraisal %s: the step %s is done', OLD.appraisal_id, TG_ARGV[0]));
    END IF;
    RETURN coalesce(NEW, OLD);
END;
$$;

CREATE TRIGGER keep_self_review BEFORE UPDATE OR DELETE ON evaluations_selfreview
FOR EACH ROW WHEN (OLD.submitted_at IS NOT NULL)
EXECUTE FUNCTION keep_what_was_done(
    'self_review', '{strengths,shortcomings,causes,mended,plans}'
);

CREATE TRIGGER keep_comment BEFORE UPDATE OR DELETE ON evaluations_comment
FOR EACH ROW WHEN (OLD.received_on IS NOT NULL OR OLD.not_needed <> '')
EXECUTE FUNCTION keep_what_was_done('comments', '{text,place,not_needed}');

CREATE TRIGGER keep_proposal BEFORE UPDATE OR DELETE ON evaluations_proposal
FOR EACH ROW WHEN (OLD.step = 'proposal')
EXECUTE FUNCTION keep_what_was_done('proposal', '{note}');

CREATE TRIGGER keep_section_proposal BEFORE UPDATE OR DELETE ON evaluations_proposal
FOR EACH ROW WHEN (OLD.step = 'section')
EXECUTE FUNCTION keep_what_was_done('section', '{note}');

-- A committee proposes when everything before its step is done.
CREATE FUNCTION refuse_proposal_out_of_order() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND only_redacted(to_jsonb(OLD), to_jsonb(NEW), '{note}') THEN
        RETURN NEW;
    END IF;
    IF NOT step_may_begin(branch_of_appraisal(NEW.appraisal_id), NEW.step) OR NOT EXISTS (
        SELECT FROM evaluations_branchstep s
        JOIN evaluations_appraisal a USING (cycle_branch_id)
        WHERE a.id = NEW.appraisal_id AND s.kind = NEW.step
    ) THEN
        PERFORM refuse('proposal_in_order', format(
            'appraisal %s: it is not the turn of the step %s', NEW.appraisal_id, NEW.step));
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER proposal_in_order BEFORE INSERT OR UPDATE ON evaluations_proposal
FOR EACH ROW EXECUTE FUNCTION refuse_proposal_out_of_order();
