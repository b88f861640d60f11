-- Organizations in a cycle: in which order they are decided on, within the cap, with their grounds,
-- once and for good, and what the lock keeps (docs/organization-rating-rules.md, 1, 7 and 8).

-- Which of a cycle's organizations are ready: their branches have done the decision on members, and
-- those below are decided on or not rated. `settled`: so are they themselves.
CREATE VIEW evaluations_organizationready AS
SELECT
    o.id AS appraisal_id,
    o.cycle_id,
    bool_and(
        (b.id IS NULL OR EXISTS (
            SELECT FROM evaluations_stepdone s WHERE s.cycle_branch_id = b.id AND s.kind = 'decision'
        ))
        AND (lower.id = o.id OR coalesce(d.level, '') <> '' OR lower.rated IS FALSE)
    ) AS ready,
    bool_or(lower.id = o.id AND (coalesce(d.level, '') <> '' OR lower.rated IS FALSE)) AS settled
FROM evaluations_organizationappraisal lower
CROSS JOIN LATERAL unnest(lower.above) AS above (id)
JOIN evaluations_organizationappraisal o
    ON o.cycle_id = lower.cycle_id AND o.organization_id = above.id
LEFT JOIN evaluations_cyclebranch b
    ON b.cycle_id = lower.cycle_id AND b.branch_id = lower.organization_id
LEFT JOIN evaluations_organizationdecision d ON d.id = lower.decision_id
GROUP BY o.id;


-- The cap -----------------------------------------------------------------------------------

