-- The tree of organizations on every day, and the rules between rows that CHECK, UNIQUE and
-- EXCLUDE cannot say.

-- What an organization is called and of what kind it is, with the days: earlier values and the
-- present one.
CREATE VIEW branches_organizationfacts AS
SELECT organization_id, validity, name, kind, grassroots
FROM branches_earlierorganization
UNION ALL
SELECT
    o.id,
    daterange(
        (SELECT max(upper(e.validity)) FROM branches_earlierorganization e WHERE e.organization_id = o.id),
        NULL
    ),
    o.name, o.kind, o.grassroots
FROM branches_organization o;


-- Paths ------------------------------------------------------------------------------------

-- Rebuild the paths of `touched` organizations and of all that ever stood below them.
CREATE FUNCTION refresh_organization_paths(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    affected bigint[];
BEGIN
    IF touched IS NULL THEN RETURN; END IF;
    -- Changes of the tree take turns: a path is made from the path of the parent, so two that
    -- did not see each other would leave a stale one.
    PERFORM pg_advisory_xact_lock(hashtext('branches_organizationpath'));

    WITH RECURSIVE below (id) AS (
        SELECT unnest(touched)
        UNION
        SELECT p.organization_id FROM below JOIN branches_placement p ON p.parent_id = below.id
    )
    SELECT array_agg(id) INTO affected FROM below;

    DELETE FROM branches_organizationpath WHERE organization_id = ANY (affected);

    WITH RECURSIVE
    organization AS MATERIALIZED (
        SELECT id, validity FROM branches_organization WHERE id = ANY (affected)
    ),
    -- Each day of an organization is spent under one parent or alone.
    span AS MATERIALIZED (
        SELECT o.id, p.parent_id, p.validity * o.validity AS days, o.validity
        FROM organization o
        JOIN branches_placement p ON p.organization_id = o.id AND p.validity && o.validity
        UNION ALL
        SELECT o.id, NULL, alone.days, o.validity
        FROM organization o
        CROSS JOIN LATERAL unnest(
            datemultirange(o.validity) - coalesce(
                (SELECT range_agg(p.validity) FROM branches_placement p WHERE p.organization_id = o.id),
                '{}'
            )
        ) AS alone (days)
    ),
    -- After its last day it stands as on the last, before its first as on the first.
    stretched AS MATERIALIZED (
        SELECT
            id, parent_id,
            daterange(
                CASE WHEN lower(days) IS DISTINCT FROM lower(validity) THEN lower(days) END,
                CASE WHEN upper(days) IS DISTINCT FROM upper(validity) THEN upper(days) END
            ) AS days
        FROM span
    ),
    path (id, days, ancestors) AS (
        SELECT id, days, ARRAY[id] FROM stretched WHERE parent_id IS NULL
        UNION ALL
        -- Below a parent that is not affected: its rows were not deleted above.
        SELECT s.id, s.days * above.validity, above.ancestors || s.id
        FROM stretched s
        JOIN branches_organizationpath above
            ON above.organization_id = s.parent_id AND above.validity && s.days
        UNION ALL
        SELECT s.id, s.days * path.days, path.ancestors || s.id
        FROM path
        JOIN stretched s ON s.parent_id = path.id AND s.days && path.days
        -- A cycle ends here and leaves days without a path, which check_placement() refuses.
        WHERE s.id <> ALL (path.ancestors)
    )
    INSERT INTO branches_organizationpath (organization_id, validity, ancestors)
    SELECT id, days, ancestors FROM path;
END;
$$;

CREATE FUNCTION organization_paths_follow() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT %I) FROM changed', TG_ARGV[0]) INTO touched;
    PERFORM refresh_organization_paths(touched);
    RETURN NULL;
END;
$$;

CREATE FUNCTION organization_paths_follow_validity() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_organization_paths(
        (SELECT array_agg(n.id) FROM changed n JOIN former f USING (id) WHERE n.validity <> f.validity)
    );
    RETURN NULL;
END;
$$;

CREATE TRIGGER organization_paths_on_insert AFTER INSERT ON branches_organization
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION organization_paths_follow('id');

CREATE TRIGGER organization_paths_on_update AFTER UPDATE ON branches_organization
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION organization_paths_follow_validity();

CREATE TRIGGER organization_paths_on_placed AFTER INSERT ON branches_placement
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION organization_paths_follow('organization_id');

