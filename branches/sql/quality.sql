-- Forms of the quality of meetings, and scores by them.

-- At the end of a transaction the points of a form make 100.
CREATE FUNCTION check_quality_form() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
BEGIN
    SELECT sum(c.points) INTO total FROM branches_qualitycriterion AS c WHERE c.form_id = NEW.id;
    IF total IS DISTINCT FROM 100 THEN
        PERFORM refuse('quality_form_of_100_points', format(
            'the criteria of form %s make %s points, not 100', NEW.id, coalesce(total, 0)));
    END IF;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER quality_form_of_100_points
AFTER INSERT OR UPDATE ON branches_qualityform
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_quality_form();

-- The lines of a form are never changed: another version has others.
CREATE FUNCTION keep_quality_criteria() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('quality_criterion_is_kept', 'the criteria of a form stay: make another version');
END;
$$;

CREATE TRIGGER quality_criterion_is_kept BEFORE UPDATE ON branches_qualitycriterion
FOR EACH ROW EXECUTE FUNCTION keep_quality_criteria();

-- A meeting gets at most the points of a criterion, and by the criteria of its own form.
CREATE FUNCTION check_criterion_score() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM branches_qualitycriterion AS c
        JOIN branches_meetingscore AS s ON s.form_id = c.form_id
        WHERE c.id = NEW.criterion_id AND s.id = NEW.score_id AND NEW.points <= c.points
    ) THEN
        PERFORM refuse('criterion_score_within_its_points',
            'more points than the criterion gives, or a criterion of another form');
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER criterion_score_within_its_points
BEFORE INSERT OR UPDATE ON branches_criterionscore
FOR EACH ROW EXECUTE FUNCTION check_criterion_score();
