"""Many members below a district, written by the database itself in seconds: wards of 20 branches
of 50 members, with meetings, attendance, assignments, tasks and ratings of a year."""

from django.apps import apps
from django.db import connection

from tests.owner import owner_cursor

BRANCHES, MEMBERS = 20, 50  # of a ward, of a branch
OF_A_WARD = BRANCHES * MEMBERS
FILLED = (
    "branches.Organization",
    "branches.OrganizationPath",
    "branches.Placement",
    "branches.Member",
    "branches.Membership",
    "branches.Meeting",
    "branches.Attendance",
    "assignments.Assignment",
    "assignments.Task",
    "evaluations.Rating",
    "evaluations.UnitYear",
)


def add_wards(district, roll_up, *, first, last):
    """Add the wards of these numbers, whose members `roll_up` has rated; the planner knows of all
    that was added. Codes say where a row belongs: B12 is a ward, B12-3 a branch, B12-3-7 a member.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE fresh_branch AS SELECT 'B' || ward AS ward, number,"
            " format('B%%s-%%s', ward, number) AS code, format('Chi bộ khu vực %%s, phường %%s',"
            " number, ward) AS name FROM generate_series(%s::int, %s) AS ward,"
            " generate_series(1, %s) AS number",
            [first, last, BRANCHES],
        )
        _add_tree(cursor, district)
        _add_members(cursor)
        _add_work(cursor)
        _add_ratings(cursor, roll_up)
        cursor.execute("DROP TABLE fresh_branch, fresh")
    with owner_cursor() as cursor:
        for name in FILLED:
            cursor.execute(f"ANALYZE {apps.get_model(name)._meta.db_table}")


def _add_tree(cursor, district):
    branch = {"code": "code", "name": "name", "kind": "'branch'"}
    ward = {"code": "ward", "name": "'Đảng ủy phường ' || ward", "kind": "'grassroots_committee'"}
    wards = "(SELECT DISTINCT ward FROM fresh_branch) AS fresh_ward"
    insert(cursor, "branches.Organization", ward | {"grassroots": "true"}, wards)
    insert(cursor, "branches.Organization", branch, "fresh_branch")
    placed = {"organization_id": "o.id", "parent_id": f"{district.pk}"}
    joined = "JOIN branches_organization o ON o.code = ward"
    insert(cursor, "branches.Placement", placed, f"{wards} {joined}")
    insert(
        cursor,
        "branches.Placement",
        {"organization_id": "b.id", "parent_id": "o.id"},
        f"fresh_branch {joined} JOIN branches_organization b ON b.code = fresh_branch.code",
    )


def _add_members(cursor):
    insert(
        cursor,
        "branches.Member",
        {
            "code": "code || '-' || m",
            "full_name": "(ARRAY['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Võ'])[1 + m % 5] || ' Văn ' ||"
            " (ARRAY['An', 'Bình', 'Cúc', 'Dũng', 'Em', 'Giang', 'Hà'])[1 + (m + number) % 7]",
            "person_class": "(ARRAY['leader', 'staff', 'outside'])[1 + m % 3]",
            "admitted_on": "date '2000-01-01'",
            "birth_date": "date '1950-01-01' + 250 * m + 9 * number",
        },
        f"fresh_branch, generate_series(1, {MEMBERS}) AS m",
    )
    cursor.execute(
        "CREATE TEMPORARY TABLE fresh AS SELECT m.id, m.person_class, m.code,"
        " b.id AS branch, w.id AS ward, number, n FROM fresh_branch f"
        " JOIN branches_organization b ON b.code = f.code"
        " JOIN branches_organization w ON w.code = f.ward"
        " CROSS JOIN generate_series(1, %s) AS n"
        " JOIN branches_member m ON m.code = f.code || '-' || n",
        [MEMBERS],
    )
    belongs = {"member_id": "id", "branch_id": "branch", "validity": "'[2000-01-01,)'"}
    insert(cursor, "branches.Membership", belongs, "fresh")


def _add_work(cursor):
    """A meeting a branch and month of half a year, with ten of its members; a cadre for each
    branch; a task for every fifth member."""
    held = "make_date(2018, month, 3)"
    meeting = {"code": "'H' || code || '-' || month", "branch_id": "branch", "held_on": held}
    months = "fresh, generate_series(1, 6) AS month WHERE n = 1"
    insert(cursor, "branches.Meeting", meeting, months)
    roster = "fresh JOIN branches_meeting h ON h.branch_id = branch AND n <= 10"
    row = {"meeting_id": "h.id", "member_id": "fresh.id", "status": "'present'"}
    insert(cursor, "branches.Attendance", row, roster)
    assignment = {
        "code": "'A' || code",
        "member_id": "id",
        "target_id": "branch",
        "role": "'direct'",
        "validity": "'[2018-01-01,)'",
    }
    insert(cursor, "assignments.Assignment", assignment, "fresh WHERE n = 1")
    task = {
        "code": "'K' || code",
        "member_id": "id",
        "organization_id": "branch",
        "year": "2018",
        "title": "'Vận động hội viên'",
        "state": "'confirmed'",
        "outcome": "'met'",
    }
    insert(cursor, "assignments.Task", task, "fresh WHERE n % 5 = 0")


def _add_ratings(cursor, roll_up):
    counts = apps.get_model("evaluations.Rating")._meta.concrete_fields
    zeros = {each.column: "0" for each in counts if each.get_internal_type() == "SmallIntegerField"}
    level = "(ARRAY['excellent', 'good', 'good', 'completed'])[1 + n % 4]"
    rating = {
        "roll_up_id": f"{roll_up.pk}",
        "member_id": "id",
        "branch_id": "branch",
        "unit_id": "ward",
        "person_class": "person_class",
        "rated": "true",
        "score": "60 + n % 40",
        "level": level,
        "suggested_level": level,
        "capped": "false",
        "needs_decision": "n % 9 = 0",
    }
    insert(cursor, "evaluations.Rating", zeros | rating, "fresh")
    latest = {"unit_id": "ward", "year": f"{roll_up.year}", "roll_up_id": f"{roll_up.pk}"}
    insert(cursor, "evaluations.UnitYear", latest, "(SELECT DISTINCT ward FROM fresh) AS unit")


def insert(cursor, model, values, source):
    """Insert {column: SQL} of the rows of `source`; other columns get the defaults of the model."""
    model = apps.get_model(model)
    columns, defaults = dict(values), []
    for each in model._meta.concrete_fields:
        if not (each.primary_key or each.generated or each.column in columns):
            columns[each.column] = "%s"
            defaults.append(each.get_db_prep_save(each.get_default(), connection))
    # Placeholders stand after all expressions, whose own % are no placeholders.
    expressions = [each if each == "%s" else each.replace("%", "%%") for each in columns.values()]
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)})"  # noqa: S608
        f" SELECT {', '.join(expressions)} FROM {source.replace('%', '%%')}",
        defaults,
    )
