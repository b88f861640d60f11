-- Reviews, deductions (docs/rating-rules.md, 4.4 and 4.5; credits and points in ten-thousandths)
-- and disciplines.

INSERT INTO rare (member_id, review_d, review_n)
SELECT
    member_id,
    count(*),
    sum(
        CASE level
            WHEN 'excellent' THEN %(excellent_credit)s
            WHEN 'good' THEN %(good_credit)s
            WHEN 'completed' THEN %(completed_credit)s
            ELSE %(failed_credit)s
        END
    )
FROM shard_member
JOIN assignments_assignment a USING (member_id)
JOIN assignments_review r ON r.assignment_id = a.id AND r.year = %(year)s
GROUP BY member_id;

INSERT INTO rare (member_id, conduct_n)
SELECT member_id, 10000 * greatest(0, %(conduct_d)s - 10000 * sum(points))
FROM shard_member
JOIN evaluations_deduction d USING (member_id)
WHERE d.occurred_on BETWEEN %(first_day)s AND %(as_of)s
GROUP BY member_id;

INSERT INTO rare (member_id, disciplines)
SELECT member_id, count(*)
FROM shard_member
JOIN branches_discipline d USING (member_id)
WHERE d.decided_on BETWEEN %(first_day)s AND %(as_of)s
GROUP BY member_id;

ANALYZE rare (member_id);
