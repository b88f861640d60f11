"""The tree of organizations on every day, and what becomes of an organization that ended."""

from django.utils.translation import gettext_lazy as _

from ..sqltext import fill
from .check import Check

# Workbook and database together: organizations, their kinds by day, their parents by day.
GATHER_ORGANIZATIONS = """
CREATE TEMP TABLE now_organizations ON COMMIT DROP AS
SELECT id, code, kind, grassroots, validity, row FROM row_organizations
WHERE NOT bad AND validity IS NOT NULL
UNION ALL
SELECT id, code, kind, grassroots, validity, NULL FROM branches_organization
WHERE id NOT IN (SELECT id FROM row_organizations WHERE id IS NOT NULL);

CREATE TEMP TABLE now_earlier ON COMMIT DROP AS
SELECT org_code_id AS id, kind, grassroots, validity FROM row_earlier_organizations
WHERE NOT bad AND org_code_id IS NOT NULL AND validity IS NOT NULL
UNION ALL
SELECT id, kind, grassroots, keep FROM change_organizations
WHERE NOT isempty(keep) AND NOT too_early
UNION ALL
SELECT e.organization_id, e.kind, e.grassroots, e.validity FROM branches_earlierorganization AS e
WHERE e.id NOT IN (SELECT id FROM row_earlier_organizations WHERE id IS NOT NULL);

CREATE TEMP TABLE now_kinds ON COMMIT DROP AS
SELECT id, kind, grassroots, validity FROM now_earlier
UNION ALL
SELECT o.id, o.kind, o.grassroots, daterange(past.until, NULL)
FROM now_organizations AS o
LEFT JOIN (
    SELECT id, max(upper(validity)) AS until FROM now_earlier GROUP BY id
) AS past USING (id);

-- The kinds that the workbook says something of, each with the row that says it.
CREATE TEMP VIEW changed_kinds AS
SELECT k.id, k.kind, k.validity, coalesce(told.row, o.row) AS row,
    CASE WHEN told.row IS NULL THEN 'organizations' ELSE 'earlier_organizations' END AS sheet
FROM now_kinds AS k
JOIN now_organizations AS o ON o.id = k.id
LEFT JOIN row_earlier_organizations AS told
    ON told.org_code_id = k.id AND told.validity = k.validity AND NOT told.bad
WHERE coalesce(told.row, o.row) IS NOT NULL;

CREATE TEMP TABLE now_placements ON COMMIT DROP AS
SELECT sheet, row, owner_id AS organization_id, other_id AS parent_id,
    daterange(first, last, '[]') AS validity
FROM link_placements
WHERE other_id IS NOT NULL AND (last IS NULL OR first IS NULL OR first <= last)
UNION ALL
SELECT NULL, NULL, p.organization_id, p.parent_id, p.validity
FROM branches_placement AS p
WHERE p.organization_id NOT IN (SELECT owner_id FROM link_placements);

ANALYZE now_organizations; ANALYZE now_kinds; ANALYZE now_placements;
"""

# Where to report what is wrong with a placement: at its own row, else at the row of one of the
# two organizations whose change makes it wrong.
PLACED = """
SELECT coalesce(p.row, child.row, parent.row) AS row,
    coalesce(p.sheet, 'organizations') AS sheet,
    CASE WHEN p.row IS NOT NULL THEN 'parent_code' ELSE '{column}' END AS column,
    child.code AS child, parent.code AS parent, {more}
FROM now_placements AS p
JOIN now_organizations AS child ON child.id = p.organization_id
JOIN now_organizations AS parent ON parent.id = p.parent_id
{join}
WHERE coalesce(p.row, child.row, parent.row) IS NOT NULL AND {wrong}
"""

# Rows of placements that nothing ends: the organization's own row says no parent and no day, and
# what is stored of it neither ends later nor says since when it stands as it does.
UNENDED_PLACEMENTS = """
SELECT coalesce(r.row, p.row) AS row, o.code,
    CASE WHEN r.row IS NULL THEN 'placements' ELSE 'organizations' END AS sheet,
    CASE WHEN r.row IS NULL THEN 'until' ELSE 'parent_since' END AS column
FROM link_placements AS p
JOIN now_organizations AS o ON o.id = p.owner_id
LEFT JOIN row_organizations AS r ON r.id = p.owner_id
CROSS JOIN LATERAL (
    SELECT coalesce(
        min(lower(s.validity)) FILTER (WHERE upper_inf(s.validity)), max(upper(s.validity))
    ) AS since
    FROM branches_placement AS s WHERE s.organization_id = p.owner_id
) AS stored
WHERE p.sheet = 'placements'
    AND coalesce(p.last >= stored.since, true)
    AND coalesce(p.first <= p.last, true)
    AND (r.parent_code IS NULL OR r.parent_code_id IS NOT NULL)
    -- The present one, of the workbook or stored: whether they overlap is asked elsewhere.
    AND NOT EXISTS (
        SELECT FROM link_placements AS present
        WHERE present.owner_id = p.owner_id AND (
            present.sheet = 'organizations' OR present.sheet IS NULL AND present.last IS NULL
        )
    )
GROUP BY 1, 2, 3, 4
"""

