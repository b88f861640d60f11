-- Planned meetings become held ones, and what a roster never says.

-- A plan is held as soon as its branch has a meeting of that day and kind, whoever enters it.
CREATE FUNCTION link_meeting_plans() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE branches_meetingplan AS p
    SET state = 'held', meeting_id = first.id
    FROM (
        SELECT DISTINCT ON (branch_id, held_on, kind) id, branch_id, held_on, kind
        FROM changed ORDER BY branch_id, held_on, kind, code
    ) AS first
    WHERE p.branch_id = first.branch_id AND p.planned_on = first.held_on
        AND p.kind = first.kind AND p.state = 'planned';
    RETURN NULL;
END;
$$;

CREATE TRIGGER link_meeting_plans_on_insert AFTER INSERT ON branches_meeting
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION link_meeting_plans();

-- Who was present has no reason of absence: also where an import or a merge says only that
-- somebody was present after all.
CREATE FUNCTION empty_reason_of_presence() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.reason := '';
    RETURN NEW;
END;
$$;

CREATE TRIGGER empty_reason_of_presence BEFORE INSERT OR UPDATE ON branches_attendance
FOR EACH ROW WHEN (NEW.status = 'present' AND NEW.reason <> '')
EXECUTE FUNCTION empty_reason_of_presence();

-- A closed roster takes no check-in. The lock on the meeting lets closing and checking in take
-- turns.
CREATE FUNCTION refuse_check_in_after_closing() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    closed timestamptz;
BEGIN
    SELECT m.roster_closed_at INTO closed
    FROM branches_meeting AS m
    WHERE m.id = coalesce(
        NEW.meeting_id, (SELECT p.meeting_id FROM branches_meetingplan AS p WHERE p.id = NEW.plan_id)
    )
    FOR SHARE;
    IF closed IS NOT NULL THEN
        PERFORM refuse('check_in_while_open', 'the roster of the meeting is closed');
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER check_in_while_open BEFORE INSERT ON branches_checkin
FOR EACH ROW EXECUTE FUNCTION refuse_check_in_after_closing();

SELECT refuse_merged_members('branches_checkin');
