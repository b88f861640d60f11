-- The cap on excellent holds for what is decided (docs/year-end.md, 4): no transaction ends with more
-- members decided excellent in a cap unit than it has places.

-- k: so many may be excellent of so many good and excellent (docs/rating-rules.md, 7).
CREATE FUNCTION cap_places(good_or_better bigint, percent numeric, base text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN div(
    percent * good_or_better, CASE base WHEN 'good' THEN 100 + percent ELSE 100 END
)::bigint;

-- The cap units of some units in a cycle. Who is decided counts by that level, who is not by the
-- suggestion. `more_places` were given beyond the cap; `percent` is the unit's own, if it has one.
-- Looked up unit by unit, branch by branch, member by member, whatever the planner thinks.
CREATE FUNCTION cap_uses(of_cycle bigint, units bigint[]) RETURNS TABLE (
    unit_id bigint,
    person_class text,
    people bigint,
    decided bigint,
    good_or_better bigint,
    decided_excellent bigint,
    expected_excellent bigint,
    percent numeric,
    own_percent numeric,
    places bigint,
    more_places bigint
)
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
    SELECT
        counted.unit_id,
        counted.person_class,
        counted.people,
        counted.decided,
        counted.good_or_better,
        counted.decided_excellent,
        counted.expected_excellent,
        share.percent,
        own.percent,
        cap_places(counted.good_or_better, share.percent, cap.base),
        coalesce(given.places, 0)
    FROM (
        SELECT
            (s.definition #>> '{cap,percent}')::numeric AS percent,
            s.definition #>> '{cap,base}' AS base,
            (s.definition #>> '{cap,by_class}')::boolean AS by_class,
            c.year
        FROM evaluations_cycle c
        JOIN evaluations_scheme s ON s.id = c.scheme_id
        WHERE c.id = of_cycle
    ) AS cap
    CROSS JOIN LATERAL (
        SELECT
            u.id AS unit_id,
            CASE WHEN cap.by_class THEN a.person_class ELSE '' END AS person_class,
            count(*) AS people,
            count(*) FILTER (WHERE d.level <> '') AS decided,
            count(*) FILTER (WHERE held.level IN ('excellent', 'good')) AS good_or_better,
            count(*) FILTER (WHERE d.level = 'excellent') AS decided_excellent,
            count(*) FILTER (WHERE held.level = 'excellent') AS expected_excellent
        FROM unnest(units) AS u (id)
        CROSS JOIN LATERAL (
            SELECT id FROM evaluations_cyclebranch
            WHERE unit_id = u.id AND cycle_id = of_cycle OFFSET 0
        ) AS b
        CROSS JOIN LATERAL (
            SELECT person_class, suggested_level, decision_id FROM evaluations_appraisal
            WHERE cycle_branch_id = b.id OFFSET 0
        ) AS a
        LEFT JOIN LATERAL (
            SELECT level FROM evaluations_decision WHERE id = a.decision_id OFFSET 0
        ) AS d ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(nullif(d.level, ''), a.suggested_level) AS level
        ) AS held
        GROUP BY 1, 2
    ) AS counted
    LEFT JOIN LATERAL (
        SELECT u.percent FROM evaluations_unitcap u
        WHERE u.unit_id = counted.unit_id AND u.year = cap.year OFFSET 0
    ) AS own ON true
    CROSS JOIN LATERAL (SELECT coalesce(own.percent, cap.percent) AS percent) AS share
    LEFT JOIN LATERAL (
        SELECT o.places FROM evaluations_capoverride o
        WHERE o.cycle_id = of_cycle AND o.unit_id = counted.unit_id
            AND o.person_class = counted.person_class AND o.withdrawn_at IS NULL
        OFFSET 0
    ) AS given ON true
$$;

CREATE FUNCTION refuse_above_the_cap(of_cycle bigint, units bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    -- Two that decide at once would each see places that the other takes.
    PERFORM pg_advisory_xact_lock(hashtextextended('evaluations_cap', of_cycle));
    SELECT o.code, used.* INTO wrong
    FROM cap_uses(of_cycle, units) AS used
    JOIN branches_organization o ON o.id = used.unit_id
    WHERE used.decided_excellent > used.places + used.more_places
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('decided_within_the_cap', format(
            'unit %s %s: %s decided excellent, places for %s',
            wrong.code, wrong.person_class, wrong.decided_excellent,
            wrong.places + wrong.more_places));
    END IF;
END;
$$;

-- By branches of cycles, by units in whatever cycles, by whole cycles.
CREATE FUNCTION check_cap_of_branches(touched bigint[]) RETURNS void
LANGUAGE sql
SET enable_seqscan = off
AS $$
    SELECT refuse_above_the_cap(cycle_id, units)
    FROM (
        SELECT b.cycle_id, array_agg(DISTINCT b.unit_id) AS units
        FROM unnest(touched) AS t (id)
        CROSS JOIN LATERAL (
            SELECT cycle_id, unit_id FROM evaluations_cyclebranch WHERE id = t.id OFFSET 0
        ) AS b
        GROUP BY b.cycle_id
        ORDER BY b.cycle_id
    ) AS changed
$$;

CREATE FUNCTION check_cap_of_units(touched bigint[]) RETURNS void
LANGUAGE sql
SET enable_seqscan = off
AS $$
    SELECT refuse_above_the_cap(cycle_id, units)
    FROM (
        SELECT b.cycle_id, array_agg(DISTINCT t.id) AS units
        FROM unnest(touched) AS t (id)
        CROSS JOIN LATERAL (
            SELECT cycle_id FROM evaluations_cyclebranch WHERE unit_id = t.id OFFSET 0
        ) AS b
        GROUP BY b.cycle_id
        ORDER BY b.cycle_id
    ) AS changed
$$;

CREATE FUNCTION check_cap_of_cycles(touched bigint[]) RETURNS void
LANGUAGE sql AS $$
    SELECT refuse_above_the_cap(cycle_id, units)
    FROM (
        SELECT b.cycle_id, array_agg(DISTINCT b.unit_id) AS units
        FROM evaluations_cyclebranch b
        WHERE b.cycle_id = ANY (touched)
        GROUP BY b.cycle_id
        ORDER BY b.cycle_id
    ) AS changed
$$;

-- Only appraisals that count otherwise than before.
CREATE FUNCTION check_cap_of_appraisals() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branches_pendingcheck (rule, touched)
    SELECT 'cap_of_branches', array_agg(DISTINCT b.id)
    FROM former
    FULL JOIN changed ON changed.id = former.id
    CROSS JOIN LATERAL (
        VALUES (former.cycle_branch_id), (changed.cycle_branch_id)
    ) AS b (id)
    WHERE (former.decision_id, former.suggested_level, former.person_class, former.cycle_branch_id)
        IS DISTINCT FROM
        (changed.decision_id, changed.suggested_level, changed.person_class, changed.cycle_branch_id)
    HAVING count(*) > 0;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_cap_update AFTER UPDATE ON evaluations_appraisal
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_cap_of_appraisals();

CREATE TRIGGER check_cap_delete AFTER DELETE ON evaluations_appraisal
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_branches', 'cycle_branch_id');

-- Of an update both: the unit that a branch, a cap or places were of, and the one they are of now.
CREATE TRIGGER check_cap_update AFTER UPDATE ON evaluations_cyclebranch
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_units', 'unit_id');

CREATE TRIGGER check_cap_update_former AFTER UPDATE ON evaluations_cyclebranch
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_units', 'unit_id');

CREATE TRIGGER check_cap_delete AFTER DELETE ON evaluations_cyclebranch
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_units', 'unit_id');

CREATE TRIGGER check_cap_insert AFTER INSERT ON evaluations_unitcap
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_units', 'unit_id');

CREATE TRIGGER check_cap_update AFTER UPDATE ON evaluations_unitcap
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_units', 'unit_id');

CREATE TRIGGER check_cap_update_former AFTER UPDATE ON evaluations_unitcap
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_units', 'unit_id');

CREATE TRIGGER check_cap_delete AFTER DELETE ON evaluations_unitcap
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_units', 'unit_id');

CREATE TRIGGER check_cap_update AFTER UPDATE ON evaluations_capoverride
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('cap_of_units', 'unit_id');

-- Another rating set may have another cap.
CREATE FUNCTION check_cap_of_cycle() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branches_pendingcheck (rule, touched)
    SELECT 'cap_of_cycles', array_agg(changed.id)
    FROM former
    FULL JOIN changed ON changed.id = former.id
    WHERE (former.scheme_id, former.year) IS DISTINCT FROM (changed.scheme_id, changed.year)
    HAVING count(*) > 0;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_cap_update AFTER UPDATE ON evaluations_cycle
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_cap_of_cycle();
