-- What was decided on a visit stays once its year is rated: once a roll-up up to the last day of
-- that year is what people see of the cadre. A decision that still waits may be taken all the same.
CREATE FUNCTION keep_decisions_of_rated_years() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT m.code, f.held_on INTO wrong
    FROM former f
    JOIN changed c USING (id)
    JOIN branches_member m ON m.id = f.member_id
    WHERE f.decision <> '' AND c.decision <> f.decision AND EXISTS (
        SELECT FROM evaluations_rating r
        JOIN evaluations_rollup u ON u.id = r.roll_up_id
        JOIN evaluations_unityear y ON y.roll_up_id = u.id AND y.unit_id = r.unit_id
        WHERE r.member_id = f.member_id
            AND u.as_of = make_date(extract(year FROM f.held_on)::int, 12, 31)
    )
    LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('visit_of_a_year_not_rated', format(
            'the year of the visit of member %s on %s is rated: what was decided stays',
            wrong.code, wrong.held_on));
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER keep_decisions_of_rated_years_on_update AFTER UPDATE ON assignments_visit
REFERENCING OLD TABLE AS former NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION keep_decisions_of_rated_years();
