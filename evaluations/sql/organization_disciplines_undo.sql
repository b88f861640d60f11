CREATE OR REPLACE FUNCTION check_organization_decisions() RETURNS trigger
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
                CASE WHEN o.leaders_disciplined > 0 THEN 'discipline' END,
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
