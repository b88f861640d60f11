-- Opinions: the meeting of their visit, and their steps. %(time_zone)s is that of the settings.

-- An opinion that was taken down on a visit has the meeting of the visit, as soon as that has one.
CREATE FUNCTION take_meeting_of_visit() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.meeting_id := (SELECT v.meeting_id FROM assignments_visit AS v WHERE v.id = NEW.visit_id);
    RETURN NEW;
END;
$$;

CREATE TRIGGER take_meeting_of_visit BEFORE INSERT OR UPDATE ON assignments_opinion
FOR EACH ROW WHEN (NEW.visit_id IS NOT NULL) EXECUTE FUNCTION take_meeting_of_visit();

CREATE FUNCTION hand_meeting_to_opinions() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE assignments_opinion SET meeting_id = NEW.meeting_id
    WHERE visit_id = NEW.id AND meeting_id IS DISTINCT FROM NEW.meeting_id;
    RETURN NULL;
END;
$$;

CREATE TRIGGER hand_meeting_to_opinions AFTER UPDATE ON assignments_visit
FOR EACH ROW WHEN (OLD.meeting_id IS DISTINCT FROM NEW.meeting_id)
EXECUTE FUNCTION hand_meeting_to_opinions();

-- The branch is told at a meeting of its own, not before the opinion was raised.
CREATE FUNCTION check_opinion_told() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM branches_meeting AS told
        LEFT JOIN branches_meeting AS raised ON raised.id = NEW.meeting_id
        LEFT JOIN assignments_visit AS visit ON visit.id = NEW.visit_id
        WHERE told.id = NEW.told_at_id
            AND told.branch_id = coalesce(raised.branch_id, visit.branch_id)
            AND told.held_on >= coalesce(raised.held_on, visit.held_on)
    ) THEN
        PERFORM refuse('opinion_told_in_its_branch', format(
            'opinion %s: its branch is told at a meeting of its own, after it was raised', NEW.code));
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER opinion_told_in_its_branch
BEFORE INSERT OR UPDATE OF told_at_id ON assignments_opinion
FOR EACH ROW WHEN (NEW.told_at_id IS NOT NULL) EXECUTE FUNCTION check_opinion_told();

-- Steps are a record of what happened: none is changed or deleted.
CREATE FUNCTION keep_opinion_steps() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('opinion_step_is_kept', 'a step of an opinion is never changed or deleted');
END;
$$;

CREATE TRIGGER opinion_step_is_kept BEFORE UPDATE OR DELETE ON assignments_opinionstep
FOR EACH ROW EXECUTE FUNCTION keep_opinion_steps();

-- The last step says what the opinion says, whoever changes it: what no step tells at the end of
-- the transaction was put right by an import.
CREATE FUNCTION follow_opinion() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO assignments_opinionstep
        (opinion_id, kind, "on", at, by_id, reason, state, answer, referred_to_id, due_on, told_at_id)
    SELECT o.id, 'corrected', (now() AT TIME ZONE '%(time_zone)s')::date, now(), NULL, '',
        o.state, o.answer, o.referred_to_id, o.due_on, o.told_at_id
    FROM assignments_opinion AS o
    JOIN LATERAL (
        SELECT s.* FROM assignments_opinionstep AS s
        WHERE s.opinion_id = o.id ORDER BY s.id DESC LIMIT 1
    ) AS last ON true
    WHERE o.id = NEW.id
        AND (o.state, o.answer, o.referred_to_id, o.due_on, o.told_at_id) IS DISTINCT FROM
            (last.state, last.answer, last.referred_to_id, last.due_on, last.told_at_id);
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER follow_opinion AFTER UPDATE ON assignments_opinion
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION follow_opinion();

SELECT accounts_audit('assignments_opinionstep');