CREATE TRIGGER organization_paths_on_moved AFTER UPDATE ON branches_placement
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION organization_paths_follow('organization_id');

CREATE TRIGGER organization_paths_on_moved_away AFTER UPDATE ON branches_placement
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION organization_paths_follow('organization_id');

CREATE TRIGGER organization_paths_on_removed AFTER DELETE ON branches_placement
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION organization_paths_follow('organization_id');


-- Deferred checks --------------------------------------------------------------------------

-- A constraint trigger can only run row by row, which a bulk import cannot afford. So each
-- statement leaves one row here that names what it touched, and the deferred constraint trigger
-- on this table checks all of that in one query when the transaction ends. It is always empty
-- for everybody else.
CREATE UNLOGGED TABLE branches_pendingcheck (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule text NOT NULL,
    touched bigint[] NOT NULL
);

-- Arguments: the rule, and the column of the changed rows that says whom it concerns.
CREATE FUNCTION check_at_commit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'INSERT INTO branches_pendingcheck (rule, touched)
         SELECT %L, array_agg(DISTINCT %I) FROM changed HAVING count(%2$I) > 0',
        TG_ARGV[0], TG_ARGV[1]
    );
    RETURN NULL;
END;
$$;

CREATE FUNCTION run_pending_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM branches_pendingcheck WHERE id = NEW.id;
    EXECUTE format('SELECT %I($1)', 'check_' || NEW.rule) USING NEW.touched;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER run_pending_check AFTER INSERT ON branches_pendingcheck
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION run_pending_check();

