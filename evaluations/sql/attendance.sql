-- Meetings of the own branch (docs/rating-rules.md, 4.1).

-- The required meetings of every branch that a member of the shard was in. `here`: a branch of the
-- shard, where the steady ones are.
INSERT INTO required
SELECT
    m.id AS meeting_id,
    m.branch_id,
    m.held_on,
    1 << extract(month FROM m.held_on)::int AS month,
    here
FROM (
    SELECT branch_id, bool_or(here) AS here
    FROM (
        SELECT branch_id, true AS here FROM shard_branch
        UNION ALL
        SELECT branch_id, false FROM stay
    ) every
    GROUP BY branch_id
) own_branch
JOIN branches_meeting m USING (branch_id)
WHERE m.held_on BETWEEN %(first_day)s AND %(as_of)s AND m.kind = ANY (%(meeting_kinds)s);
-- Nearly every member has meetings of one branch only: without this the planner expects as many
-- groups as there are attendance rows.
ALTER TABLE required ALTER branch_id SET (n_distinct = 1);
ANALYZE required (branch_id, meeting_id, here);

-- What was recorded of those who are not steady, on the days of their stays, and how many meetings
-- were held then. `missed` and `attended` have a bit for each month.
INSERT INTO rare (member_id, held, present, excused, unexcused, missed, attended)
SELECT
    stay.member_id,
    count(r.meeting_id) AS held,
    count(*) FILTER (WHERE a.status = 'present') AS present,
    count(*) FILTER (WHERE a.status = 'excused') AS excused,
    count(*) FILTER (WHERE a.status = 'unexcused') AS unexcused,
    bit_or(r.month) FILTER (WHERE a.status = 'unexcused') AS missed,
    bit_or(r.month) FILTER (WHERE a.status <> 'unexcused') AS attended
FROM stay
LEFT JOIN required r ON r.branch_id = stay.branch_id AND stay.days @> r.held_on
LEFT JOIN LATERAL (
    SELECT a.status
    FROM branches_attendance a
    WHERE a.meeting_id = r.meeting_id AND a.member_id = stay.member_id AND a.capacity = 'member'
    OFFSET 0 -- they are few: look each up, never read all of the attendance again
) a ON true
GROUP BY stay.member_id;
