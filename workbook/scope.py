"""Which rows an export holds: those of an organization's subtree, and what they refer to.

The subtree is that of the day `on`; organizations that ended stay where they stood last. Its
people are all who ever belonged to one of its branches. docs/workbook.md says it for readers; the
point is that an import of the export into an empty database is complete and finds every reference,
and that an export from there holds the same rows.
"""

# Temporary tables in the order of making: the own rows of the subtree (own_…), then with what they
# refer to (out_…). A row belongs to the export if its id is in the table of its name, or if the
# condition in CONDITIONS holds.
GATHER = """
CREATE TEMP TABLE own_organizations ON COMMIT DROP AS
SELECT DISTINCT organization_id AS id FROM branches_organizationpath
WHERE ancestors @> ARRAY[%(organization)s::bigint] AND validity @> %(on)s::date;

CREATE TEMP TABLE own_members ON COMMIT DROP AS
SELECT DISTINCT member_id AS id FROM branches_membership
WHERE branch_id IN (SELECT id FROM own_organizations);

CREATE TEMP TABLE own_meetings ON COMMIT DROP AS
SELECT id FROM branches_meeting WHERE branch_id IN (SELECT id FROM own_organizations);

CREATE TEMP TABLE own_assignments ON COMMIT DROP AS
SELECT id FROM assignments_assignment
WHERE target_id IN (SELECT id FROM own_organizations) OR member_id IN (SELECT id FROM own_members);

ANALYZE own_organizations; ANALYZE own_members; ANALYZE own_meetings; ANALYZE own_assignments;

CREATE TEMP TABLE out_tasks ON COMMIT DROP AS
SELECT id FROM assignments_task
WHERE organization_id IN (SELECT id FROM own_organizations)
    OR member_id IN (SELECT id FROM own_members)
    OR assignment_id IN (SELECT id FROM own_assignments);

CREATE TEMP TABLE out_attendance ON COMMIT DROP AS
SELECT id, meeting_id, member_id FROM branches_attendance
WHERE meeting_id IN (SELECT id FROM own_meetings) OR member_id IN (SELECT id FROM own_members);

CREATE TEMP TABLE out_meetings ON COMMIT DROP AS
SELECT id FROM own_meetings UNION SELECT meeting_id FROM out_attendance;

CREATE TEMP TABLE out_assignments ON COMMIT DROP AS
SELECT id FROM own_assignments
UNION
SELECT assignment_id FROM assignments_task
WHERE id IN (SELECT id FROM out_tasks) AND assignment_id IS NOT NULL;

CREATE TEMP TABLE out_teams ON COMMIT DROP AS
SELECT id FROM assignments_team WHERE target_id IN (SELECT id FROM own_organizations)
UNION
SELECT team_id FROM assignments_assignment
WHERE id IN (SELECT id FROM out_assignments) AND team_id IS NOT NULL;

CREATE TEMP TABLE out_directives ON COMMIT DROP AS
SELECT id FROM assignments_directive WHERE issuer_id IN (SELECT id FROM own_organizations)
UNION
SELECT directive_id FROM assignments_assignment
WHERE id IN (SELECT id FROM out_assignments) AND directive_id IS NOT NULL
UNION
SELECT directive_id FROM assignments_team WHERE id IN (SELECT id FROM out_teams);

CREATE TEMP TABLE out_members ON COMMIT DROP AS
SELECT id FROM own_members
UNION SELECT member_id FROM out_attendance
UNION SELECT member_id FROM assignments_task WHERE id IN (SELECT id FROM out_tasks)
UNION SELECT member_id FROM assignments_assignment WHERE id IN (SELECT id FROM out_assignments)
UNION SELECT leader_id FROM assignments_team WHERE id IN (SELECT id FROM out_teams)
UNION SELECT member_id FROM branches_position
    WHERE organization_id IN (SELECT id FROM own_organizations)
UNION SELECT lead_id FROM assignments_delegation
    WHERE organization_id IN (SELECT id FROM own_organizations);

ANALYZE out_attendance; ANALYZE out_members; ANALYZE out_meetings; ANALYZE out_tasks;

CREATE TEMP TABLE out_organizations ON COMMIT DROP AS
WITH RECURSIVE referred (id) AS (
    SELECT id FROM own_organizations
    UNION SELECT branch_id FROM branches_membership
        WHERE member_id IN (SELECT id FROM out_members)
    UNION SELECT organization_id FROM branches_position
        WHERE member_id IN (SELECT id FROM out_members)
    UNION SELECT branch_id FROM branches_meeting WHERE id IN (SELECT id FROM out_meetings)
    UNION SELECT unnest(ARRAY[organization_id, confirmed_by_id]) FROM assignments_task
        WHERE id IN (SELECT id FROM out_tasks)
    UNION SELECT unnest(ARRAY[target_id, confirmer_id]) FROM assignments_assignment
        WHERE id IN (SELECT id FROM out_assignments)
    UNION SELECT reviewer_id FROM assignments_review
        WHERE assignment_id IN (SELECT id FROM own_assignments)
    UNION SELECT target_id FROM assignments_team WHERE id IN (SELECT id FROM out_teams)
    UNION SELECT issuer_id FROM assignments_directive WHERE id IN (SELECT id FROM out_directives)
    UNION SELECT referred_to_id FROM assignments_opinion
        WHERE meeting_id IN (SELECT id FROM own_meetings)
    UNION SELECT unnest(ARRAY[organization_id, successor_id]) FROM branches_succession
        WHERE organization_id IN (SELECT id FROM own_organizations)
            OR successor_id IN (SELECT id FROM own_organizations)
), above (id) AS (
    SELECT id FROM referred WHERE id IS NOT NULL
    UNION
    SELECT p.parent_id FROM above JOIN branches_placement AS p ON p.organization_id = above.id
)
SELECT id FROM above;

ANALYZE out_organizations;
"""

