-- Log a visit in one statement, as it goes nearly always: the cadre is assigned to the branch or to
-- what stands above it, nothing is on record of them there yet. No row: something is in the way,
-- and the service says what (assignments/services/visit_claims.py).
WITH work AS (
    SELECT a.id, confirming_committee(a.confirmer_id, a.target_id, %(held_on)s::date) AS confirmer_id
    FROM branches_organizationpath p
    JOIN assignments_assignment a
        ON a.member_id = %(member)s AND a.validity @> %(held_on)s::date
        AND a.target_id = ANY (p.ancestors)
    WHERE p.organization_id = %(branch)s AND p.validity @> %(held_on)s::date
    ORDER BY array_position(p.ancestors, a.target_id) DESC, a.id
    LIMIT 1
),
held AS (
    SELECT m.id, m.kind, m.kind = %(kind)s AS is_alike, count(*) OVER () AS number
    FROM branches_meeting m
    WHERE m.branch_id = %(branch)s AND m.held_on = %(held_on)s
        AND (%(meeting)s::bigint IS NULL OR m.id = %(meeting)s)
),
met AS (
    SELECT id, kind FROM held WHERE is_alike OR number = 1 ORDER BY is_alike DESC, id LIMIT 1
),
made AS (
    INSERT INTO assignments_visit (
        member_id, branch_id, held_on, kind, meeting_id, assignment_id, confirmer_id,
        claimed_at, note, remarks, photo_id,
        withdrawal_reason, stated, stated_reason, decision, decision_reason, dispute_reason
    )
    SELECT
        %(member)s, %(branch)s, %(held_on)s, coalesce(met.kind, %(kind)s), met.id, work.id,
        work.confirmer_id, %(at)s, %(note)s, %(remarks)s, %(photo)s, '', '', '', '', '', ''
    FROM work
    JOIN branches_organization o ON o.id = %(branch)s AND o.validity @> %(held_on)s::date
    LEFT JOIN branches_earlierorganization e
        ON e.organization_id = o.id AND e.validity @> %(held_on)s::date
    LEFT JOIN met ON true
    WHERE coalesce(e.kind, o.kind) = 'branch'
        AND (%(meeting)s::bigint IS NULL OR met.id IS NOT NULL)
        AND NOT EXISTS (
            SELECT FROM branches_membership s
            WHERE s.member_id = %(member)s AND s.branch_id = %(branch)s
                AND s.validity @> %(held_on)s::date
        )
        AND NOT EXISTS (
            SELECT FROM assignments_visit v
            WHERE v.member_id = %(member)s AND v.branch_id = %(branch)s AND v.held_on = %(held_on)s
        )
        AND NOT EXISTS (
            SELECT FROM branches_attendance t
            WHERE t.meeting_id = met.id AND t.member_id = %(member)s
        )
    ON CONFLICT DO NOTHING
    RETURNING *
)
SELECT made.*, o.name AS committee
FROM made
JOIN branches_organization o ON o.id = made.confirmer_id
