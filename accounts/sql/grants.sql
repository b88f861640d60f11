-- Who could see what on a day that is past must be told from the grants: so they stay on record,
-- whoever writes to the table. A grant is not deleted; to whom it gave what, and by whom, does not
-- change; and a withdrawal is not taken back: the role is given again.
CREATE FUNCTION accounts_keep_grant() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM refuse('grant_is_kept', 'A grant is withdrawn, never deleted.');
    END IF;
    IF (OLD.user_id, OLD.role, OLD.organization_id, OLD.granted_by_id, OLD.reason)
        IS DISTINCT FROM (NEW.user_id, NEW.role, NEW.organization_id, NEW.granted_by_id, NEW.reason)
    THEN
        PERFORM refuse('grant_says_what_was_given', 'Withdraw the grant and give another one.');
    END IF;
    IF OLD.withdrawn_on IS NOT NULL AND OLD IS DISTINCT FROM NEW THEN
        PERFORM refuse('grant_withdrawal_is_final', 'Give the role again.');
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER accounts_keep_grant BEFORE UPDATE OR DELETE ON accounts_grant
FOR EACH ROW EXECUTE FUNCTION accounts_keep_grant();
