-- The checks of checks.sql anew, for branches/sql/linear_checks.sql's reason and in its way.

-- A team's leader is a standing-committee member of the issuer, or better, on the directive's date.
CREATE OR REPLACE FUNCTION check_team(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT team.code, m.code AS leader, o.code AS issuer, d.issued_on INTO wrong
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (
        SELECT code, leader_id, directive_id FROM assignments_team WHERE id = t.id OFFSET 0
    ) AS team
    CROSS JOIN LATERAL (
        SELECT issuer_id, issued_on FROM assignments_directive WHERE id = team.directive_id OFFSET 0
    ) AS d
    CROSS JOIN LATERAL (SELECT code FROM branches_member WHERE id = team.leader_id OFFSET 0) AS m
    CROSS JOIN LATERAL (SELECT code FROM branches_organization WHERE id = d.issuer_id OFFSET 0) AS o
    WHERE NOT EXISTS (
        -- The few positions of one person first: an organization may have hundreds.
        SELECT FROM (SELECT * FROM branches_position WHERE member_id = team.leader_id OFFSET 0) AS p
        WHERE p.organization_id = d.issuer_id AND p.validity @> d.issued_on
            AND p.rank IN ('secretary', 'deputy_secretary', 'standing_member')
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('team_led_by_the_standing_committee', format(
            'team %s: %s is no standing-committee member of %s on %s',
            wrong.code, wrong.leader, wrong.issuer, wrong.issued_on));
    END IF;
END;
$$;

CREATE OR REPLACE FUNCTION check_teams_of_directive(touched bigint[]) RETURNS void
LANGUAGE sql
SET enable_seqscan = off
AS $$
    SELECT check_team(array_agg(team.id))
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (SELECT id FROM assignments_team WHERE directive_id = t.id OFFSET 0) AS team
$$;

CREATE OR REPLACE FUNCTION check_teams_of_leader(touched bigint[]) RETURNS void
LANGUAGE sql
SET enable_seqscan = off
AS $$
    SELECT check_team(array_agg(team.id))
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (SELECT id FROM assignments_team WHERE leader_id = t.id OFFSET 0) AS team
$$;

-- A review is of a year in which the assignment was valid on some day.
CREATE OR REPLACE FUNCTION check_review(touched bigint[]) RETURNS void
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    wrong record;
BEGIN
    SELECT a.code, r.year INTO wrong
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (
        SELECT assignment_id, year FROM assignments_review WHERE id = t.id OFFSET 0
    ) AS r
    CROSS JOIN LATERAL (
        SELECT code, validity FROM assignments_assignment WHERE id = r.assignment_id OFFSET 0
    ) AS a
    WHERE NOT a.validity && daterange(make_date(r.year, 1, 1), make_date(r.year + 1, 1, 1))
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('review_of_a_valid_year', format(
            'assignment %s is valid on no day of %s, the year of its review', wrong.code, wrong.year));
    END IF;
END;
$$;

CREATE OR REPLACE FUNCTION check_reviews_of_assignment(touched bigint[]) RETURNS void
LANGUAGE sql
SET enable_seqscan = off
AS $$
    SELECT check_review(array_agg(r.id))
    FROM unnest(touched) AS t (id)
    CROSS JOIN LATERAL (SELECT id FROM assignments_review WHERE assignment_id = t.id OFFSET 0) AS r
$$;
