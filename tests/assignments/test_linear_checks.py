"""What the database checks of many rows at once grows with them, whatever the planner knows.

The worst that it can believe is that every table is empty: statistics say so when they were taken
after a large transaction was rolled back. Each organization was then joined with each.
"""

import pytest
from django.apps import apps
from django.db import OperationalError, connection, transaction

from tests.big_district import insert

MANY = 1000  # of each kind of row
ENOUGH = 60  # rows read for one that was touched
PATIENCE = "20s"  # what is not linear may not end at all

# Functions of the database that are handed the ids of what was touched, and whose ids they are.
HANDED = {
    "refresh_organization_paths": "branches.Organization",
    "check_placement": "branches.Organization",
    "check_organization": "branches.Organization",
    "check_membership": "branches.Member",
    "check_meeting": "branches.Meeting",
    "check_team": "assignments.Team",
    "check_teams_of_directive": "assignments.Directive",
    "check_teams_of_leader": "branches.Member",
    "check_review": "assignments.Review",
    "check_reviews_of_assignment": "assignments.Assignment",
}
# Of the year end: a thousand decisions need a thousand votes and the steps before them, which no
# INSERT makes. Deciding on 80,000 members was timed as a whole (docs/decisions/0017).
TIMED_WHOLE = {
    "check_branch_steps",
    "check_cap_of_branches",
    "check_cap_of_cycles",
    "check_cap_of_units",
    "check_decision_in_force",
    "check_organization_cap",
    "check_organization_cap_of_units",
    "check_organization_decision_in_force",
    "check_organization_ratings_agree",
    "check_votes",
    "check_votes_of_counts",
}
FILLED = (
    *HANDED.values(),
    "branches.Placement",
    "branches.OrganizationPath",
    "branches.Membership",
    "branches.Position",
)


@pytest.fixture
def believed_empty(db):
    """Tables that have pages full of rows, and statistics of no row."""
    with connection.cursor() as cursor:
        with transaction.atomic():
            fill(cursor)
            transaction.set_rollback(True)
        analyze(cursor)
        cursor.execute("SELECT relpages, reltuples FROM pg_class WHERE relname = 'branches_member'")
        pages, rows = cursor.fetchone()
        assert rows == 0
        assert pages > 1
        yield cursor
        # Statistics outlive the rollback: not these.
        analyze(cursor)


def test_the_rows_read_are_in_proportion_to_those_touched(believed_empty):
    cursor = believed_empty
    cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
    fill(cursor)
    read = {name: count_read(cursor, name) for name in HANDED}
    assert {name: number for name, number in read.items() if number > ENOUGH * MANY} == {}
    assert min(read.values()) >= MANY


@pytest.mark.django_db
def test_every_deferred_check_is_measured_and_goes_by_indexes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, 'enable_seqscan=off' = ANY (proconfig) FROM pg_proc WHERE proname LIKE"
            " 'check\\_%' AND proargtypes::regtype[] = '[0:0]={bigint[]}'"
        )
        checks = dict(cursor.fetchall())
    assert sorted(checks.keys() - HANDED.keys() - TIMED_WHOLE) == [], (
        "Measure these too: see HANDED."
    )
    assert [name for name, by_index in checks.items() if not by_index] == [], (
        "These may read whole tables: see branches/sql/linear_checks.sql."
    )


def count_read(cursor, name):
    """How many rows the function reads that is handed all rows; no end counts as infinitely many.

    The sixth call may be the first one with a plan for whatever it is handed.
    """
    all_rows = f"(SELECT array_agg(id) FROM {table(HANDED[name])})"  # noqa: S608
    try:
        with transaction.atomic():
            for _call in range(5):
                cursor.execute(f"SELECT {name}('{{0}}')")
            before = rows_read(cursor)
            cursor.execute(f"SELECT {name}({all_rows})")
            return rows_read(cursor) - before
    except OperationalError:  # that it took too long
        return float("inf")


def rows_read(cursor):
    cursor.execute(
        "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))"
        " FROM pg_stat_xact_user_tables"
    )
    return cursor.fetchone()[0]


def analyze(cursor):
    for name in sorted(set(FILLED)):
        cursor.execute("SELECT analyze_table(%s::regclass)", [table(name)])


def table(name):
    return apps.get_model(name)._meta.db_table


def fill(cursor):
    """A province; a thousand of each: wards with a branch, members in them who are secretaries of
    the province, meetings, directives of the province with a team, assignments with a review."""
    series = f"generate_series(1, {MANY}) AS n"
    province = {"code": "'P'", "name": "'P'", "kind": "'province'", "grassroots": "false"}
    insert(cursor, "branches.Organization", province, "(SELECT) AS one")
    for letter, kind, committee in (("W", "grassroots_committee", True), ("B", "branch", False)):
        row = {"code": f"'{letter}' || n", "name": "'x'", "kind": f"'{kind}'"}
        insert(cursor, "branches.Organization", row | {"grassroots": f"{committee}"}, series)
    placed = {"organization_id": id_of("W"), "parent_id": id_of("P", "")}
    insert(cursor, "branches.Placement", placed, series)
    placed = {"organization_id": id_of("B"), "parent_id": id_of("W")}
    insert(cursor, "branches.Placement", placed, series)
    since = {"validity": "'[2001-01-01,)'"}
    member = {"code": "'M' || n", "full_name": "'x'", "admitted_on": "date '2000-01-01'"}
    insert(cursor, "branches.Member", member | {"person_class": "'staff'"}, series)
    own = {"member_id": id_of("M", model="branches.Member")}
    insert(cursor, "branches.Membership", own | since | {"branch_id": id_of("B")}, series)
    position = {"organization_id": id_of("P", ""), "rank": "'secretary'", "title": "'x'"}
    insert(cursor, "branches.Position", own | since | position, series)
    meeting = {"code": "'H' || n", "branch_id": id_of("B"), "held_on": "date '2018-03-03'"}
    insert(cursor, "branches.Meeting", meeting, series)
    fill_work(cursor, series, own | since)


def fill_work(cursor, series, sent):
    directive = {"issuer_id": id_of("P", ""), "number": "n::text", "kind": "'decision'"}
    directive |= {"title": "'x'", "issued_on": "date '2018-01-01'"}
    insert(cursor, "assignments.Directive", directive, series)
    team = {"code": "'T' || n", "name": "'x'", "leader_id": sent["member_id"]}
    under = f"(SELECT id FROM {table('assignments.Directive')} WHERE number = n::text)"  # noqa: S608
    team |= {"directive_id": under, "target_id": id_of("B")}
    insert(cursor, "assignments.Team", team, series)
    assignment = sent | {"code": "'A' || n", "target_id": id_of("B"), "role": "'direct'"}
    insert(cursor, "assignments.Assignment", assignment, series)
    review = {"assignment_id": id_of("A", model="assignments.Assignment")}
    insert(cursor, "assignments.Review", review | {"year": "2018", "level": "'good'"}, series)


def id_of(letter, number="n", model="branches.Organization"):
    """SQL for the id of the row whose code is the letter and a number."""
    code = f"'{letter}' || {number}" if number else f"'{letter}'"
    return f"(SELECT id FROM {table(model)} WHERE code = {code})"  # noqa: S608
