"""The digest of a cycle: what was decided and from what, in 64 figures that change with any of it.

docs/year-end.md, 5 says which lines it is made of, so that it can be computed again elsewhere.
"""

import hashlib
import json

from django.db import connection

ROWS_AT_ONCE = 5_000
HEAD_SQL = """
SELECT c.id, c.organization_id, c.year, c.cut_off, s.key, s.version, s.definition
FROM evaluations_cycle c
JOIN evaluations_scheme s ON s.id = c.scheme_id
WHERE c.id = %(cycle)s
"""
# A unit's own percent, then the places given beyond the cap; those withdrawn before the lock or
# given after it are no part of what was locked.
CAPS_SQL = """
SELECT 'cap', u.unit_id, '', trim_scale(u.percent)::text
FROM evaluations_unitcap u
JOIN evaluations_cycle c ON c.id = %(cycle)s AND c.year = u.year
WHERE u.unit_id IN (SELECT unit_id FROM evaluations_cyclebranch WHERE cycle_id = c.id)
UNION ALL
SELECT 'places', o.unit_id, o.person_class, o.places::text
FROM evaluations_capoverride o
JOIN evaluations_cycle c ON c.id = o.cycle_id
WHERE o.cycle_id = %(cycle)s
    AND (c.locked_at IS NULL OR o.given_at <= c.locked_at)
    AND (o.withdrawn_at IS NULL OR o.withdrawn_at > c.locked_at)
ORDER BY 1, 2, 3, 4
"""
# The columns of a rating by name: a later version of the program may add others.
MEMBERS_SQL = """
SELECT concat_ws(
    '|', a.member_id, b.branch_id, b.unit_id, a.person_class, a.rated::int, a.not_rated_reason,
    a.suggested_level, a.voted_level,
    r.held, r.present, r.excused, r.unexcused, r.unrecorded, r.missed_months, r.duty_required,
    r.duty_credited, r.tasks_total, r.tasks_exceeded, r.tasks_met, r.tasks_late, r.tasks_unmet,
    r.tasks_pending, r.disciplines, coalesce(r.points_conduct::text, '-'),
    coalesce(r.points_attendance::text, '-'), coalesce(r.points_tasks::text, '-'),
    coalesce(r.points_duty::text, '-'), coalesce(r.points_review::text, '-'),
    coalesce(r.score::text, '-'), r.level, r.capped::int, r.needs_decision::int,
    coalesce(d.revision, 0), coalesce(d.level, ''), array_to_string(d.grounds, ' '),
    coalesce(d.decided_on::text, '-'), coalesce(d.decided_by_id, 0)
)
FROM evaluations_appraisal a
JOIN evaluations_cyclebranch b ON b.id = a.cycle_branch_id
LEFT JOIN evaluations_rating r ON r.id = a.rating_id
LEFT JOIN LATERAL (
    SELECT * FROM evaluations_decision
    WHERE appraisal_id = a.id AND cause <> 're_rating' ORDER BY revision DESC LIMIT 1
) AS d ON true
WHERE a.cycle_id = %(cycle)s
ORDER BY a.member_id
"""


def digest_of(cycle):
    """The SHA-256, in hexadecimal, of the lines of a cycle: of a locked one as it was locked,
    whatever was rated again since. Three queries."""
    digest = hashlib.sha256()
    for line in _lines(cycle.pk):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _lines(pk):
    with connection.cursor() as cursor:
        cursor.execute(HEAD_SQL, {"cycle": pk})
        *head, definition = cursor.fetchone()
        yield "|".join(map(str, head))
        yield json.dumps(
            json.loads(definition) if isinstance(definition, str) else definition,
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        cursor.execute(CAPS_SQL, {"cycle": pk})
        for row in cursor.fetchall():
            yield "|".join(map(str, row))
        cursor.execute(MEMBERS_SQL, {"cycle": pk})
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield from (line for (line,) in rows)
