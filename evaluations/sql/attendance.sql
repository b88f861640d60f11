-- Meetings of the own branch (docs/rating-rules.md, 4.1).

-- The required meetings of every branch that a member of the shard was in.
CREATE TEMP TABLE required ON COMMIT DROP AS
SELECT
    m.id AS meeting_id,
    m.branch_id,
    m.held_on,
    1 << extract(month FROM m.held_on)::int AS month
FROM (SELECT branch_id FROM shard_branch UNION SELECT branch_id FROM stay) b
JOIN branches_meeting m USING (branch_id)
WHERE m.held_on BETWEEN %(first_day)s AND %(as_of)s AND m.kind = ANY (%(meeting_kinds)s);
-- Nearly every member has meetings of one branch only: without this the planner expects as many
-- groups as there are attendance rows.
ALTER TABLE required ALTER branch_id SET (n_distinct = 1);
ANALYZE required;

-- What was recorded of a member in a branch, on the days of `stay` if there are such. No row
-- means not recorded. `missed` and `attended` have a bit for each month.
CREATE TEMP TABLE roster ON COMMIT DROP AS
SELECT
    a.member_id,
    r.branch_id,
    count(*) FILTER (WHERE a.status = 'present') AS present,
    count(*) FILTER (WHERE a.status = 'excused') AS excused,
    count(*) FILTER (WHERE a.status = 'unexcused') AS unexcused,
    bit_or(r.month) FILTER (WHERE a.status = 'unexcused') AS missed,
    bit_or(r.month) FILTER (WHERE a.status <> 'unexcused') AS attended
FROM required r
JOIN branches_attendance a ON a.meeting_id = r.meeting_id AND a.capacity = 'member'
LEFT JOIN stay ON stay.member_id = a.member_id AND stay.branch_id = r.branch_id
WHERE stay.days IS NULL OR stay.days @> r.held_on
GROUP BY a.member_id, r.branch_id;

CREATE TEMP TABLE attendance ON COMMIT DROP AS
WITH per_branch AS (SELECT branch_id, count(*) AS held FROM required GROUP BY branch_id)
SELECT
    member_id, held, present, excused, unexcused, missed & ~coalesce(attended, 0) AS missed
FROM shard_member
JOIN per_branch USING (branch_id)
LEFT JOIN roster USING (member_id, branch_id)
WHERE NOT EXISTS (SELECT FROM stay WHERE stay.member_id = shard_member.member_id)
UNION ALL
SELECT
    member_id,
    sum(of_branch.held)::bigint,
    sum(present)::bigint,
    sum(excused)::bigint,
    sum(unexcused)::bigint,
    bit_or(missed) & ~coalesce(bit_or(attended), 0)
FROM stay
CROSS JOIN LATERAL (
    SELECT count(*) AS held FROM required r
    WHERE r.branch_id = stay.branch_id AND stay.days @> r.held_on
) of_branch
LEFT JOIN roster USING (member_id, branch_id)
GROUP BY member_id;
