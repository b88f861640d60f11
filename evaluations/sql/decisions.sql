-- Decisions on members: on what, when, with which grounds; once and for good (docs/year-end.md, 4).
-- What a check looks at grows with the rows that were touched, whatever the planner thinks of the
-- tables (branches/sql/linear_checks.sql).

-- Why a decision of this level needs its reason, as far as the row of the appraisal and the
-- suggestion say; evaluations/deciding/grounds.py has the rest. `open`: the rules leave it to people.
CREATE FUNCTION decision_grounds(
    level text, suggested text, voted text, disciplines integer, is_open boolean
) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(
    ARRAY[
        CASE WHEN level <> suggested THEN 'differs' END,
        CASE WHEN level <> voted THEN 'vote' END,
        CASE WHEN disciplines > 0 THEN 'discipline' END,
        CASE WHEN is_open THEN 'undecided' END
    ],
    NULL
);

CREATE TRIGGER check_decisions_made AFTER INSERT ON evaluations_decision
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_decisions_made();

-- A decision stays as it was written; who was anonymised is named in none.
CREATE FUNCTION refuse_change_of_decision() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND only_redacted(to_jsonb(OLD), to_jsonb(NEW), '{reason}') THEN
        RETURN NEW;
    END IF;
    PERFORM refuse('decision_stays', format(
        'decision %s on appraisal %s stays as it is: another revision changes it',
        OLD.revision, OLD.appraisal_id));
END;
$$;

CREATE TRIGGER decision_stays BEFORE UPDATE OR DELETE ON evaluations_decision
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_decision();

-- The decision in force is the newest of the appraisal's own.
CREATE FUNCTION check_decision_in_force(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT t.id INTO wrong
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (
        SELECT decision_id FROM evaluations_appraisal WHERE id = t.id OFFSET 0
    ) AS a
    LEFT JOIN LATERAL (
        SELECT id FROM evaluations_decision
        WHERE appraisal_id = t.id ORDER BY revision DESC LIMIT 1
    ) AS newest ON true
    WHERE a.decision_id IS DISTINCT FROM newest.id
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('decision_in_force_is_the_newest', format(
            'the decision in force on appraisal %s is not its newest', wrong));
    END IF;
END;
$$;

CREATE TRIGGER check_decision_in_force_insert AFTER INSERT ON evaluations_decision
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('decision_in_force', 'appraisal_id');

-- Only of those that point elsewhere now: votes and suggestions change appraisals too. Here and in
-- other triggers a full join is hashed or merged, whatever the plan of a trigger's first call, which a
-- session keeps, thought of the rows of this one.
CREATE FUNCTION check_decision_in_force_at_commit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branches_pendingcheck (rule, touched)
    SELECT 'decision_in_force', array_agg(changed.id)
    FROM former
    FULL JOIN changed ON changed.id = former.id
    WHERE changed.decision_id IS DISTINCT FROM former.decision_id
    HAVING count(*) > 0;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_decision_in_force_update AFTER UPDATE ON evaluations_appraisal
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_decision_in_force_at_commit();

CREATE FUNCTION refuse_appraisal_decided() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('appraisal_begins_undecided', 'an appraisal begins without a decision');
END;
$$;

CREATE TRIGGER appraisal_begins_undecided BEFORE INSERT ON evaluations_appraisal
FOR EACH ROW WHEN (NEW.decision_id IS NOT NULL) EXECUTE FUNCTION refuse_appraisal_decided();

-- Places beyond the cap are withdrawn, never changed.
CREATE FUNCTION refuse_change_of_places() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF
        TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
        AND to_jsonb(OLD) - '{withdrawn_at,withdrawn_by_id}'::text[]
            = to_jsonb(NEW) - '{withdrawn_at,withdrawn_by_id}'::text[]
    THEN
        RETURN NEW;
    END IF;
    PERFORM refuse('cap_override_stays', format(
        'the %s places given to unit %s stay as they are: they may be withdrawn',
        OLD.places, OLD.unit_id));
END;
$$;

CREATE TRIGGER cap_override_stays BEFORE UPDATE OR DELETE ON evaluations_capoverride
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_places();

-- Nobody decides on themselves.
SELECT accounts_never_on_oneself(
    'evaluations_decision', 'decide_ratings',
    '(SELECT a.member_id FROM evaluations_appraisal a WHERE a.id = r.appraisal_id)'
);
