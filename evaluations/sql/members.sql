-- Whom the shard rates, and where they belonged in the period (docs/rating-rules.md, 1 and 3).

-- The branches of the shard's units, as the roll-up was planned.
INSERT INTO shard_branch
SELECT unnest(u.branches) AS branch_id, u.unit_id
FROM evaluations_rollupunit u
WHERE u.shard_id = %(shard)s;
ANALYZE shard_branch (branch_id);

-- Everybody who on the cut-off date belongs to one of them. `whole`: and did so all the period.
INSERT INTO shard_member
SELECT
    s.member_id,
    s.branch_id,
    b.unit_id,
    coalesce(earlier.person_class, m.person_class) AS person_class,
    -- Most were admitted so long ago that no calendar is needed.
    m.admitted_on > %(as_of)s - 190 AND m.admitted_on + interval '6 months' > %(as_of)s AS is_new,
    s.validity @> %(period)s AS whole
FROM shard_branch b
JOIN branches_membership s ON s.branch_id = b.branch_id AND s.validity @> %(as_of)s
JOIN branches_member m ON m.id = s.member_id AND (m.left_on IS NULL OR m.left_on > %(as_of)s)
LEFT JOIN branches_earlierpersonclass earlier
    ON earlier.member_id = m.id AND earlier.validity @> %(as_of)s;
ANALYZE shard_member (member_id);

-- Days of the period on which a member was exempt, suspended or away; the status of the last day.
INSERT INTO inactive
SELECT
    s.member_id,
    range_agg(s.validity) AS days,
    max(s.status) FILTER (WHERE s.validity @> %(as_of)s) AS status
FROM shard_member
JOIN branches_memberstatus s USING (member_id)
WHERE s.validity && %(period)s
GROUP BY s.member_id;
ANALYZE inactive (member_id);

-- Those who moved, came or were inactive: the active days in each branch. All others are `steady`:
-- active in their branch every day, which spares looking at days for nearly everybody.
INSERT INTO stay
SELECT
    member_id,
    branch_id,
    range_agg(validity * %(period)s) - coalesce(range_agg(inactive.days), '{}') AS days
FROM (
    SELECT member_id, s.branch_id, s.validity
    FROM shard_member
    CROSS JOIN LATERAL (
        SELECT s.branch_id, s.validity
        FROM branches_membership s
        -- They are few: look each up. An array, or else the planner takes the GiST index, which needs
        -- three times as long.
        WHERE s.member_id = ANY (ARRAY[shard_member.member_id])
        OFFSET 0
    ) s
    WHERE NOT whole AND s.validity && %(period)s
    UNION ALL
    SELECT member_id, branch_id, %(period)s
    FROM shard_member
    JOIN inactive USING (member_id)
    WHERE whole
) unsteady
LEFT JOIN inactive USING (member_id)
GROUP BY member_id, branch_id;
ANALYZE stay (member_id, branch_id);

INSERT INTO rare (member_id, status)
SELECT member_id, status FROM inactive WHERE status IS NOT NULL;
