"""What is looked for: one SQL statement a check, over the organizations at or below one.

Each statement gives rows (member_id, other_id, organization_id, row_id, code, day, number), of
which a check fills those that it needs; `code` is the key of the sentence in its `says`.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

# `people` are those whose last branch so far is here, also of a branch that ended.
HERE = """
WITH here AS MATERIALIZED (
    SELECT organization_id AS id
    FROM branches_organizationpath
    WHERE validity @> %(on)s::date AND ancestors @> ARRAY[%(organization)s]::bigint[]
),
people AS MATERIALIZED (
    SELECT
        m.id, m.code, m.full_name, m.birth_date, m.identity_number, m.admitted_on, m.official_on,
        m.left_on, s.branch_id, s.validity AS belongs
    FROM here
    JOIN branches_membership s ON s.branch_id = here.id AND lower(s.validity) <= %(on)s::date
    JOIN branches_member m ON m.id = s.member_id
    WHERE m.merged_into_id IS NULL AND m.anonymised_on IS NULL
        AND NOT EXISTS (
            SELECT FROM branches_membership later
            WHERE later.member_id = s.member_id
                AND lower(later.validity) > lower(s.validity)
                AND lower(later.validity) <= %(on)s::date
        )
)
"""

# Two of one name (without diacritics) and one birth date, or of one identity number.
DUPLICATES = """
SELECT
    a.id AS member_id, b.id AS other_id, NULL::bigint AS organization_id, NULL::bigint AS row_id,
    CASE WHEN bool_or(a.by_number) THEN 'identity_number' ELSE 'name_and_birth' END AS code,
    NULL::date AS day, NULL::bigint AS number
FROM (
    SELECT id, search_key(full_name) || birth_date AS known_by, false AS by_number
    FROM people WHERE birth_date IS NOT NULL
    UNION ALL
    SELECT id, identity_number, true FROM people WHERE identity_number <> ''
) AS a
JOIN (
    SELECT id, search_key(full_name) || birth_date AS known_by FROM people
    WHERE birth_date IS NOT NULL
    UNION ALL
    SELECT id, identity_number FROM people WHERE identity_number <> ''
) AS b ON b.known_by = a.known_by AND a.id < b.id
WHERE NOT EXISTS (
    SELECT FROM branches_distinctmembers d WHERE d.one_id = a.id AND d.other_id = b.id
)
GROUP BY 1, 2
"""

WITHOUT_BRANCH = """
SELECT
    id AS member_id, NULL::bigint AS other_id, branch_id AS organization_id, NULL::bigint AS row_id,
    'ended' AS code, upper(belongs) - 1 AS day, NULL::bigint AS number
FROM people
WHERE left_on IS NULL AND NOT belongs @> %(on)s::date
"""

IMPOSSIBLE_DATES = """
SELECT p.id AS member_id, NULL::bigint AS other_id, p.branch_id AS organization_id,
    NULL::bigint AS row_id, wrong.code, wrong.day, NULL::bigint AS number
FROM people p
CROSS JOIN LATERAL (
    SELECT 'born_in_future', p.birth_date WHERE p.birth_date > %(on)s::date
    UNION ALL
    SELECT 'admitted_in_future', p.admitted_on WHERE p.admitted_on > %(on)s::date
    UNION ALL
    SELECT 'admitted_too_young', p.admitted_on
    WHERE p.admitted_on < p.birth_date + interval '18 years'
    UNION ALL
    SELECT 'too_old', p.birth_date
    WHERE p.left_on IS NULL AND p.birth_date < %(on)s::date - interval '115 years'
    UNION ALL
    SELECT 'official_before_admitted', p.official_on WHERE p.official_on < p.admitted_on
    UNION ALL
    SELECT 'left_before_admitted', p.left_on WHERE p.left_on < p.admitted_on
    UNION ALL
    (SELECT 'belonged_before_admitted', lower(s.validity)
    FROM branches_membership s
    WHERE s.member_id = p.id AND lower(s.validity) < p.admitted_on
    ORDER BY 2 LIMIT 1)
    UNION ALL
    (SELECT 'disciplined_before_admitted', d.decided_on
    FROM branches_discipline d
    WHERE d.member_id = p.id AND d.decided_on < p.admitted_on
    ORDER BY 2 LIMIT 1)
) AS wrong (code, day)
"""

# What ended and still has people, work or posts as of the day.
CLOSED_UNITS = """
SELECT NULL::bigint AS member_id, NULL::bigint AS other_id, o.id AS organization_id,
    NULL::bigint AS row_id, still.code, upper(o.validity) - 1 AS day, still.number
