-- Rating sets: an adopted version stays as it was adopted, and a draft rates nobody.
-- Source: docs/rating-sets.md.

CREATE FUNCTION keep_adopted_scheme() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.key, NEW.version, NEW.definition, NEW.state, NEW.organization_id)
        IS DISTINCT FROM (OLD.key, OLD.version, OLD.definition, OLD.state, OLD.organization_id)
    THEN
        PERFORM refuse('adopted_scheme_kept', format(
            'version %s of the rating set %s is adopted: a copy of it can be changed',
            OLD.version, OLD.key));
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER keep_adopted_scheme BEFORE UPDATE ON evaluations_scheme
FOR EACH ROW WHEN (OLD.state = 'adopted') EXECUTE FUNCTION keep_adopted_scheme();

CREATE FUNCTION refuse_draft_scheme() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- FOR SHARE: nobody makes it anything else meanwhile.
    PERFORM FROM evaluations_scheme s WHERE s.id = NEW.scheme_id AND s.state = 'draft' FOR SHARE;
    IF FOUND THEN
        PERFORM refuse('scheme_adopted', 'a draft of a rating set rates nobody: adopt it first');
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER refuse_draft_scheme BEFORE INSERT OR UPDATE OF scheme_id ON evaluations_rollup
FOR EACH ROW EXECUTE FUNCTION refuse_draft_scheme();

CREATE TRIGGER refuse_draft_scheme BEFORE INSERT OR UPDATE OF scheme_id ON evaluations_cycle
FOR EACH ROW EXECUTE FUNCTION refuse_draft_scheme();
