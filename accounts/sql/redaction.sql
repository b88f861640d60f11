-- The one function that takes anything out of the audit trail: personal data of a member who was
-- anonymised. It runs as the owner of the tables (SECURITY DEFINER): the application's role may
-- call it, and can change nothing of the trail otherwise.
--
-- It hides, in what the trail says of the member's own rows, the values of the columns below, as
-- those are hidden that are never recorded. That rows changed, when and by whom stays. It leaves an
-- entry that says that it did, by whom, when and why; chibo.reason must say why.
--
-- Arguments: the member; of which tables, those whose retention period has passed.
-- Returns how many changes were redacted.
CREATE FUNCTION accounts_redact_member(redacted bigint, tables text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    part record;
    hidden bigint;
    touched bigint := 0;
BEGIN
    IF NOT EXISTS (
        SELECT FROM branches_member WHERE id = redacted AND anonymised_on IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'member % is not anonymised: the trail keeps what it has', redacted
        USING ERRCODE = 'check_violation';
    END IF;
    IF coalesce(current_setting('chibo.reason', true), '') = '' THEN
        RAISE EXCEPTION 'nothing is redacted without a reason'
        USING ERRCODE = 'check_violation';
    END IF;

    FOR part IN
        SELECT * FROM (VALUES
            ('branches_member', 'id = $1',
                '{full_name,code,birth_date,gender,official_on,occupation,identity_number,phone,email}'),
            ('accounts_user', 'member_id = $1', '{username,first_name,last_name,email}'),
            ('branches_memberstatus', 'member_id = $1', '{reason}'),
            ('branches_discipline', 'member_id = $1', '{note}'),
            ('branches_position', 'member_id = $1', '{title,field}'),
            ('assignments_task', 'member_id = $1', '{title,category}'),
            ('assignments_review',
                'assignment_id IN (SELECT id FROM assignments_assignment WHERE member_id = $1)',
                '{comment}'),
            ('evaluations_deduction', 'member_id = $1', '{reason}'),
            -- Its warnings name members who belong to no branch that exists.
            ('evaluations_rollup',
                'warnings @> (SELECT jsonb_build_array(jsonb_build_object(''member'', code))
                              FROM branches_member WHERE id = $1)',
                '{warnings}')
        ) AS parts (name, about, hides)
        WHERE name = ANY (tables)
    LOOP
        EXECUTE format(
            $sql$
            WITH own AS (
                SELECT id FROM %1$I WHERE %2$s
                UNION
                -- Rows that are gone.
                SELECT c.row_id
                FROM accounts_journalchange AS c
                JOIN accounts_journalentry AS e ON e.id = c.entry_id AND e.table_name = %1$L
                WHERE c.before ? 'member_id' AND (c.before ->> 'member_id')::bigint = $1
            ), about AS (
                SELECT e.id AS entry_id, own.id AS row_id
                FROM own
                JOIN accounts_journalentry AS e ON e.table_name = %1$L AND e.ids @> own.id
            ), hidden AS (
                UPDATE accounts_journalchange AS c SET
                    before = (
                        SELECT jsonb_object_agg(key, CASE WHEN key = ANY ($2) THEN 'null' ELSE value END)
                        FROM jsonb_each(c.before)
                    ),
                    after = (
                        SELECT jsonb_object_agg(key, CASE WHEN key = ANY ($2) THEN 'null' ELSE value END)
                        FROM jsonb_each(c.after)
                    )
                FROM about
                WHERE c.entry_id = about.entry_id AND c.row_id = about.row_id
                    AND (c.before ?| $2 OR c.after ?| $2)
                RETURNING 1
            )
            SELECT count(*) FROM hidden
            $sql$,
            part.name, part.about
        ) INTO hidden USING redacted, part.hides::text[];
        touched := touched + hidden;
    END LOOP;

    INSERT INTO accounts_journalentry (
        id, at, transaction, user_id, db_role, source, reason, table_name, operation, rows, ids
    )
    VALUES (
        nextval('accounts_journalentry_id_seq'),
        clock_timestamp(),
        pg_current_xact_id()::text::bigint,
        nullif(current_setting('chibo.user', true), '')::bigint,
        session_user,
        'redaction',
        current_setting('chibo.reason', true),
        'branches_member',
        'update',
        touched,
        int8multirange(int8range(redacted, redacted, '[]'))
    );
    RETURN touched;
END;
$$;
