-- The deferred checks and the paths of tree.sql anew: what they cost grows with what was touched,
-- whatever the planner thinks of the tables. Statistics may have been taken while a table was empty,
-- as after a large transaction that was rolled back; they say one row of every table, and a check of
-- 3,000 organizations joined each with each, three times over, without an end.
--
-- So nothing is left to choose: the touched rows come first, and each next table is looked up row by
-- row. OFFSET 0 keeps the order of the steps, and without enable_seqscan a step goes by an index.


-- Paths ------------------------------------------------------------------------------------

-- The days of a placement as a path has them: after its last day an organization stands as on the
-- last, before its first as on the first.
CREATE OR REPLACE FUNCTION stretch_days(days daterange, validity daterange) RETURNS daterange
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN daterange(
    CASE WHEN lower(days) IS DISTINCT FROM lower(validity) THEN lower(days) END,
    CASE WHEN upper(days) IS DISTINCT FROM upper(validity) THEN upper(days) END
);

-- Rebuild the paths of `touched` organizations and of all that ever stood below them.
CREATE OR REPLACE FUNCTION refresh_organization_paths(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
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
        SELECT p.organization_id
        FROM below
        CROSS JOIN LATERAL (
            SELECT organization_id FROM branches_placement WHERE parent_id = below.id OFFSET 0
        ) AS p
    )
    SELECT array_agg(id) INTO affected FROM below;

    DELETE FROM branches_organizationpath
    WHERE ctid = ANY (ARRAY(
        SELECT x.ctid
        FROM unnest(affected) AS a (id)
        CROSS JOIN LATERAL (
            SELECT ctid FROM branches_organizationpath WHERE organization_id = a.id OFFSET 0
        ) AS x
    ));

    WITH RECURSIVE
    organization AS MATERIALIZED (
        SELECT a.id, o.validity
        FROM unnest(affected) AS a (id)
        CROSS JOIN LATERAL (SELECT validity FROM branches_organization WHERE id = a.id OFFSET 0) AS o
    ),
    path (id, days, ancestors) AS (
        -- Each day of an organization is spent under one parent or alone.
        SELECT o.id, stretch_days(alone.days, o.validity), ARRAY[o.id]
        FROM organization o
        CROSS JOIN LATERAL unnest(
            datemultirange(o.validity) - coalesce(
                (SELECT range_agg(p.validity) FROM branches_placement p WHERE p.organization_id = o.id),
                '{}'
            )
        ) AS alone (days)
        UNION ALL
        -- Below a parent that is not affected: its rows were not deleted above.
        SELECT o.id, placed.days * above.validity, above.ancestors || o.id
        FROM organization o
        CROSS JOIN LATERAL (
            SELECT parent_id, stretch_days(validity * o.validity, o.validity) AS days
            FROM branches_placement
            WHERE organization_id = o.id AND validity && o.validity
            OFFSET 0
        ) AS placed
        CROSS JOIN LATERAL (
            SELECT validity, ancestors FROM branches_organizationpath
            WHERE organization_id = placed.parent_id AND validity && placed.days
            OFFSET 0
        ) AS above
        UNION ALL
        -- Below one that is: all that stands there is affected too.
        SELECT placed.organization_id, placed.days * path.days, path.ancestors || placed.organization_id
        FROM path
        CROSS JOIN LATERAL (
            SELECT p.organization_id, stretch_days(p.validity * o.validity, o.validity) AS days
            FROM (
                SELECT organization_id, validity FROM branches_placement
                WHERE parent_id = path.id
                OFFSET 0
            ) AS p
            CROSS JOIN LATERAL (
                SELECT validity FROM branches_organization WHERE id = p.organization_id OFFSET 0
            ) AS o
            WHERE p.validity && o.validity
            OFFSET 0
        ) AS placed
        WHERE placed.days && path.days
            -- A cycle ends here and leaves days without a path, which check_placement() refuses.
            AND placed.organization_id <> ALL (path.ancestors)
    )
    INSERT INTO branches_organizationpath (organization_id, validity, ancestors)
    SELECT id, days, ancestors FROM path;
END;
$$;


-- Deferred checks --------------------------------------------------------------------------

