-- Whom the shard rates, and where they belonged in the period (docs/rating-rules.md, 1 and 3).

-- The branches of the shard's units, as the roll-up was planned.
CREATE TEMP TABLE shard_branch ON COMMIT DROP AS
SELECT unnest(u.branches) AS branch_id, u.unit_id
FROM evaluations_rollupunit u
WHERE u.shard_id = %(shard)s;
ANALYZE shard_branch (branch_id);

-- Everybody who on the cut-off date belongs to one of them. `whole`: and did so all the period.
CREATE TEMP TABLE shard_member ON COMMIT DROP AS
SELECT
    s.member_id,
    s.branch_id,
    b.unit_id,
    coalesce(earlier.person_class, m.person_class) AS person_class,
    m.admitted_on + interval '6 months' > %(as_of)s AS is_new,
    s.validity @> %(period)s AS whole
FROM shard_branch b
JOIN branches_membership s ON s.branch_id = b.branch_id AND s.validity @> %(as_of)s
JOIN branches_member m ON m.id = s.member_id AND (m.left_on IS NULL OR m.left_on > %(as_of)s)
LEFT JOIN branches_earlierpersonclass earlier
    ON earlier.member_id = m.id AND earlier.validity @> %(as_of)s
ORDER BY b.unit_id, s.member_id;
ANALYZE shard_member (member_id);

-- Days of the period on which a member was exempt, suspended or away; the status of the last day.
CREATE TEMP TABLE inactive ON COMMIT DROP AS
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
CREATE TEMP TABLE stay ON COMMIT DROP AS
SELECT
    member_id,
    s.branch_id,
    range_agg(s.validity * %(period)s) - coalesce(range_agg(inactive.days), '{}') AS days
FROM (
    SELECT member_id FROM shard_member WHERE NOT whole
    UNION
    SELECT member_id FROM inactive
) unsteady
JOIN branches_membership s USING (member_id)
LEFT JOIN inactive USING (member_id)
WHERE s.validity && %(period)s
GROUP BY member_id, s.branch_id;
ANALYZE stay (member_id, branch_id);

-- What only few members have, a row for each kind of it: the status of the last day, what was
-- recorded of those who are not steady, duty visits, reviews, deductions, disciplines.
CREATE TEMP TABLE rare (
    member_id bigint,
    status varchar(9),
    held bigint,
    present bigint,
    excused bigint,
    unexcused bigint,
    missed integer,
    attended integer,
    duty_required bigint,
    duty_credited bigint,
    review_d bigint,
    review_n bigint,
    conduct_n bigint,
    disciplines bigint
) ON COMMIT DROP;

INSERT INTO rare (member_id, status)
SELECT member_id, status FROM inactive WHERE status IS NOT NULL;
