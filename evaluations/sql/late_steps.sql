-- The branches of open cycles with a step whose last day was from `since` to the day before `day`, each
-- with the first such step: who does it (a role) and where (place_id). `within`: those at or below
-- these organizations alone; NULL: all. Reminders of an earlier room ask for it.
CREATE FUNCTION late_steps(day date, since date, within bigint[])
RETURNS TABLE (
    cycle_id bigint, cycle_organization_id bigint, kind text, due_on date, done_by text,
    place_id bigint
)
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (b.id)
        c.id, c.organization_id, s.kind, s.due_on,
        CASE
            WHEN s.kind IN ('decision', 'organizations') THEN 'leader'
            WHEN s.kind = 'section' THEN 'office'
            ELSE 'secretary'
        END,
        CASE
            WHEN s.kind IN ('decision', 'organizations') THEN b.unit_id
            WHEN s.kind = 'section' THEN b.section_id
            ELSE b.branch_id
        END
    FROM evaluations_cycle AS c
    JOIN evaluations_cyclestep AS s ON s.cycle_id = c.id AND s.due_on < day AND s.due_on >= since
    JOIN evaluations_cyclebranch AS b
        ON b.cycle_id = c.id AND (s.kind <> 'section' OR b.section_id IS NOT NULL)
    WHERE c.locked_at IS NULL
        AND NOT EXISTS (
            SELECT FROM evaluations_stepdone AS d
            WHERE d.cycle_branch_id = b.id AND d.kind = s.kind
        )
        AND (within IS NULL OR EXISTS (
            SELECT FROM branches_organizationpath AS p
            WHERE p.organization_id = b.branch_id AND p.validity @> day AND p.ancestors && within
        ))
    ORDER BY b.id, step_rank(s.kind)
$$;