FROM here
JOIN branches_organization o ON o.id = here.id AND upper(o.validity) <= %(on)s::date
CROSS JOIN LATERAL (
    SELECT 'members', count(*)
    FROM people p WHERE p.branch_id = o.id AND p.left_on IS NULL AND p.belongs @> %(on)s::date
    UNION ALL
    SELECT 'assignments', count(*)
    FROM assignments_assignment a WHERE a.target_id = o.id AND a.validity @> %(on)s::date
    UNION ALL
    SELECT 'positions', count(*)
    FROM branches_position q WHERE q.organization_id = o.id AND q.validity @> %(on)s::date
) AS still (code, number)
WHERE still.number > 0
"""

ATTENDANCE_OUTSIDE = """
SELECT a.member_id, NULL::bigint AS other_id, t.branch_id AS organization_id, a.id AS row_id,
    CASE WHEN m.left_on <= t.held_on THEN 'had_left' ELSE 'elsewhere' END AS code,
    t.held_on AS day, NULL::bigint AS number
FROM here
JOIN branches_meeting t ON t.branch_id = here.id AND t.held_on <= %(on)s::date
JOIN branches_attendance a ON a.meeting_id = t.id AND a.capacity = 'member'
JOIN branches_member m ON m.id = a.member_id AND m.merged_into_id IS NULL
LEFT JOIN branches_membership s
    ON s.member_id = a.member_id AND s.branch_id = t.branch_id AND s.validity @> t.held_on
WHERE s.id IS NULL OR m.left_on <= t.held_on
"""


@dataclass(frozen=True)
class QualityCheck:
    """says    {code: the sentence about a row, with %(day)s and %(number)s}
    repair  the name of the page that puts a row right, and how its link is called
    order   the columns that rows are ordered by"""

    key: str
    label: str
    why: str
    sql: str
    repair: str
    action: str
    says: dict = field(default_factory=dict)
    order: str = "member_id, code"


CHECKS = (
    QualityCheck(
        "duplicates",
        _("Likely entered twice"),
        _("One person with two records is counted twice and rated by halves."),
        DUPLICATES,
        "workbook:merge",
        _("Compare and merge"),
        {
            "name_and_birth": _("The same name, apart from diacritics, and the same birth date"),
            "identity_number": _("The same identity number"),
        },
        "member_id, other_id",
    ),
    QualityCheck(
        "without-branch",
        _("Members without a branch"),
        _("They are in nobody's list, take part in nothing and are not rated."),
        WITHOUT_BRANCH,
        "workbook:place_member",
        _("Choose a branch"),
        {"ended": _("Belonged to the branch until %(day)s, and to none since")},
    ),
    QualityCheck(
        "impossible-dates",
        _("Impossible dates"),
        _("A slip of the pen in a date makes ages, periods and ratings wrong."),
        IMPOSSIBLE_DATES,
        "branches:member_change",
        _("Put the date right"),
        {
            "born_in_future": _("Born on %(day)s, which is still to come"),
            "admitted_in_future": _("Admitted on %(day)s, which is still to come"),
            "admitted_too_young": _("Admitted on %(day)s, before the age of 18"),
            "too_old": _("Born on %(day)s: more than 115 years ago"),
            "official_before_admitted": _("Official since %(day)s, before the admission"),
            "left_before_admitted": _("Left on %(day)s, before the admission"),
            "belonged_before_admitted": _("In a branch since %(day)s, before the admission"),
            "disciplined_before_admitted": _("Disciplined on %(day)s, before the admission"),
        },
    ),
    QualityCheck(
        "closed-units",
        _("Closed organizations still active"),
        _("What belongs to an organization that ended is in nobody's charge."),
        CLOSED_UNITS,
        "workbook:settle_unit",
        _("Settle"),
        {
            "members": _("Ended on %(day)s and still has %(number)s members"),
            "assignments": _("Ended on %(day)s and still has %(number)s assignments"),
            "positions": _("Ended on %(day)s and still has %(number)s positions"),
        },
        "organization_id, code",
    ),
    QualityCheck(
        "attendance-outside",
        _("Attendance outside of membership"),
        _("It counts for nobody: the roster names somebody who did not belong to the branch."),
        ATTENDANCE_OUTSIDE,
        "workbook:repair_attendance",
        _("Repair the roster"),
        {
            "elsewhere": _("On the roster of %(day)s, without belonging to the branch that day"),
            "had_left": _("On the roster of %(day)s, after leaving the Party"),
        },
        "day DESC, row_id",
    ),
)
BY_KEY = {check.key: check for check in CHECKS}