-- Parents of the right kind that exist all the while, and no cycle on any day.
CREATE OR REPLACE FUNCTION check_placement(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
    placements bigint[];
BEGIN
    SELECT array_agg(DISTINCT p.id) INTO placements
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (
        SELECT id FROM branches_placement WHERE organization_id = t.id
        UNION ALL
        SELECT id FROM branches_placement WHERE parent_id = t.id
        OFFSET 0
    ) AS p;

    SELECT child.code, parent.code AS parent_code INTO wrong
    FROM unnest(placements) AS t (id)
    CROSS JOIN LATERAL (SELECT * FROM branches_placement WHERE id = t.id OFFSET 0) AS p
    CROSS JOIN LATERAL (
        SELECT code, validity FROM branches_organization WHERE id = p.organization_id OFFSET 0
    ) AS child
    CROSS JOIN LATERAL (
        SELECT code, validity FROM branches_organization WHERE id = p.parent_id OFFSET 0
    ) AS parent
    WHERE NOT p.validity * child.validity <@ parent.validity
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('placement_inside_parent', format(
            'organization %s stands under %s on a day on which %2$s does not exist',
            wrong.code, wrong.parent_code));
    END IF;

    SELECT child.code, c.kind, parent.code AS parent_code, a.kind AS parent_kind INTO wrong
    FROM unnest(placements) AS t (id)
    CROSS JOIN LATERAL (SELECT * FROM branches_placement WHERE id = t.id OFFSET 0) AS p
    CROSS JOIN LATERAL (
        SELECT code, p.validity * validity AS days
        FROM branches_organization WHERE id = p.organization_id
        OFFSET 0
    ) AS child
    CROSS JOIN LATERAL (
        SELECT kind, grassroots, child.days * validity AS days
        FROM branches_organizationfacts
        WHERE organization_id = p.organization_id AND validity && child.days
        OFFSET 0
    ) AS c
    CROSS JOIN LATERAL (
        SELECT kind FROM branches_organizationfacts
        WHERE organization_id = p.parent_id AND validity && c.days
        OFFSET 0
    ) AS a
    CROSS JOIN LATERAL (
        SELECT code FROM branches_organization WHERE id = p.parent_id OFFSET 0
    ) AS parent
    WHERE NOT may_stand_under(c.kind, c.grassroots, a.kind)
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('placement_parent_kind', format(
            'organization %s (%s) cannot stand under %s (%s)',
            wrong.code, wrong.kind, wrong.parent_code, wrong.parent_kind));
    END IF;

    SELECT o.code INTO wrong
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (SELECT code FROM branches_organization WHERE id = t.id OFFSET 0) AS o
    WHERE (
        SELECT range_agg(x.validity) FROM branches_organizationpath x WHERE x.organization_id = t.id
    ) IS DISTINCT FROM datemultirange(daterange(NULL, NULL))
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('placement_no_cycle', format(
            'organization %s would stand below itself on some day', wrong.code));
    END IF;
END;
$$;

-- Members belong to a branch, not before they were admitted, and leave after they came.
CREATE OR REPLACE FUNCTION check_membership(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT m.code, o.code AS branch_code INTO wrong
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (
        SELECT branch_id, validity FROM branches_membership WHERE member_id = t.id OFFSET 0
    ) AS s
    CROSS JOIN LATERAL (
        SELECT FROM branches_organizationfacts
        WHERE organization_id = s.branch_id AND kind <> 'branch' AND validity && s.validity
        OFFSET 0
    ) AS other
    CROSS JOIN LATERAL (SELECT code FROM branches_member WHERE id = t.id OFFSET 0) AS m
    CROSS JOIN LATERAL (SELECT code FROM branches_organization WHERE id = s.branch_id OFFSET 0) AS o
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('membership_in_a_branch', format(
            'member %s cannot belong to %s, which is not a branch', wrong.code, wrong.branch_code));
    END IF;

    SELECT m.code, lower(s.validity) AS since, m.admitted_on, m.left_on INTO wrong
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (
        SELECT validity FROM branches_membership
        WHERE member_id = t.id AND upper_inf(validity)
        OFFSET 0
    ) AS s
    CROSS JOIN LATERAL (
        SELECT code, admitted_on, left_on FROM branches_member WHERE id = t.id OFFSET 0
    ) AS m
    WHERE lower(s.validity) < m.admitted_on OR m.left_on < lower(s.validity)
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('membership_between_admission_and_leaving', format(
            'member %s belongs to the branch since %s: not before admission (%s), not after leaving (%s)',
            wrong.code, wrong.since, wrong.admitted_on, coalesce(wrong.left_on::text, '-')));
    END IF;
END;
$$;

-- A meeting is of a branch, on a day on which the branch exists.
CREATE OR REPLACE FUNCTION check_meeting(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT m.code, m.held_on, o.code AS branch_code INTO wrong
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (
        SELECT code, held_on, branch_id FROM branches_meeting WHERE id = t.id OFFSET 0
    ) AS m
    CROSS JOIN LATERAL (
        SELECT code, kind, validity FROM branches_organization WHERE id = m.branch_id OFFSET 0
    ) AS o
    LEFT JOIN LATERAL (
        SELECT kind FROM branches_earlierorganization
        WHERE organization_id = m.branch_id AND validity @> m.held_on
        OFFSET 0
    ) AS e ON true
    WHERE NOT o.validity @> m.held_on OR coalesce(e.kind, o.kind) <> 'branch'
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('meeting_of_a_branch_that_exists', format(
            'meeting %s: %s is no branch that exists on %s', wrong.code, wrong.branch_code, wrong.held_on));
    END IF;
END;
$$;

-- What depends on an organization's kind and validity, when these change.
CREATE OR REPLACE FUNCTION check_organization(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
BEGIN
    PERFORM check_placement(touched);
    PERFORM check_membership((
        SELECT array_agg(DISTINCT s.member_id)
        FROM unnest(touched) AS t (id)
        CROSS JOIN LATERAL (
            SELECT member_id FROM branches_membership WHERE branch_id = t.id OFFSET 0
        ) AS s
    ));
    PERFORM check_meeting((
        SELECT array_agg(m.id)
        FROM unnest(touched) AS t (id)
        CROSS JOIN LATERAL (SELECT id FROM branches_meeting WHERE branch_id = t.id OFFSET 0) AS m
    ));
END;
$$;
