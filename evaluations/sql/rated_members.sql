-- Which of the members are rated for the year: a roll-up up to its last day is what people see of
-- them. What was confirmed and said of their year is not taken back behind the rating then; an
-- import of corrected data may still change it, and the next roll-up shows the difference.
CREATE FUNCTION rated_members(rated_year integer, members bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT r.member_id
    FROM evaluations_rating r
    JOIN evaluations_rollup u ON u.id = r.roll_up_id
    JOIN evaluations_unityear y ON y.roll_up_id = u.id AND y.unit_id = r.unit_id
    WHERE r.member_id = ANY (members) AND u.as_of = make_date(rated_year, 12, 31)
$$;
