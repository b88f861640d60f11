-- Visits of assigned cadres: what of them is true between tables, and what comes of them.

-- A visit keeps the branch and day of its meeting; where these are put right, they follow.
ALTER TABLE branches_meeting ADD CONSTRAINT meeting_of_branch_and_day UNIQUE (id, branch_id, held_on);
ALTER TABLE assignments_visit ADD CONSTRAINT visit_at_a_meeting_of_the_day
FOREIGN KEY (meeting_id, branch_id, held_on) REFERENCES branches_meeting (id, branch_id, held_on)
ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;

-- It is made under an assignment of the cadre: the pair is the reference.
ALTER TABLE assignments_visit ADD CONSTRAINT visit_of_the_assigned_member
FOREIGN KEY (assignment_id, member_id) REFERENCES assignments_assignment (id, member_id)
DEFERRABLE INITIALLY DEFERRED;


-- Who confirms -----------------------------------------------------------------------------

-- What exists on the day of what an organization became, and of what that became.
CREATE FUNCTION organizations_in_place_of(gone bigint, day date) RETURNS TABLE (id bigint)
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE heir (id) AS (
        SELECT s.successor_id FROM branches_succession s WHERE s.organization_id = gone
        UNION
        SELECT s.successor_id FROM heir JOIN branches_succession s ON s.organization_id = heir.id
    )
    SELECT o.id FROM heir JOIN branches_organization o USING (id) WHERE o.validity @> day
$$;

CREATE FUNCTION nearest_grassroots_committee(place bigint, day date) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT o.id
    FROM branches_organizationpath p
    CROSS JOIN LATERAL unnest(p.ancestors) WITH ORDINALITY AS up (id, depth)
    JOIN branches_organization o ON o.id = up.id AND o.validity @> day
    LEFT JOIN branches_earlierorganization e ON e.organization_id = o.id AND e.validity @> day
    WHERE p.organization_id = place AND p.validity @> day
        AND coalesce(e.kind, o.kind) = 'grassroots_committee'
    ORDER BY up.depth DESC
    LIMIT 1
$$;

-- The committee named, while it exists; the one that stands in its place, if it is one; else the
-- nearest grassroots committee at or above the place of the work, or what stands there now; else
-- the place itself.
CREATE FUNCTION confirming_committee(confirmer bigint, place bigint, day date) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found_id bigint;
BEGIN
    IF confirmer IS NOT NULL THEN
        PERFORM FROM branches_organization o WHERE o.id = confirmer AND o.validity @> day;
        IF FOUND THEN RETURN confirmer; END IF;
        SELECT min(heir.id) INTO found_id FROM organizations_in_place_of(confirmer, day) heir
        HAVING count(*) = 1;
        IF found_id IS NOT NULL THEN RETURN found_id; END IF;
    END IF;
    found_id := nearest_grassroots_committee(place, day);
    IF found_id IS NOT NULL THEN RETURN found_id; END IF;
    SELECT nearest_grassroots_committee(heir.id, day) INTO found_id
    FROM organizations_in_place_of(place, day) heir
    ORDER BY heir.id LIMIT 1;
    RETURN coalesce(found_id, place);
END;
$$;


-- What a claim must be ---------------------------------------------------------------------

-- A claim is made under an assignment that is valid on the day, to the branch or to what stands
-- above it then, and never of the branch that the cadre belongs to.
CREATE FUNCTION check_claimed_visits() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT m.code, o.code AS branch_code, c.held_on INTO wrong
    FROM changed c
    JOIN branches_member m ON m.id = c.member_id
    JOIN branches_organization o ON o.id = c.branch_id
    WHERE c.claimed_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM assignments_assignment a
        JOIN branches_organizationpath p
            ON p.organization_id = c.branch_id AND p.validity @> c.held_on
            AND a.target_id = ANY (p.ancestors)
        WHERE a.id = c.assignment_id AND a.validity @> c.held_on
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('visit_of_an_assigned_cadre', format(
            'member %s is not assigned to %s on %s', wrong.code, wrong.branch_code, wrong.held_on));
    END IF;

    SELECT m.code, o.code AS branch_code, c.held_on INTO wrong
    FROM changed c
    JOIN branches_member m ON m.id = c.member_id
    JOIN branches_organization o ON o.id = c.branch_id
    JOIN branches_membership s
        ON s.member_id = c.member_id AND s.branch_id = c.branch_id AND s.validity @> c.held_on
    WHERE c.claimed_at IS NOT NULL
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('visit_not_of_ones_own_branch', format(
            'member %s belongs to %s on %s: that is no visit',
            wrong.code, wrong.branch_code, wrong.held_on));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER check_claimed_visits_on_insert AFTER INSERT ON assignments_visit
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_claimed_visits();


-- What comes of visits ---------------------------------------------------------------------

-- The attendance of assigned cadres, as far as there are visits, is this and nothing else: present
-- and confirmed only by the office's decision, absent as the roster states, nothing for a claim
-- that was withdrawn.
-- Row by row through indexes, whatever the planner thinks of the tables (see linear_checks.sql).
CREATE FUNCTION settle_visits(touched bigint[]) RETURNS void
LANGUAGE sql SET enable_seqscan = off AS $$
    DELETE FROM branches_attendance
    WHERE (meeting_id, member_id) IN (
        SELECT v.meeting_id, v.member_id FROM assignments_visit v
        WHERE v.id = ANY (touched) AND v.meeting_id IS NOT NULL AND v.state = ''
    ) AND capacity = 'assigned';

    INSERT INTO branches_attendance AS a (meeting_id, member_id, capacity, status, confirmed, reason)
    SELECT
        v.meeting_id,
        v.member_id,
        'assigned',
        CASE WHEN v.state IN ('excused', 'unexcused') THEN v.state ELSE 'present' END,
        v.state = 'confirmed',
        CASE WHEN v.state IN ('excused', 'unexcused') THEN left(v.stated_reason, 500) ELSE '' END
    FROM assignments_visit v
    WHERE v.id = ANY (touched) AND v.meeting_id IS NOT NULL AND v.state <> ''
    ORDER BY v.id
    ON CONFLICT (meeting_id, member_id) DO UPDATE
    SET status = excluded.status, confirmed = excluded.confirmed, reason = excluded.reason
    WHERE a.capacity = 'assigned'
        AND (a.status, a.confirmed, a.reason) <> (excluded.status, excluded.confirmed, excluded.reason);
