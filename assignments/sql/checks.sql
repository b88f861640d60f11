-- Rules between rows that CHECK, UNIQUE and EXCLUDE cannot say; see branches/sql/tree.sql for how
-- check_at_commit() works.

-- A registered task is the assigned member's own: the pair is the reference.
ALTER TABLE assignments_task ADD CONSTRAINT task_of_the_assigned_member
FOREIGN KEY (assignment_id, member_id) REFERENCES assignments_assignment (id, member_id)
DEFERRABLE INITIALLY DEFERRED;

-- A team's leader is a standing-committee member of the issuer, or better, on the directive's date.
CREATE FUNCTION check_team(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT t.code, m.code AS leader, o.code AS issuer, d.issued_on INTO wrong
    FROM assignments_team t
    JOIN assignments_directive d ON d.id = t.directive_id
    JOIN branches_member m ON m.id = t.leader_id
    JOIN branches_organization o ON o.id = d.issuer_id
    WHERE t.id = ANY (touched)
        AND NOT EXISTS (
            SELECT FROM branches_position p
            WHERE p.member_id = t.leader_id AND p.organization_id = d.issuer_id
                AND p.validity @> d.issued_on
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

CREATE FUNCTION check_teams_of_directive(touched bigint[]) RETURNS void
LANGUAGE sql
AS $$ SELECT check_team((SELECT array_agg(id) FROM assignments_team WHERE directive_id = ANY (touched))) $$;

CREATE FUNCTION check_teams_of_leader(touched bigint[]) RETURNS void
LANGUAGE sql
AS $$ SELECT check_team((SELECT array_agg(id) FROM assignments_team WHERE leader_id = ANY (touched))) $$;

-- A review is of a year in which the assignment was valid on some day.
CREATE FUNCTION check_review(touched bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT a.code, r.year INTO wrong
    FROM assignments_review r
    JOIN assignments_assignment a ON a.id = r.assignment_id
    WHERE r.id = ANY (touched)
        AND NOT a.validity && daterange(make_date(r.year, 1, 1), make_date(r.year + 1, 1, 1))
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('review_of_a_valid_year', format(
            'assignment %s is valid on no day of %s, the year of its review', wrong.code, wrong.year));
    END IF;
END;
$$;

CREATE FUNCTION check_reviews_of_assignment(touched bigint[]) RETURNS void
LANGUAGE sql
AS $$ SELECT check_review((SELECT array_agg(id) FROM assignments_review WHERE assignment_id = ANY (touched))) $$;

CREATE TRIGGER check_team_at_commit_insert AFTER INSERT ON assignments_team
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('team', 'id');

CREATE TRIGGER check_team_at_commit_update AFTER UPDATE ON assignments_team
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('team', 'id');

CREATE TRIGGER check_teams_of_directive_at_commit_update AFTER UPDATE ON assignments_directive
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('teams_of_directive', 'id');

CREATE TRIGGER check_teams_of_leader_at_commit_update AFTER UPDATE ON branches_position
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('teams_of_leader', 'member_id');

CREATE TRIGGER check_teams_of_leader_at_commit_delete AFTER DELETE ON branches_position
REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('teams_of_leader', 'member_id');

CREATE TRIGGER check_review_at_commit_insert AFTER INSERT ON assignments_review
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('review', 'id');

CREATE TRIGGER check_review_at_commit_update AFTER UPDATE ON assignments_review
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('review', 'id');

CREATE TRIGGER check_reviews_of_assignment_at_commit_update AFTER UPDATE ON assignments_assignment
REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION check_at_commit('reviews_of_assignment', 'id');
