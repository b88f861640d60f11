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
CREATE OR REPLACE FUNCTION accounts_redact_member(redacted bigint, tables text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    part record;
    hidden bigint;
    touched bigint := 0;
    accounts bigint[];
    assignments bigint[];
    tasks bigint[];
    appraisals bigint[];
    roll_ups bigint[];
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

    accounts := ARRAY(SELECT id FROM accounts_user WHERE member_id = redacted);
    assignments := ARRAY(
        SELECT id FROM assignments_assignment WHERE member_id = redacted
        UNION
        SELECT c.row_id
        FROM accounts_journalchange AS c
        JOIN accounts_journalentry AS e
            ON e.id = c.entry_id AND e.table_name = 'assignments_assignment'
        WHERE c.before ? 'member_id' AND (c.before ->> 'member_id')::bigint = redacted
    );
    tasks := ARRAY(
        SELECT id FROM assignments_task WHERE member_id = redacted
        UNION
        SELECT c.row_id
        FROM accounts_journalchange AS c
        JOIN accounts_journalentry AS e
            ON e.id = c.entry_id AND e.table_name = 'assignments_task'
        WHERE c.before ? 'member_id' AND (c.before ->> 'member_id')::bigint = redacted
    );
    appraisals := ARRAY(SELECT id FROM evaluations_appraisal WHERE member_id = redacted);
    -- Their warnings name members who belong to no branch that exists.
    roll_ups := ARRAY(
        SELECT id FROM evaluations_rollup
        WHERE warnings @> (
            SELECT jsonb_build_array(jsonb_build_object('member', code))
            FROM branches_member WHERE id = redacted
        )
    );

    -- The member's are the rows of the table whose column `key` has one of the values `owners`.
    FOR part IN
        SELECT * FROM (VALUES
            ('branches_member', 'id', ARRAY[redacted],
                '{full_name,code,birth_date,gender,official_on,occupation,left_note,identity_number,phone,email}'),
            ('accounts_user', 'member_id', ARRAY[redacted], '{username,first_name,last_name,email}'),
            ('account_emailaddress', 'user_id', accounts, '{email}'),
            ('mfa_authenticator', 'user_id', accounts, '{data}'),
            ('socialaccount_socialaccount', 'user_id', accounts, '{uid,extra_data}'),
            ('branches_memberstatus', 'member_id', ARRAY[redacted],
                '{reason,decision_number,decided_on,issuer,receiving_place}'),
            ('branches_discipline', 'member_id', ARRAY[redacted], '{note,decision_number,issuer}'),
            ('branches_position', 'member_id', ARRAY[redacted], '{title,field,end_reason}'),
            ('branches_attendance', 'member_id', ARRAY[redacted], '{reason}'),
            ('assignments_task', 'member_id', ARRAY[redacted], '{title,category}'),
            ('assignments_taskclosing', 'task_id', tasks, '{reason}'),
            ('assignments_taskstep', 'task_id', tasks, '{text,changes}'),
            ('assignments_visit', 'member_id', ARRAY[redacted],
                '{note,remarks,withdrawal_reason,stated_reason,decision_reason,dispute_reason}'),
            ('assignments_fitness', 'member_id', ARRAY[redacted], '{circumstances,field,spared}'),
            ('assignments_ownplan', 'task_id', tasks, '{steps}'),
            ('assignments_taskcheck', 'task_id', tasks, '{note}'),
            ('assignments_ending', 'assignment_id', assignments, '{reason}'),
            ('assignments_review', 'assignment_id', assignments, '{comment}'),
            ('evaluations_deduction', 'member_id', ARRAY[redacted], '{reason}'),
            ('evaluations_objection', 'member_id', ARRAY[redacted], '{text,answer}'),
            ('evaluations_selfreview', 'appraisal_id', appraisals,
                '{strengths,shortcomings,causes,mended,plans}'),
            ('evaluations_comment', 'appraisal_id', appraisals, '{text,place,not_needed}'),
            ('evaluations_proposal', 'appraisal_id', appraisals, '{note}'),
            ('evaluations_decision', 'appraisal_id', appraisals, '{reason}'),
            ('evaluations_rollup', 'id', roll_ups, '{warnings}')
        ) AS parts (name, key, owners, hides)
        WHERE name = ANY (tables)
    LOOP
        EXECUTE format(
            $sql$
            WITH own AS (
                SELECT id FROM %1$I WHERE %2$I = ANY ($1)
                UNION
                -- Rows that are gone, or went to another record of the same person.
                SELECT c.row_id
                FROM accounts_journalchange AS c
                JOIN accounts_journalentry AS e ON e.id = c.entry_id AND e.table_name = %1$L
                WHERE (%2$L = 'member_id' OR c.after IS NULL)
                    AND c.before ? %2$L AND (c.before ->> %2$L)::bigint = ANY ($1)
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
            part.name, part.key
        ) INTO hidden USING part.owners, part.hides::text[];
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