-- Each group of like organizations of a cycle; as cap_uses() for members.
CREATE FUNCTION organization_cap_uses(of_cycle bigint) RETURNS TABLE (
    organization_id bigint,
    kind text,
    organizations bigint,
    decided bigint,
    excellent_before bigint,
    good_before bigint,
    good_or_better bigint,
    decided_excellent bigint,
    expected_excellent bigint,
    percent numeric,
    places bigint,
    more_places bigint
)
LANGUAGE sql STABLE AS $$
    SELECT
        counted.cap_organization_id,
        counted.cap_kind,
        counted.organizations,
        counted.decided,
        counted.excellent_before,
        counted.good_before,
        counted.good_or_better,
        counted.decided_excellent,
        counted.expected_excellent,
        share.percent,
        cap_places(counted.good_or_better, share.percent, s.definition #>> '{cap,base}'),
        coalesce(given.places, 0)
    FROM evaluations_organizationround r
    JOIN evaluations_organizationscheme s ON s.id = r.scheme_id
    JOIN evaluations_cycle c ON c.id = r.cycle_id
    CROSS JOIN LATERAL (
        SELECT
            o.cap_organization_id,
            o.cap_kind,
            count(*) AS organizations,
            count(*) FILTER (WHERE d.level <> '') AS decided,
            count(*) FILTER (WHERE o.level = 'excellent') AS excellent_before,
            count(*) FILTER (WHERE o.level = 'good') AS good_before,
            count(*) FILTER (WHERE held.level IN ('excellent', 'good')) AS good_or_better,
            count(*) FILTER (WHERE d.level = 'excellent') AS decided_excellent,
            count(*) FILTER (WHERE held.level = 'excellent') AS expected_excellent
        FROM evaluations_organizationappraisal o
        LEFT JOIN evaluations_organizationdecision d ON d.id = o.decision_id
        CROSS JOIN LATERAL (
            SELECT coalesce(nullif(d.level, ''), o.suggested_level) AS level
        ) AS held
        WHERE o.cycle_id = of_cycle
        GROUP BY 1, 2
    ) AS counted
    LEFT JOIN evaluations_unitcap own
        ON own.unit_id = counted.cap_organization_id AND own.year = c.year
    CROSS JOIN LATERAL (
        SELECT coalesce(own.percent, (s.definition #>> '{cap,percent}')::numeric) AS percent
    ) AS share
    LEFT JOIN evaluations_organizationplaces given
        ON given.cycle_id = of_cycle AND given.organization_id = counted.cap_organization_id
        AND given.kind = counted.cap_kind AND given.withdrawn_at IS NULL
    WHERE r.cycle_id = of_cycle
$$;

CREATE FUNCTION check_organization_cap(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    touched_cycle bigint;
    wrong record;
BEGIN
    FOR touched_cycle IN SELECT DISTINCT id FROM unnest(touched) AS t (id) ORDER BY id LOOP
        -- Two that decide at once would each see places that the other takes.
        PERFORM pg_advisory_xact_lock(hashtextextended('evaluations_organization_cap', touched_cycle));
        SELECT o.code, used.* INTO wrong
        FROM organization_cap_uses(touched_cycle) AS used
        JOIN branches_organization o ON o.id = used.organization_id
        WHERE used.decided_excellent > used.places + used.more_places
        LIMIT 1;
        IF FOUND THEN
            PERFORM refuse('organizations_within_the_cap', format(
                'organizations below %s %s: %s decided excellent, places for %s',
                wrong.code, wrong.kind, wrong.decided_excellent, wrong.places + wrong.more_places));
        END IF;
    END LOOP;
END;
$$;

CREATE FUNCTION check_organization_cap_of_units(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM check_organization_cap((
        SELECT array_agg(DISTINCT o.cycle_id)
        FROM evaluations_organizationappraisal o
        WHERE o.cap_organization_id = ANY (touched)
    ));
END;
$$;

CREATE TRIGGER check_organization_cap_update AFTER UPDATE ON evaluations_organizationappraisal
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_cap', 'cycle_id');

CREATE TRIGGER check_organization_cap_delete AFTER DELETE ON evaluations_organizationappraisal
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_cap', 'cycle_id');

CREATE TRIGGER check_organization_cap_update AFTER UPDATE ON evaluations_organizationplaces
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_cap', 'cycle_id');

CREATE TRIGGER check_organization_cap_update AFTER UPDATE ON evaluations_organizationround
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_cap', 'cycle_id');

CREATE TRIGGER check_organization_cap_insert AFTER INSERT ON evaluations_unitcap
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_cap_of_units', 'unit_id');

CREATE TRIGGER check_organization_cap_update AFTER UPDATE ON evaluations_unitcap
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_cap_of_units', 'unit_id');

CREATE TRIGGER check_organization_cap_delete AFTER DELETE ON evaluations_unitcap
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_cap_of_units', 'unit_id');


-- Decisions ---------------------------------------------------------------------------------

-- A decision says its reason where there is a discipline: of somebody of the leading collective, of
-- the organization itself, or of one below it (docs/organization-rating-rules.md, 8). Two of the
-- three come as columns with a later migration, before anybody decides.
CREATE FUNCTION check_organization_decisions() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    locked bigint[];
    wrong record;
BEGIN
    SELECT locked_cycles(array_agg(DISTINCT o.cycle_id)) INTO locked
    FROM changed JOIN evaluations_organizationappraisal o ON o.id = changed.appraisal_id;
    SELECT changed.appraisal_id, changed.cause INTO wrong
    FROM changed
    JOIN evaluations_organizationappraisal o ON o.id = changed.appraisal_id
    WHERE (changed.cause = 're_rating') <> (o.cycle_id = ANY (coalesce(locked, '{}')))
        OR changed.cause = 're_rating' AND changed.level = ''
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('organization_decision_in_time', format(
            'organization appraisal %s: a decision before the lock, a re-rating after it',
            wrong.appraisal_id));
    END IF;

    SELECT changed.appraisal_id INTO wrong
    FROM changed
    JOIN evaluations_organizationappraisal o ON o.id = changed.appraisal_id
    JOIN evaluations_organizationready r ON r.appraisal_id = o.id AND r.cycle_id = o.cycle_id
    WHERE changed.level <> ''
        AND NOT (r.ready AND (o.rated OR o.not_rated_reason = 'no_results') IS TRUE)
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('organization_decision_in_order', format(
            'organization appraisal %s: its members and those below it come first, or it is not rated',
            wrong.appraisal_id));
    END IF;

    SELECT changed.appraisal_id INTO wrong
    FROM changed
    JOIN evaluations_organizationappraisal o ON o.id = changed.appraisal_id
    JOIN evaluations_organizationappraisal upper
        ON upper.cycle_id = o.cycle_id AND upper.organization_id = ANY (o.above) AND upper.id <> o.id
    JOIN evaluations_organizationdecision d ON d.id = upper.decision_id AND d.level <> ''
    WHERE changed.level = ''
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('organization_decision_under_others', format(
            'organization appraisal %s: one above it is decided on, which is taken back first',
            wrong.appraisal_id));
    END IF;

    SELECT changed.appraisal_id, needed.grounds INTO wrong
    FROM changed
    JOIN evaluations_organizationappraisal o ON o.id = changed.appraisal_id
    CROSS JOIN LATERAL (
        SELECT array_remove(
            ARRAY[
                CASE WHEN changed.level <> o.suggested_level THEN 'differs' END,
                CASE
                    WHEN o.leaders_disciplined + o.disciplines + o.below_disciplined > 0
                    THEN 'discipline'
                END,
                CASE WHEN o.tied THEN 'tie' END
            ],
            NULL
        ) AS grounds
    ) AS needed
    WHERE changed.level <> '' AND NOT needed.grounds <@ changed.grounds::text[]
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('organization_decision_with_its_grounds', format(
            'the decision on organization appraisal %s does not say why it needs a reason: %s',
            wrong.appraisal_id, wrong.grounds));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_organization_decisions AFTER INSERT ON evaluations_organizationdecision
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_organization_decisions();

CREATE FUNCTION refuse_change_of_organization_decision() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('organization_decision_stays', format(
        'decision %s on organization appraisal %s stays as it is: another revision changes it',
        OLD.revision, OLD.appraisal_id));
END;
$$;

CREATE TRIGGER organization_decision_stays BEFORE UPDATE OR DELETE ON evaluations_organizationdecision
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_organization_decision();

-- The decision in force is the newest of the organization's own.
CREATE FUNCTION check_organization_decision_in_force(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT o.id INTO wrong
    FROM evaluations_organizationappraisal o
    LEFT JOIN LATERAL (
        SELECT id FROM evaluations_organizationdecision
        WHERE appraisal_id = o.id ORDER BY revision DESC LIMIT 1
    ) AS newest ON true
    WHERE o.id = ANY (touched) AND o.decision_id IS DISTINCT FROM newest.id
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('organization_decision_in_force_is_the_newest', format(
            'the decision in force on organization appraisal %s is not its newest', wrong));
    END IF;
END;
$$;

CREATE TRIGGER check_organization_in_force_insert AFTER INSERT ON evaluations_organizationdecision
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_decision_in_force', 'appraisal_id');

CREATE TRIGGER check_organization_in_force_row AFTER INSERT ON evaluations_organizationappraisal
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_decision_in_force', 'id');

CREATE TRIGGER check_organization_in_force_update AFTER UPDATE ON evaluations_organizationappraisal
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_decision_in_force', 'id');

-- Places beyond the cap are withdrawn, never changed.
CREATE FUNCTION refuse_change_of_organization_places() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
        AND to_jsonb(OLD) - '{withdrawn_at,withdrawn_by_id}'::text[]
            = to_jsonb(NEW) - '{withdrawn_at,withdrawn_by_id}'::text[]
    THEN
        RETURN NEW;
    END IF;
    PERFORM refuse('organization_places_stay', 'places beyond the cap are withdrawn, never changed');
END;
$$;

CREATE TRIGGER organization_places_stay BEFORE UPDATE OR DELETE ON evaluations_organizationplaces
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_organization_places();


-- Steps -------------------------------------------------------------------------------------

-- A branch is through the step of its organization when that is decided on, or not rated. Where the
-- organizations of a cycle were never listed, they are rated elsewhere.
CREATE FUNCTION check_organization_step() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT o.id INTO wrong
    FROM changed
    JOIN evaluations_cyclebranch b ON b.id = changed.cycle_branch_id
    JOIN evaluations_organizationappraisal o
        ON o.cycle_id = b.cycle_id AND o.organization_id = b.branch_id
    LEFT JOIN evaluations_organizationdecision d ON d.id = o.decision_id
    WHERE changed.kind = 'organizations' AND (
        (coalesce(d.level, '') <> '' OR o.rated IS FALSE) = (TG_OP = 'DELETE')
    ) AND NOT (TG_OP = 'DELETE' AND o.rated IS FALSE)
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('step_of_the_organization', format(
            'organization appraisal %s: the step is done when it is decided on', wrong.id));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_organization_step_insert AFTER INSERT ON evaluations_stepdone
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_organization_step();

CREATE TRIGGER check_organization_step_delete AFTER DELETE ON evaluations_stepdone
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_organization_step();


-- The lock ----------------------------------------------------------------------------------

SELECT keep_in_locked_cycles('evaluations_organizationround', 'r.cycle_id');
SELECT keep_in_locked_cycles('evaluations_organizationappraisal', 'r.cycle_id', '{}', '{insert,delete}');
SELECT keep_in_locked_cycles(
    'evaluations_shortcomings',
    '(SELECT a.cycle_id FROM evaluations_appraisal a WHERE a.id = r.appraisal_id
      UNION ALL
      SELECT o.cycle_id FROM evaluations_organizationappraisal o
      WHERE o.id = r.organization_appraisal_id)'
);

-- An organization of a locked cycle may point at another decision: that of a re-rating.
CREATE FUNCTION refuse_organization_in_locked_cycle() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    locked bigint[];
BEGIN
    SELECT locked_cycles(array_agg(DISTINCT cycle_id)) INTO locked FROM (
        SELECT cycle_id FROM changed UNION ALL SELECT cycle_id FROM former
    ) AS both_of_it;
    IF locked IS NULL THEN RETURN NULL; END IF;
    IF EXISTS (
        SELECT FROM former f
        JOIN changed n USING (id)
        LEFT JOIN evaluations_organizationdecision d ON d.id = n.decision_id
        WHERE (f.cycle_id = ANY (locked) OR n.cycle_id = ANY (locked)) AND (
            to_jsonb(f) - 'decision_id' <> to_jsonb(n) - 'decision_id'
            OR f.decision_id IS DISTINCT FROM n.decision_id AND d.cause IS DISTINCT FROM 're_rating'
        )
    ) THEN
        PERFORM refuse('cycle_not_locked', format('cycle %s is locked', locked[1]));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER locked_update AFTER UPDATE ON evaluations_organizationappraisal
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION refuse_organization_in_locked_cycle();

-- What is decided in a locked cycle is the rating of the year.
CREATE FUNCTION check_organization_ratings_agree(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT o.organization_id, c.year INTO wrong
    FROM evaluations_organizationappraisal o
    JOIN evaluations_cycle c ON c.id = o.cycle_id AND c.locked_at IS NOT NULL
    JOIN evaluations_organizationdecision d ON d.id = o.decision_id AND d.level <> ''
    LEFT JOIN evaluations_organizationrating r
        ON r.organization_id = o.organization_id AND r.year = c.year
    WHERE o.organization_id = ANY (touched) AND r.level IS DISTINCT FROM d.level
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('organization_rating_as_decided', format(
            'organization %s: its rating of %s is not what its locked cycle decided',
            wrong.organization_id, wrong.year));
    END IF;
END;
$$;

CREATE TRIGGER check_as_decided_update AFTER UPDATE ON evaluations_organizationappraisal
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_ratings_agree', 'organization_id');

CREATE TRIGGER check_as_decided_insert AFTER INSERT ON evaluations_organizationrating
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_ratings_agree', 'organization_id');

CREATE TRIGGER check_as_decided_update AFTER UPDATE ON evaluations_organizationrating
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_ratings_agree', 'organization_id');

-- An update may take the rating away from the organization that it was of.
CREATE TRIGGER check_as_decided_former AFTER UPDATE ON evaluations_organizationrating
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_ratings_agree', 'organization_id');

CREATE TRIGGER check_as_decided_delete AFTER DELETE ON evaluations_organizationrating
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('organization_ratings_agree', 'organization_id');

-- No lock without the organizations that are listed, nor with one that was rated otherwise elsewhere.
CREATE FUNCTION refuse_lock_without_organizations() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT appraisal_id INTO wrong FROM evaluations_organizationready
    WHERE cycle_id = NEW.id AND NOT settled AND EXISTS (
        SELECT FROM evaluations_cyclestep s WHERE s.cycle_id = NEW.id AND s.kind = 'organizations'
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('lock_with_organizations', format(
            'cycle %s: organization appraisal %s is to be decided on', NEW.id, wrong.appraisal_id));
    END IF;
    SELECT o.id INTO wrong
    FROM evaluations_organizationappraisal o
    JOIN evaluations_organizationdecision d ON d.id = o.decision_id AND d.level <> ''
    LEFT JOIN evaluations_organizationrating r
        ON r.organization_id = o.organization_id AND r.year = NEW.year
    WHERE o.cycle_id = NEW.id AND r.level IS DISTINCT FROM d.level
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('organization_rating_as_decided', format(
            'cycle %s: organization appraisal %s is not recorded as decided', NEW.id, wrong.id));
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER lock_with_organizations BEFORE UPDATE ON evaluations_cycle
FOR EACH ROW WHEN (OLD.locked_at IS NULL AND NEW.locked_at IS NOT NULL)
EXECUTE FUNCTION refuse_lock_without_organizations();
