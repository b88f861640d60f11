-- The audit trail. Each statement that inserts, updates or deletes rows of an audited table leaves
-- one row in accounts_journalentry, and each row that it changed or deleted one in
-- accounts_journalchange, whatever wrote it: the application, COPY, plain SQL. PostgreSQL 15+.

-- Arguments: columns whose values are never recorded (that they changed is), and columns that
-- follow from others and are left out.
--
-- It runs as the owner of the tables (SECURITY DEFINER), so that nobody else needs to write to the
-- trail. `session_user` is still who connected. It joins by FULL JOIN because the plan is kept from
-- the first call on: a nested loop that suits one row would never end for a hundred thousand.
CREATE FUNCTION accounts_write_journal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET jit = off
AS $$
DECLARE
    secret text[] := TG_ARGV[0];
    derived text[] := TG_ARGV[1];
    entry bigint;
    touched bigint;
    touched_ids int8multirange;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT count(*), range_agg(int8range(id, id, '[]')) INTO touched, touched_ids FROM changed;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT count(*), range_agg(int8range(id, id, '[]')) INTO touched, touched_ids FROM former;
    END IF;
    IF touched = 0 THEN RETURN NULL; END IF;

    entry := nextval('accounts_journalentry_id_seq');
    IF TG_OP = 'DELETE' THEN
        INSERT INTO accounts_journalchange (entry_id, row_id, before)
        SELECT entry, f.id, to_jsonb(f) - secret - derived FROM former f;
    ELSIF TG_OP = 'UPDATE' THEN
        WITH written AS (
            INSERT INTO accounts_journalchange (entry_id, row_id, before, after)
            SELECT
                entry, pair.id,
                CASE WHEN pair.after IS NULL THEN pair.before - secret ELSE differing.before END,
                CASE WHEN pair.before IS NULL THEN pair.after - secret ELSE differing.after END
            FROM (
                SELECT
                    coalesce(f.id, n.id) AS id,
                    to_jsonb(f) - derived AS before,
                    to_jsonb(n) - derived AS after
                FROM former f FULL JOIN changed n ON n.id = f.id
                WHERE (f *= n) IS NOT TRUE
            ) AS pair
            CROSS JOIN LATERAL (
                SELECT
                    jsonb_object_agg(key, CASE WHEN key = ANY (secret) THEN 'null' ELSE value END) AS before,
                    jsonb_object_agg(key, CASE WHEN key = ANY (secret) THEN 'null' ELSE pair.after -> key END) AS after
                FROM jsonb_each(pair.before)
                WHERE value <> pair.after -> key
            ) AS differing
            -- No column differs when only derived ones did; a row whose id was changed has no pair.
            WHERE differing.before IS NOT NULL OR pair.before IS NULL OR pair.after IS NULL
            RETURNING row_id
        )
        SELECT count(*), range_agg(int8range(row_id, row_id, '[]')) INTO touched, touched_ids
        FROM written;
        IF touched = 0 THEN RETURN NULL; END IF;
    END IF;

    INSERT INTO accounts_journalentry (
        id, at, transaction, user_id, db_role, source, reason, table_name, operation, rows, ids
    )
    VALUES (
        entry,
        clock_timestamp(),
        pg_current_xact_id()::text::bigint,
        nullif(current_setting('chibo.user', true), '')::bigint,
        session_user,
        coalesce(
            nullif(current_setting('chibo.source', true), ''), current_setting('application_name')
        ),
        coalesce(current_setting('chibo.reason', true), ''),
        TG_TABLE_NAME,
        lower(TG_OP),
        touched,
        touched_ids
    );
    RETURN NULL;
END;
$$;

-- Write the trail of a table from now on. Called again, it takes the columns named now.
CREATE FUNCTION accounts_audit(
    audited regclass, secret text[] DEFAULT '{}', derived text[] DEFAULT '{}'
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    operation text;
    rows_seen text;
BEGIN
    FOREACH operation IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        rows_seen := CASE operation
            WHEN 'insert' THEN 'NEW TABLE AS changed'
            WHEN 'delete' THEN 'OLD TABLE AS former'
            ELSE 'OLD TABLE AS former NEW TABLE AS changed'
        END;
        EXECUTE format(
            'CREATE OR REPLACE TRIGGER journal_%1$s AFTER %1$s ON %2$s REFERENCING %3$s
             FOR EACH STATEMENT EXECUTE FUNCTION accounts_write_journal(%4$L, %5$L)',
            operation, audited, rows_seen, secret, derived
        );
    END LOOP;
END;
$$;

CREATE FUNCTION accounts_audit_no_more(audited regclass) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    operation text;
BEGIN
    FOREACH operation IN ARRAY ARRAY['insert', 'update', 'delete'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS journal_%s ON %s', operation, audited);
    END LOOP;
END;
$$;

-- Entries about one row of a table: `table_name = … AND ids @> 17`.
CREATE INDEX journal_rows ON accounts_journalentry USING gist (table_name, ids);

-- Changes of rows of one member, and of what bore a code, also of those that are gone.
CREATE INDEX journal_member ON accounts_journalchange (((before ->> 'member_id')::bigint))
WHERE before ? 'member_id';
CREATE INDEX journal_code ON accounts_journalchange ((before ->> 'code')) WHERE before ? 'code';

-- Rows that are gone: whose they were decides who sees their entries.
CREATE INDEX journal_deleted ON accounts_journalchange (entry_id) WHERE after IS NULL;
