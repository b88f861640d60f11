-- What a shard works with. A session makes these tables once and every commit empties them: to make
-- and drop them for each shard took a twentieth of its time.
SET LOCAL client_min_messages = warning; -- not that a table is there already

CREATE TEMP TABLE IF NOT EXISTS shard_branch (
    branch_id bigint,
    unit_id bigint
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS shard_member (
    member_id bigint,
    branch_id bigint,
    unit_id bigint,
    person_class varchar(7),
    is_new boolean,
    whole boolean
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS inactive (
    member_id bigint,
    days datemultirange,
    status varchar(9)
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS stay (
    member_id bigint,
    branch_id bigint,
    days datemultirange
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS required (
    meeting_id bigint,
    branch_id bigint,
    held_on date,
    month integer,
    here boolean
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS chain (
    id bigint,
    member_id bigint,
    target_id bigint,
    visits_due smallint,
    visits_period varchar(7),
    days datemultirange
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS reach (
    target_id bigint,
    organization_id bigint
) ON COMMIT DELETE ROWS;

CREATE TEMP TABLE IF NOT EXISTS target_day (
    target_id bigint,
    held_on date,
    held bigint
) ON COMMIT DELETE ROWS;

-- What only few members have, a row for each kind of it: the status of the last day, what was
-- recorded of those who are not steady, duty visits, reviews, deductions, disciplines.
CREATE TEMP TABLE IF NOT EXISTS rare (
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
) ON COMMIT DELETE ROWS;
