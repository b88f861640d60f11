-- Points, score and level of the organizations that are ready, and the cap in each group of like ones
-- (docs/organization-rating-rules.md, 3 and 5 to 7). Those that are not ready have no suggestion. Gives
-- how many are found not to be rated that were not known so before.

WITH
criterion AS (
    SELECT *
    FROM unnest(
        %(criteria)s::text[], %(groups)s::text[], %(points)s::numeric[], %(group_points)s::numeric[]
    ) AS c (criterion, in_group, most, whole)
),
-- round_half_up(M × G × n / (A × d), 2), exactly.
pointed AS (
    SELECT
        f.appraisal_id,
        f.criterion,
        c.in_group,
        f.n,
        f.d,
        div(200 * c.most * c.whole * f.n + a.applying * f.d, 2 * a.applying * f.d) * 0.01 AS points
    FROM organization_fact f
    LEFT JOIN criterion c USING (criterion)
    LEFT JOIN (
        SELECT f.appraisal_id, c.in_group, sum(c.most) AS applying
        FROM organization_fact f
        JOIN criterion c USING (criterion)
        WHERE f.d > 0
        GROUP BY f.appraisal_id, c.in_group
    ) AS a USING (appraisal_id, in_group)
    WHERE f.d > 0
),
summed AS (
    SELECT
        appraisal_id,
        sum(points) AS score,
        count(DISTINCT in_group) AS groups,
        coalesce(max(div(n * 1e30, d)) FILTER (WHERE criterion = 'quality'), 0) AS quality,
        jsonb_object_agg(
            criterion,
            jsonb_build_object('n', n::text, 'd', d::text, 'points', points::numeric(6, 2)::text)
        ) AS facts,
        jsonb_object_agg(
            criterion, jsonb_build_object('n', n::text, 'd', d::text, 'points', NULL)
        ) AS facts_alone
    FROM pointed
    GROUP BY appraisal_id
),
fact AS (
    SELECT
        o.id,
        o.cap_organization_id,
        o.cap_kind,
        r.ready,
        coalesce(s.score, 0) AS score,
        coalesce(s.groups, 0) AS groups,
        coalesce(s.facts, '{}') AS facts,
        coalesce(s.facts_alone, '{}') AS facts_alone,
        coalesce(s.quality, 0) AS quality,
        coalesce(i.indicators, 0) AS indicators,
        coalesce(i.exceeded, 0) AS exceeded,
        coalesce(i.unmet, 0) AS unmet,
        coalesce(l.disciplined, 0) AS disciplined,
        coalesce(l.failing, 0) AS leaders_failing,
        coalesce(x.own, 0) AS disciplines,
        coalesce(x.failing, 0) AS disciplines_failing,
        coalesce(x.below, 0) AS below_disciplined,
        coalesce(p.members, 0) AS members,
        %(new_months)s > 0
            AND coalesce(
                age.first_day + make_interval(months => %(new_months)s) > %(as_of)s::timestamp, false
            ) AS is_new
    FROM evaluations_organizationappraisal o
    JOIN evaluations_organizationready r ON r.appraisal_id = o.id AND r.cycle_id = o.cycle_id
    LEFT JOIN summed s ON s.appraisal_id = o.id
    LEFT JOIN organization_leader l ON l.appraisal_id = o.id
    LEFT JOIN organization_disciplined x ON x.appraisal_id = o.id
    LEFT JOIN organization_age age ON age.appraisal_id = o.id
    LEFT JOIN (
        SELECT
            appraisal_id,
            count(*) AS indicators,
            count(*) FILTER (WHERE result = 'exceeded') AS exceeded,
            count(*) FILTER (WHERE result = 'unmet') AS unmet
        FROM organization_indicator
        GROUP BY appraisal_id
    ) AS i ON i.appraisal_id = o.id
    LEFT JOIN (
        SELECT appraisal_id, count(*) AS members FROM organization_person GROUP BY appraisal_id
    ) AS p ON p.appraisal_id = o.id
    WHERE o.cycle_id = %(cycle)s
),
-- The first that holds.
levelled AS (
    SELECT
        fact.*,
        reason,
        CASE
            WHEN NOT ready OR reason <> '' THEN 0
            WHEN leaders_failing + disciplines_failing > 0 THEN 1
            WHEN score < %(least_completed)s OR unmet > %(unmet_fail_share)s * indicators THEN 2
            WHEN
                score >= %(least_excellent)s AND indicators >= 1 AND unmet = 0
                AND disciplined + disciplines + below_disciplined = 0
                AND exceeded >= %(exceeded_share)s * indicators
                THEN 3
            WHEN score >= %(least_good)s AND unmet = 0 THEN 4
            WHEN unmet = 0 THEN 5
            ELSE 6
        END AS step
    FROM fact
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN NOT ready THEN ''
            WHEN is_new THEN 'new'
            WHEN
                groups < %(group_number)s AND disciplined + disciplines + below_disciplined = 0
                THEN 'no_results'
            ELSE ''
        END AS reason
    ) AS rated
),
crowded AS (
    SELECT cap_organization_id, cap_kind, places
    FROM (
        SELECT
            cap_organization_id,
            cap_kind,
            count(*) FILTER (WHERE step = 3) AS excellent,
            count(*) FILTER (WHERE step IN (3, 4)) AS good_or_better
        FROM levelled
        GROUP BY cap_organization_id, cap_kind
    ) AS cap
    LEFT JOIN evaluations_unitcap own
        ON own.unit_id = cap.cap_organization_id AND own.year = %(year)s
    CROSS JOIN LATERAL cap_places(
        good_or_better, coalesce(own.percent, %(cap_percent)s), %(cap_base)s
    ) AS k (places)
    WHERE excellent > places
),
-- First and last place of those with equal keys; shares as whole numbers, in which different ones of
-- this size are never equal.
placed AS (
    SELECT
        id, places,
        rank() OVER best AS first_place,
        count(*) OVER best AS last_place
    FROM levelled
    JOIN crowded USING (cap_organization_id, cap_kind)
    WHERE step = 3
    WINDOW best AS (
        PARTITION BY cap_organization_id, cap_kind
        ORDER BY score DESC, div(exceeded * 1e15, indicators) DESC, quality DESC
    )
),
suggested AS (
    SELECT
        levelled.*,
        (ARRAY['', 'failed', 'failed', 'excellent', 'good', 'completed', 'completed'])[step + 1] AS level,
        coalesce(last_place > places, false) AS capped,
        coalesce(last_place > places AND first_place <= greatest(places, 1), false) AS tied
    FROM levelled
    LEFT JOIN placed USING (id)
),
written AS (
    UPDATE evaluations_organizationappraisal o
    SET facts = CASE
            WHEN NOT s.ready THEN '{}' WHEN s.reason = '' THEN s.facts ELSE s.facts_alone
        END,
        members = s.members,
        indicators = s.indicators,
        exceeded = s.exceeded,
        unmet = s.unmet,
        leaders_disciplined = s.disciplined,
        leaders_failing = s.leaders_failing,
        disciplines = s.disciplines,
        disciplines_failing = s.disciplines_failing,
        below_disciplined = s.below_disciplined,
        rated = CASE WHEN s.ready THEN s.reason = '' END,
        not_rated_reason = s.reason,
        score = CASE WHEN s.ready AND s.reason = '' THEN s.score END,
        level = s.level,
        capped = s.capped,
        tied = s.tied,
        suggested_level = CASE WHEN s.capped THEN 'good' ELSE s.level END,
        needs_decision = s.reason = 'no_results' OR s.step IN (1, 6) OR s.tied
    FROM suggested s
    JOIN evaluations_organizationappraisal former ON former.id = s.id
    WHERE o.id = s.id
    RETURNING former.rated IS DISTINCT FROM false AND o.rated IS FALSE AS newly_not_rated
)
SELECT count(*) FILTER (WHERE newly_not_rated) FROM written