# For each table the rows `t` of its model that are exported.
CONDITIONS = {
    "organizations": "t.id IN (SELECT id FROM out_organizations)",
    "earlier_organizations": "t.organization_id IN (SELECT id FROM out_organizations)",
    # All but the open one, which stands in `organizations`.
    "placements": (
        "t.organization_id IN (SELECT id FROM out_organizations) AND NOT upper_inf(t.validity)"
    ),
    "successions": (
        "t.organization_id IN (SELECT id FROM own_organizations)"
        " OR t.successor_id IN (SELECT id FROM own_organizations)"
    ),
    "members": "t.id IN (SELECT id FROM out_members)",
    "earlier_classes": "t.member_id IN (SELECT id FROM out_members)",
    # All but the latest one, which stands in `members`.
    "memberships": """
        t.member_id IN (SELECT id FROM out_members) AND EXISTS (
            SELECT FROM branches_membership AS later
            WHERE later.member_id = t.member_id AND lower(later.validity) > lower(t.validity)
        )
    """,
    "statuses": "t.member_id IN (SELECT id FROM own_members)",
    "disciplines": "t.member_id IN (SELECT id FROM own_members)",
    "positions": "t.member_id IN (SELECT id FROM out_members)",
    "committee_terms": "t.organization_id IN (SELECT id FROM own_organizations)",
    "job_descriptions": "t.organization_id IN (SELECT id FROM own_organizations)",
    "directives": "t.id IN (SELECT id FROM out_directives)",
    "teams": "t.id IN (SELECT id FROM out_teams)",
    "assignments": "t.id IN (SELECT id FROM out_assignments)",
    "meetings": "t.id IN (SELECT id FROM out_meetings)",
    "attendance": "t.id IN (SELECT id FROM out_attendance)",
    "tasks": "t.id IN (SELECT id FROM out_tasks)",
    "reviews": "t.assignment_id IN (SELECT id FROM own_assignments)",
    "deductions": "t.member_id IN (SELECT id FROM own_members)",
    "indicators": "t.organization_id IN (SELECT id FROM own_organizations)",
    "opinions": "t.meeting_id IN (SELECT id FROM own_meetings)",
    "delegations": "t.organization_id IN (SELECT id FROM own_organizations)",
    "org_ratings": "t.organization_id IN (SELECT id FROM own_organizations)",
    "unit_caps": "t.unit_id IN (SELECT id FROM own_organizations)",
}
