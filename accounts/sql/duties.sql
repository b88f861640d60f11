-- Separation of duties: nobody confirms, reviews or decides on their own record. The database
-- refuses what the user that the transaction is put down to (`chibo.user`) does to rows about the
-- member that they are.

-- Arguments: the action (a key of accounts.rules.NEVER_ON_ONESELF); the member that a row `r` is
-- about, and when it counts as done, both as SQL; '' for whatever is done to the row.
CREATE FUNCTION accounts_refuse_on_oneself() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    self record;
    own constant text := format('(%s) = $1', TG_ARGV[1]);
    done constant text := format('(%s)', coalesce(nullif(TG_ARGV[2], ''), 'true'));
    found_one boolean;
BEGIN
    SELECT u.username, u.member_id INTO self FROM accounts_user u
    WHERE u.id = nullif(current_setting('chibo.user', true), '')::bigint;
    IF self.member_id IS NULL THEN RETURN NULL; END IF;
    EXECUTE CASE
        WHEN TG_OP = 'INSERT' THEN
            format('SELECT EXISTS (SELECT FROM changed r WHERE %s AND %s)', own, done)
        WHEN TG_OP = 'DELETE' THEN
            format('SELECT EXISTS (SELECT FROM former r WHERE %s)', own)
        WHEN TG_ARGV[2] = '' THEN
            format('SELECT EXISTS (SELECT FROM changed r WHERE %1$s) OR EXISTS (SELECT FROM former r WHERE %1$s)', own)
        ELSE
            format(
                'SELECT EXISTS (
                    SELECT FROM changed r WHERE %1$s AND %2$s
                    AND r.id NOT IN (SELECT r.id FROM former r WHERE %1$s AND %2$s)
                 )', own, done)
    END INTO found_one USING self.member_id;
    IF found_one THEN
        RAISE EXCEPTION 'user % may not do this on their own record (%)', self.username, TG_ARGV[0]
        USING ERRCODE = 'check_violation', CONSTRAINT = 'never_on_oneself', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END;
$$;

-- Refuse the action on oneself. `done` is the state that a row must not take by one's own hand;
-- without it one's own rows are not to be touched at all.
CREATE FUNCTION accounts_never_on_oneself(
    guarded regclass, action text, about text, done text DEFAULT ''
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    operation text;
    rows_seen text;
BEGIN
    FOREACH operation IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        CONTINUE WHEN operation = 'delete' AND done <> '';
        rows_seen := CASE operation
            WHEN 'insert' THEN 'NEW TABLE AS changed'
            WHEN 'delete' THEN 'OLD TABLE AS former'
            ELSE 'OLD TABLE AS former NEW TABLE AS changed'
        END;
        EXECUTE format(
            'CREATE TRIGGER duties_%1$s AFTER %1$s ON %2$s REFERENCING %3$s
             FOR EACH STATEMENT EXECUTE FUNCTION accounts_refuse_on_oneself(%4$L, %5$L, %6$L)',
            operation, guarded, rows_seen, action, about, done
        );
    END LOOP;
END;
$$;

CREATE FUNCTION accounts_on_oneself_again(guarded regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    operation text;
BEGIN
    FOREACH operation IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS duties_%s ON %s', operation, guarded);
    END LOOP;
END;
$$;
