-- Rating sets of organizations: as those of members (schemes.sql), an adopted version stays as it was
-- adopted, and a draft rates nobody.

CREATE TRIGGER keep_adopted_scheme BEFORE UPDATE ON evaluations_organizationscheme
FOR EACH ROW WHEN (OLD.state = 'adopted') EXECUTE FUNCTION keep_adopted_scheme();

CREATE FUNCTION refuse_draft_organization_scheme() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    -- FOR SHARE: nobody makes it anything else meanwhile.
    PERFORM FROM evaluations_organizationscheme s
    WHERE s.id = NEW.scheme_id AND s.state = 'draft' FOR SHARE;
    IF FOUND THEN
        PERFORM refuse('scheme_adopted', 'a draft of a rating set rates nobody: adopt it first');
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER refuse_draft_scheme BEFORE INSERT OR UPDATE OF scheme_id
ON evaluations_organizationround
FOR EACH ROW EXECUTE FUNCTION refuse_draft_organization_scheme();