-- Refuse the transaction: `constraint_name` is what the application maps to a sentence.
CREATE FUNCTION refuse(constraint_name text, explanation text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', explanation USING ERRCODE = 'check_violation', CONSTRAINT = constraint_name;
END;
$$;

-- Which kind may stand under which.
CREATE FUNCTION may_stand_under(child text, child_is_grassroots boolean, parent text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE child
    WHEN 'central' THEN false
    WHEN 'province' THEN parent = 'central'
    WHEN 'district' THEN parent IN ('province', 'central')
    WHEN 'grassroots_committee' THEN parent IN ('district', 'province', 'central')
    WHEN 'sub_committee' THEN parent = 'grassroots_committee'
    WHEN 'branch' THEN
        parent IN ('grassroots_committee', 'sub_committee')
        OR child_is_grassroots AND parent IN ('district', 'province', 'central')
    WHEN 'cell' THEN parent = 'branch'
    ELSE false
END;

-- Parents of the right kind that exist all the while, and no cycle on any day.
CREATE FUNCTION check_placement(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT child.code, parent.code AS parent_code INTO wrong
    FROM branches_placement p
    JOIN branches_organization child ON child.id = p.organization_id
    JOIN branches_organization parent ON parent.id = p.parent_id
    WHERE (child.id = ANY (touched) OR parent.id = ANY (touched))
        AND NOT p.validity * child.validity <@ parent.validity
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('placement_inside_parent', format(
            'organization %s stands under %s on a day on which %2$s does not exist',
            wrong.code, wrong.parent_code));
    END IF;

    SELECT child.code, c.kind, parent.code AS parent_code, a.kind AS parent_kind INTO wrong
    FROM branches_placement p
    JOIN branches_organization child ON child.id = p.organization_id
    JOIN branches_organization parent ON parent.id = p.parent_id
    JOIN branches_organizationfacts c
        ON c.organization_id = child.id AND c.validity && (p.validity * child.validity)
    JOIN branches_organizationfacts a
        ON a.organization_id = parent.id AND a.validity && (p.validity * child.validity * c.validity)
    WHERE (child.id = ANY (touched) OR parent.id = ANY (touched))
        AND NOT may_stand_under(c.kind, c.grassroots, a.kind)
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('placement_parent_kind', format(
            'organization %s (%s) cannot stand under %s (%s)',
            wrong.code, wrong.kind, wrong.parent_code, wrong.parent_kind));
    END IF;

    SELECT o.code INTO wrong
    FROM branches_organization o
    WHERE o.id = ANY (touched)
        AND (
            SELECT range_agg(x.validity) FROM branches_organizationpath x WHERE x.organization_id = o.id
        ) IS DISTINCT FROM datemultirange(daterange(NULL, NULL))
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('placement_no_cycle', format(
            'organization %s would stand below itself on some day', wrong.code));
    END IF;
END;
$$;

-- Members belong to a branch, not before they were admitted, and leave after they came.
CREATE FUNCTION check_membership(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT m.code, o.code AS branch_code INTO wrong
    -- The touched rows first, whatever the planner thinks of the tables: it once looked for each of
    -- 100,000 members through a list of 100,000.
    FROM (SELECT * FROM branches_membership WHERE member_id = ANY (touched) OFFSET 0) s
    JOIN branches_member m ON m.id = s.member_id
    JOIN branches_organization o ON o.id = s.branch_id
    JOIN (
        SELECT organization_id, validity FROM branches_organizationfacts WHERE kind <> 'branch'
    ) other ON other.organization_id = o.id AND other.validity && s.validity
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('membership_in_a_branch', format(
            'member %s cannot belong to %s, which is not a branch', wrong.code, wrong.branch_code));
    END IF;

    SELECT m.code, lower(s.validity) AS since, m.admitted_on, m.left_on INTO wrong
    FROM (SELECT * FROM branches_membership WHERE member_id = ANY (touched) OFFSET 0) s
    JOIN branches_member m ON m.id = s.member_id
    WHERE upper_inf(s.validity)
        AND (lower(s.validity) < m.admitted_on OR m.left_on < lower(s.validity))
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('membership_between_admission_and_leaving', format(
            'member %s belongs to the branch since %s: not before admission (%s), not after leaving (%s)',
            wrong.code, wrong.since, wrong.admitted_on, coalesce(wrong.left_on::text, '-')));
    END IF;
END;
$$;

-- A meeting is of a branch, on a day on which the branch exists.
CREATE FUNCTION check_meeting(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT m.code, m.held_on, o.code AS branch_code INTO wrong
    FROM (SELECT * FROM branches_meeting WHERE id = ANY (touched) OFFSET 0) m
    JOIN branches_organization o ON o.id = m.branch_id
    LEFT JOIN branches_earlierorganization e
        ON e.organization_id = o.id AND e.validity @> m.held_on
    WHERE (NOT o.validity @> m.held_on OR coalesce(e.kind, o.kind) <> 'branch')
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('meeting_of_a_branch_that_exists', format(
            'meeting %s: %s is no branch that exists on %s', wrong.code, wrong.branch_code, wrong.held_on));
    END IF;
END;
$$;

-- What depends on an organization's kind and validity, when these change.
CREATE FUNCTION check_organization(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM check_placement(touched);
    PERFORM check_membership(
        (SELECT array_agg(DISTINCT member_id) FROM branches_membership WHERE branch_id = ANY (touched))
    );
    PERFORM check_meeting(
        (SELECT array_agg(id) FROM branches_meeting WHERE branch_id = ANY (touched))
    );
END;
$$;

CREATE TRIGGER check_placement_at_commit_insert AFTER INSERT ON branches_placement
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('placement', 'organization_id');

CREATE TRIGGER check_placement_at_commit_update AFTER UPDATE ON branches_placement
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('placement', 'organization_id');

CREATE TRIGGER check_organization_at_commit_update AFTER UPDATE ON branches_organization
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization', 'id');

CREATE TRIGGER check_organization_at_commit_insert AFTER INSERT ON branches_earlierorganization
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization', 'organization_id');

CREATE TRIGGER check_organization_at_commit_update AFTER UPDATE ON branches_earlierorganization
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization', 'organization_id');

CREATE TRIGGER check_organization_at_commit_delete AFTER DELETE ON branches_earlierorganization
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization', 'organization_id');

CREATE TRIGGER check_membership_at_commit_insert AFTER INSERT ON branches_membership
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('membership', 'member_id');

CREATE TRIGGER check_membership_at_commit_update AFTER UPDATE ON branches_membership
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('membership', 'member_id');

CREATE TRIGGER check_membership_at_commit_update AFTER UPDATE ON branches_member
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('membership', 'id');

CREATE TRIGGER check_meeting_at_commit_insert AFTER INSERT ON branches_meeting
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('meeting', 'id');

CREATE TRIGGER check_meeting_at_commit_update AFTER UPDATE ON branches_meeting
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('meeting', 'id');
