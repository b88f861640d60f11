-- Who was merged into somebody else gets nothing new: it would count for nobody.

CREATE FUNCTION refuse_rows_of_merged_members() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT m.code, kept.code AS kept_code INTO wrong
    FROM branches_member m
    JOIN branches_member kept ON kept.id = m.merged_into_id
    WHERE m.merged_into_id IS NOT NULL
        AND EXISTS (SELECT FROM changed c WHERE c.member_id = m.id)
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('member_not_merged', format(
            'member %s was entered twice and merged into %s: use that number',
            wrong.code, wrong.kept_code));
    END IF;
    RETURN NULL;
END;
$$;

CREATE FUNCTION refuse_merged_members(guarded regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER not_of_merged_members AFTER INSERT ON %s REFERENCING NEW TABLE AS changed
         FOR EACH STATEMENT EXECUTE FUNCTION refuse_rows_of_merged_members()', guarded);
END;
$$;

SELECT refuse_merged_members('branches_membership');
SELECT refuse_merged_members('branches_memberstatus');
SELECT refuse_merged_members('branches_discipline');
SELECT refuse_merged_members('branches_position');
SELECT refuse_merged_members('branches_attendance');
SELECT refuse_merged_members('assignments_assignment');
SELECT refuse_merged_members('assignments_task');
