-- Run by the role that owns the tables after each migration (accounts/privileges.py): what it does
-- for the application's role, and what that role may do itself. To run it again changes nothing.
-- Settings, local to the transaction: chibo.application_role, and the names of tables, separated
-- by blanks, in chibo.append_only and chibo.read_only.

-- Only the owner of a table may analyze it, and an import has to, and a roll-up: else the next
-- queries would be planned for the tables as they were. Of fewer columns, and with fewer `details`
-- (the statistics target), it takes a moment; autovacuum looks again at everything.
CREATE OR REPLACE FUNCTION analyze_table(
    stored regclass, columns text[] DEFAULT '{}', details integer DEFAULT 100
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_statistics_target = 100
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_class
        WHERE oid = stored AND relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND has_table_privilege(session_user, oid, 'SELECT')
    ) THEN
        RAISE EXCEPTION '% may not analyze %', session_user, stored
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('default_statistics_target', details::text, true);
    EXECUTE format(
        'ANALYZE %s %s',
        stored,
        (SELECT '(' || string_agg(quote_ident(name), ', ') || ')' FROM unnest(columns) AS name)
    );
END;
$$;

DO $$
DECLARE
    application text := current_setting('chibo.application_role');
    append_only text[] := string_to_array(current_setting('chibo.append_only'), ' ');
    read_only text[] := string_to_array(current_setting('chibo.read_only'), ' ');
    stored record;
    routine record;
BEGIN
    IF application IN ('', current_user) THEN
        RETURN; -- One role is both. It cannot be kept from what is its own.
    END IF;

    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', application);
    -- Before PostgreSQL 15 everybody could create tables in it, and an upgrade keeps that.
    IF has_schema_privilege(application, 'public', 'CREATE') THEN
        EXECUTE format('REVOKE CREATE ON SCHEMA public FROM PUBLIC, %I', application);
    END IF;
    IF NOT (
        has_database_privilege(application, current_database(), 'CONNECT')
        AND has_database_privilege(application, current_database(), 'TEMPORARY')
    ) THEN
        EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I', current_database(), application);
    END IF;

    -- Granted is what differs from what is wanted: a grant makes all sessions plan anew.
    FOR stored IN
        WITH wanted AS (
            SELECT
                oid, relkind, relacl,
                CASE
                    WHEN relkind = 'S' THEN '{USAGE}'
                    -- A view reads and writes with its owner's rights.
                    WHEN relkind IN ('v', 'm') OR relname = ANY (read_only) THEN '{SELECT}'
                    WHEN relname = ANY (append_only) THEN '{INSERT,SELECT}'
                    ELSE '{DELETE,INSERT,SELECT,UPDATE}'
                END::text[] AS privileges
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
                AND pg_has_role(relowner, 'USAGE')
        )
        SELECT
            CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
            oid::regclass AS name,
            array_to_string(privileges, ', ') AS privileges
        FROM wanted
        WHERE privileges IS DISTINCT FROM (
            SELECT array_agg(privilege_type ORDER BY privilege_type) FROM aclexplode(relacl)
            WHERE grantee = application::regrole
        )
    LOOP
        EXECUTE format('REVOKE ALL ON %s %s FROM %I', stored.kind, stored.name, application);
        EXECUTE format(
            'GRANT %s ON %s %s TO %I', stored.privileges, stored.kind, stored.name, application);
    END LOOP;

    -- What runs with the owner's rights is for the application alone, the rest is everybody's. A
    -- trigger needs no right to run its function, only to be made with it, and the application
    -- could make one on a temporary table of types with casts of its own: those would run as owner.
    FOR routine IN
        SELECT oid::regprocedure AS name, prorettype <> 'trigger'::regtype AS called
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prosecdef AND pg_has_role(proowner, 'USAGE')
            AND (
                has_function_privilege('public', oid, 'EXECUTE')
                OR has_function_privilege(application, oid, 'EXECUTE')
                IS DISTINCT FROM (prorettype <> 'trigger'::regtype)
            )
    LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC, %I', routine.name, application);
        IF routine.called THEN
            EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %I', routine.name, application);
        END IF;
    END LOOP;
END;
$$;