# What `earlier_organizations` alone says of organizations that have no other row in the workbook.
EARLIER_KINDS = """
SELECT k.row, child.code AS child, min(c.kind) AS child_kind,
    parent.code AS parent, min(a.kind) AS parent_kind
FROM changed_kinds AS k
JOIN now_placements AS p ON k.id IN (p.organization_id, p.parent_id) AND p.validity && k.validity
JOIN now_organizations AS child ON child.id = p.organization_id AND child.row IS NULL
JOIN now_organizations AS parent ON parent.id = p.parent_id AND parent.row IS NULL
JOIN now_kinds AS c
    ON c.id = child.id AND c.validity && (p.validity * child.validity)
    AND (c.id <> k.id OR c.validity = k.validity)
JOIN now_kinds AS a
    ON a.id = parent.id AND a.validity && (p.validity * child.validity * c.validity)
    AND (a.id <> k.id OR a.validity = k.validity)
WHERE k.sheet = 'earlier_organizations' AND p.row IS NULL
    AND NOT may_stand_under(c.kind, c.grassroots, a.kind)
    -- At the row of the child, if it is told of as well.
    AND (k.id = child.id OR NOT EXISTS (
        SELECT FROM changed_kinds AS its WHERE its.id = child.id AND its.validity = c.validity
    ))
GROUP BY k.row, child.code, parent.code
"""

ORGANIZATION_CHECKS = (
    Check(
        "earlier_organizations",
        "kind",
        _("%(child)s (%(child_kind)s) cannot stand under %(parent)s (%(parent_kind)s)"),
        EARLIER_KINDS,
    ),
    Check(
        "organizations",
        "grassroots",
        _("a grassroots committee is always a grassroots organization: write 1 or leave it empty"),
        """
        SELECT row FROM row_organizations
        WHERE kind = 'grassroots_committee' AND NOT grassroots AND NOT bad
        """,
    ),
    Check(
        "organizations",
        "name",
        _("its name, kind or grassroots changed on %(day)s already: use a later effective date"),
        """
        SELECT row, changed_on AS day FROM change_organizations WHERE too_early AND NOT is_same
        """,
    ),
    Check(
        "organizations",
        "parent_code",
        _("it stands under no other organization (%(kind)s): give the code of its parent"),
        """
        SELECT o.row, o.kind FROM now_organizations AS o
        WHERE o.row IS NOT NULL AND o.kind NOT IN ('central', 'province', 'district')
            AND o.id NOT IN (SELECT organization_id FROM now_placements)
            AND o.id NOT IN (SELECT id FROM row_organizations WHERE parent_code IS NOT NULL)
        """,
    ),
    Check(
        "organizations",
        "parent_since",
        _(
            "it stood elsewhere before (placements, row %(other)s): say since when it stands here, "
            "or since when it stands alone"
        ),
        """
        SELECT r.row, min(earlier.row) AS other
        FROM row_organizations AS r
        JOIN link_placements AS earlier
            ON earlier.owner_id = r.id AND earlier.sheet = 'placements'
        JOIN link_placements AS present
            ON present.owner_id = r.id AND present.sheet = 'organizations'
        WHERE r.parent_since IS NULL AND NOT r.bad
            AND (present.first IS NULL OR present.other_id IS NULL OR NOT EXISTS (
                SELECT FROM branches_placement AS s
                WHERE s.organization_id = r.id AND upper_inf(s.validity)
            ))
        GROUP BY r.row
        """,
    ),
    Check(
        "placements",
        "until",
        _(
            "rows of placements end before parent_since of %(code)s: in organizations write since "
            "when it stands under its present parent, or since when it stands alone"
        ),
        UNENDED_PLACEMENTS,
    ),
    Check(
        "organizations",
        "parent_code",
        _("%(child)s (%(child_kind)s) cannot stand under %(parent)s (%(parent_kind)s)"),
        fill(
            PLACED,
            column="kind",
            more="min(c.kind) AS child_kind, min(a.kind) AS parent_kind",
            join="""
            JOIN now_kinds AS c
                ON c.id = child.id AND c.validity && (p.validity * child.validity)
            JOIN now_kinds AS a
                ON a.id = parent.id AND a.validity && (p.validity * child.validity * c.validity)
            """,
            wrong="""NOT may_stand_under(c.kind, c.grassroots, a.kind)
            GROUP BY p.row, p.sheet, child.row, parent.row, child.code, parent.code
            """,
        ),
    ),
    Check(
        "organizations",
        "parent_code",
        _("%(child)s stands under %(parent)s on days outside of its validity, %(days)s"),
        fill(
            PLACED,
            column="valid_to",
            more="parent.validity AS days",
            join="",
            wrong="NOT p.validity * child.validity <@ parent.validity",
        ),
    ),
    Check(
        "organizations",
        "parent_code",
        _("a cycle: %(child)s would stand below itself, by way of %(way)s"),
        """
        WITH RECURSIVE above (row, sheet, start, id, days, way) AS (
            SELECT p.row, p.sheet, o.id, p.parent_id, p.validity * o.validity, ARRAY[o.id]
            FROM now_placements AS p
            JOIN now_organizations AS o ON o.id = p.organization_id
            WHERE p.row IS NOT NULL
            UNION ALL
            SELECT above.row, above.sheet, above.start, p.parent_id, above.days * p.validity,
                above.way || p.organization_id
            FROM above
            JOIN now_placements AS p ON p.organization_id = above.id AND p.validity && above.days
            WHERE above.id <> ALL (above.way)
        )
        SELECT above.row, above.sheet, o.code AS child, (
                SELECT string_agg(step.code, ' < ' ORDER BY steps.number)
                FROM unnest(above.way) WITH ORDINALITY AS steps (id, number)
                JOIN now_organizations AS step ON step.id = steps.id
            ) || ' < ' || o.code AS way
        FROM above
        JOIN now_organizations AS o ON o.id = above.start
        WHERE above.id = above.start
        """,
    ),
    Check(
        "successions",
        "successor_code",
        _("an organization does not succeed itself: name the one it became"),
        "SELECT row FROM row_successions WHERE org_code_id = successor_code_id",
    ),
)
