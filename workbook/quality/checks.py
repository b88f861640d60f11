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

# Two of one name (without diacritics) and one birth date, or of one identity number. Only names of
# one length are brought into their plain form, which is most of the work: taking the marks off a
# letter leaves one letter.
DUPLICATES = """
WITH alike AS (
    SELECT id, full_name, birth_date
    FROM (
        SELECT id, full_name, birth_date,
            count(*) OVER (PARTITION BY birth_date, length(full_name)) AS number
        FROM people WHERE birth_date IS NOT NULL
    ) AS born
    WHERE number > 1
),
known AS MATERIALIZED (
    SELECT id, search_key(full_name) || birth_date AS known_by, 'name_and_birth' AS code FROM alike
    UNION ALL
    SELECT id, identity_number, 'identity_number' FROM people WHERE identity_number <> ''
),
shared AS (
    SELECT known_by, code, array_agg(id ORDER BY id) AS ids
    FROM known GROUP BY known_by, code HAVING count(*) > 1
)
SELECT
    one AS member_id, other AS other_id, NULL::bigint AS organization_id, NULL::bigint AS row_id,
    min(code) AS code, NULL::date AS day, NULL::bigint AS number
FROM shared
CROSS JOIN LATERAL unnest(ids) WITH ORDINALITY AS first (one, place)
CROSS JOIN LATERAL unnest(ids) WITH ORDINALITY AS second (other, next_place)
-- Of a crowd each with the next: all pairs of 100 people would be 4,950 rows.
WHERE one < other AND (cardinality(ids) <= 4 OR next_place = place + 1) AND NOT EXISTS (
    SELECT FROM branches_distinctmembers d WHERE d.one_id = one AND d.other_id = other
)
GROUP BY one, other
"""

WITHOUT_BRANCH = """
SELECT
    id AS member_id, NULL::bigint AS other_id, branch_id AS organization_id, NULL::bigint AS row_id,
    'ended' AS code, upper(belongs) - 1 AS day, NULL::bigint AS number
FROM people
WHERE left_on IS NULL AND NOT belongs @> %(on)s::date
"""

IMPOSSIBLE_DATES = """
SELECT id AS member_id, NULL::bigint AS other_id, branch_id AS organization_id,
    NULL::bigint AS row_id, code, min(day) AS day, NULL::bigint AS number
FROM (
    SELECT id, branch_id, wrong.code, wrong.day
    FROM (
        SELECT * FROM people
        WHERE greatest(birth_date, admitted_on) > %(on)s::date
            OR admitted_on < birth_date + 18 * 365 + 5
            OR birth_date < %(on)s::date - 115 * 365
            OR least(official_on, left_on) < admitted_on
        OFFSET 0
    ) AS suspect
    CROSS JOIN LATERAL (
        VALUES
            ('born_in_future', birth_date, birth_date > %(on)s::date),
            ('admitted_in_future', admitted_on, admitted_on > %(on)s::date),
            ('admitted_too_young', admitted_on, admitted_on < birth_date + interval '18 years'),
            (
                'too_old', birth_date,
                left_on IS NULL AND birth_date < %(on)s::date - interval '115 years'
            ),
            ('official_before_admitted', official_on, official_on < admitted_on),
            ('left_before_admitted', left_on, left_on < admitted_on)
    ) AS wrong (code, day, is_so)
    WHERE wrong.is_so
    UNION ALL
    SELECT p.id, p.branch_id, 'belonged_before_admitted', lower(s.validity)
    FROM people p
    JOIN branches_membership s ON s.member_id = p.id AND lower(s.validity) < p.admitted_on
    UNION ALL
    SELECT p.id, p.branch_id, 'disciplined_before_admitted', d.decided_on
    FROM people p
    JOIN branches_discipline d ON d.member_id = p.id AND d.decided_on < p.admitted_on
) AS found
GROUP BY id, branch_id, code
"""

# What ended and still has people, work or posts as of the day.
CLOSED_UNITS = """
WITH ended AS MATERIALIZED (
    SELECT o.id, upper(o.validity) - 1 AS day
    FROM here
    JOIN branches_organization o ON o.id = here.id AND upper(o.validity) <= %(on)s::date
)
SELECT NULL::bigint AS member_id, NULL::bigint AS other_id, ended.id AS organization_id,
    NULL::bigint AS row_id, still.code, ended.day, count(*) AS number
FROM ended
JOIN (
    SELECT branch_id AS unit_id, 'members' AS code
    FROM people WHERE left_on IS NULL AND belongs @> %(on)s::date
    UNION ALL
    SELECT target_id, 'assignments'
    FROM assignments_assignment WHERE validity @> %(on)s::date
    UNION ALL
    SELECT organization_id, 'positions'
    FROM branches_position WHERE validity @> %(on)s::date
) AS still ON still.unit_id = ended.id
GROUP BY ended.id, ended.day, still.code
"""

# Of this year and of the last: what is older was rated and decided on.
ATTENDANCE_OUTSIDE = """
SELECT a.member_id, NULL::bigint AS other_id, t.branch_id AS organization_id, a.id AS row_id,
    CASE WHEN m.left_on <= t.held_on THEN 'had_left' ELSE 'elsewhere' END AS code,
    t.held_on AS day, NULL::bigint AS number
FROM here
JOIN branches_meeting t
    ON t.branch_id = here.id AND t.held_on <= %(on)s::date
    AND t.held_on >= date_trunc('year', %(on)s::date - interval '1 year')
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
        _(
            "It counts for nobody: rosters of this year or the last name somebody who did not "
            "belong to the branch."
        ),
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