$$;

-- Visits that were logged before the branch recorded its meeting join it; of several on the day the
-- one of the same kind, else the only one.
CREATE FUNCTION join_meetings(touched bigint[]) RETURNS void
LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    joined bigint[];
BEGIN
    WITH found AS (
        SELECT DISTINCT ON (v.id) v.id, m.id AS meeting_id, m.kind
        FROM assignments_visit v
        CROSS JOIN LATERAL (
            SELECT m.id, m.kind, count(*) OVER () AS held
            FROM branches_meeting m
            WHERE m.branch_id = v.branch_id AND m.held_on = v.held_on
        ) m
        WHERE v.id = ANY (touched) AND v.meeting_id IS NULL
            AND (m.kind = v.kind OR m.held = 1)
            AND NOT EXISTS (
                SELECT FROM assignments_visit w
                WHERE w.member_id = v.member_id AND w.meeting_id = m.id
            )
        ORDER BY v.id, m.kind = v.kind DESC, m.id
    ),
    changed AS (
        UPDATE assignments_visit v SET meeting_id = found.meeting_id, kind = found.kind
        FROM found WHERE v.id = found.id
        RETURNING v.id
    )
    SELECT array_agg(id) INTO joined FROM changed;
    PERFORM settle_visits(joined);
END;
$$;

-- Wherever the meeting comes from: a plan that is held, a roster, a workbook.
CREATE FUNCTION join_meetings_on_insert() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    loose bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM assignments_visit WHERE meeting_id IS NULL) THEN RETURN NULL; END IF;
    SELECT array_agg(v.id) INTO loose
    FROM assignments_visit v
    JOIN changed m ON m.branch_id = v.branch_id AND m.held_on = v.held_on
    WHERE v.meeting_id IS NULL;
    IF loose IS NOT NULL THEN PERFORM join_meetings(loose); END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER join_meetings_on_insert AFTER INSERT ON branches_meeting
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION join_meetings_on_insert();

-- What was recorded of assigned cadres without being confirmed, as workbooks bring it, waits for
-- its office like any visit: what stands there is the statement of the branch's roster. Where there
-- is a visit already, that says what the attendance is. Returns how many visits it made.
CREATE FUNCTION adopt_unconfirmed() RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
    differing bigint[];
BEGIN
    SELECT array_agg(v.id) INTO differing
    FROM assignments_visit v
    LEFT JOIN branches_attendance a ON a.meeting_id = v.meeting_id AND a.member_id = v.member_id
    WHERE v.meeting_id IS NOT NULL AND coalesce(a.capacity, 'assigned') = 'assigned'
        AND (a.status, a.confirmed) IS DISTINCT FROM (
            CASE
                WHEN v.state IN ('excused', 'unexcused') THEN v.state
                WHEN v.state <> '' THEN 'present'
            END,
            CASE WHEN v.state <> '' THEN v.state = 'confirmed' END
        );
    IF differing IS NOT NULL THEN PERFORM settle_visits(differing); END IF;

    WITH waiting AS (
        SELECT a.member_id, a.status, a.reason, m.id AS meeting_id, m.branch_id, m.held_on, m.kind
        FROM branches_attendance a
        JOIN branches_meeting m ON m.id = a.meeting_id
        WHERE a.capacity = 'assigned' AND NOT a.confirmed
            AND NOT EXISTS (
                SELECT FROM assignments_visit v
                WHERE v.meeting_id = a.meeting_id AND v.member_id = a.member_id
            )
    ),
    -- Under the deepest target at or above the branch, where there is one.
    under AS (
        SELECT DISTINCT ON (w.member_id, w.meeting_id)
            w.*, a.id AS assignment_id, a.confirmer_id, a.target_id
        FROM waiting w
        LEFT JOIN branches_organizationpath p
            ON p.organization_id = w.branch_id AND p.validity @> w.held_on
        LEFT JOIN assignments_assignment a
            ON a.member_id = w.member_id AND a.validity @> w.held_on
            AND a.target_id = ANY (p.ancestors)
        ORDER BY w.member_id, w.meeting_id, array_position(p.ancestors, a.target_id) DESC NULLS LAST
    ),
    inserted AS (
        INSERT INTO assignments_visit (
            member_id, branch_id, held_on, kind, meeting_id, assignment_id, confirmer_id,
            note, remarks, withdrawal_reason, stated, stated_reason, stated_at,
            decision, decision_reason, dispute_reason
        )
        SELECT
            member_id, branch_id, held_on, kind, meeting_id, assignment_id,
            confirming_committee(confirmer_id, coalesce(target_id, branch_id), held_on),
            '', '', '', status, reason, now(), '', '', ''
        FROM under
        ORDER BY held_on, meeting_id, member_id
        RETURNING 1
    )
    SELECT count(*) INTO made FROM inserted;
    RETURN made;
END;
$$;
