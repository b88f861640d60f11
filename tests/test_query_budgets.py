"""How many queries each page takes, and that lists take no more of 100,000 members than of 1,000.

Every route that shows something stands in LISTS or in PAGES_OF_ONE; one that is in neither fails
`test_every_page_has_a_budget`, which says what to do.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.pages import OWN, PAGES
from accounts.rules import ROLES_FOR
from evaluations.models import UnitYear
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.big_district import OF_A_WARD, add_wards

from .world_of_two import EXAMPLES, MEMBER, NOON, YEAR, make_clients, make_world

LIST_BUDGET = 12
FORM_BUDGET = 16
READERS = ("board", "administrator", "leader", "auditor", "office", "secretary")

LISTS = {
    "branches:organizations",
    "branches:organization_children",
    "branches:members",
    "branches:meetings",
    "branches:search",
    "branches:acting",
    "branches:pick_members",
    "branches:pick_organizations",
    "branches:committees",
    "assignments:desk",
    "assignments:load",
    "assignments:matrix",
    "assignments:from_above",
    "assignments:my_work",
    "assignments:confirmations",
    "assignments:uncovered",
    "assignments:calendar",
    "assignments:suggestions",
    "assignments:assignments",
    "assignments:directives",
    "assignments:directive_assignments",
    "assignments:teams",
    "assignments:tasks",
    "assignments:reviews",
    "assignments:branch_tasks_rates",
    "assignments:opinions",
    "assignments:meetings_quality",
    "assignments:meeting_forms",
    "assignments:reorganizations",
    "assignments:documents",
    "assignments:templates",
    "assignments:reminders",
    "evaluations:board",
    "evaluations:ratings_download",
    "evaluations:board_changes",
    "evaluations:board_years",
    "evaluations:five_years",
    "evaluations:not_rated",
    "evaluations:removal_risk",
    "evaluations:organization_disciplines",
    "evaluations:roll_ups",
    "evaluations:schemes",
    "evaluations:organization_schemes",
    "evaluations:cycles",
    "evaluations:cycle",
    "evaluations:decisions",
    "evaluations:anonymisations",
    "workbook:quality",
    "workbook:imports",
    "workbook:import_rows",
    "workbook:import_headings_known",
    "accounts:views",
    "accounts:list_download",
    "accounts:users",
    "accounts:journal",
    "accounts:access_log",
}
# Pages of one thing, and those that lead to others: the most queries of each.
PAGES_OF_ONE = {
    "home": 16,
    "assignments:queue": 12,
    "branches:organization": 24,
    "branches:member": 25,
    "branches:meeting": 16,
    "branches:member_edit": 16,
    "branches:committee": 18,
    "assignments:assignment": 22,
    "assignments:visit": 20,
    "assignments:visit_photo": 12,
    "assignments:branch_tasks": 25,
    "assignments:my_branch_tasks": 14,
    "assignments:task": 20,
    "assignments:task_sheet": 14,
    "assignments:task_evidence": 12,
    "assignments:meeting_minutes": 16,
    "assignments:meeting_minutes_document": 24,
    "assignments:meeting_quality": 20,
    "assignments:meeting_plan": 14,
    "assignments:roster": 14,
    "assignments:plan_roster": 14,
    "assignments:sign_in_sheet": 14,
    "assignments:plan_sign_in_sheet": 14,
    "assignments:check_in_code": 14,
    "assignments:plan_check_in_code": 14,
    "assignments:opinion": 16,
    "assignments:opinions_report": 14,
    "assignments:directive": 24,
    "assignments:directive_attachment": 12,
    "assignments:team": 25,
    "assignments:team_directive": 12,
    "assignments:reorganize": 12,
    "assignments:reorganization_download": 12,
    "assignments:template_download": 12,
    "assignments:template_version": 12,
    "evaluations:rating": 27,
    "evaluations:rating_readers": 14,
    "evaluations:own_record": 28,
    "evaluations:objections": 12,
    "evaluations:cycle_branch": 16,
    "evaluations:appraisal": 22,
    "evaluations:cycle_organizations": 24,
    "evaluations:cycle_organizations_file": 16,
    "evaluations:cycle_organizations_years": 18,
    "evaluations:cycle_organization": 24,
    "evaluations:vote_record": 24,
    "evaluations:papers": 16,
    "evaluations:summary": 24,
    "evaluations:cycle_workbook": 22,
    "evaluations:ballot": 20,
    "evaluations:count_minutes": 20,
    "evaluations:appraisal_paper": 28,
    "evaluations:paper_job": 10,
    "evaluations:paper_job_file": 10,
    "evaluations:roll_up": 12,
    "evaluations:scheme": 18,
    "evaluations:organization_scheme": 14,
    "evaluations:organization_scheme_diff": 10,
    "evaluations:scheme_diff": 14,
    "workbook:import": 16,
    "workbook:import_file": 12,
    "accounts:account": 12,
    "accounts:sessions": 12,
    "accounts:user": 16,
    "accounts:journal_entry": 20,
    "accounts:member_history": 62,
    "accounts:member_readers": 16,
    "evaluations:votes": 18,
    "mfa_index": 12,
    "mfa_view_recovery_codes": 12,
}
# Pages of what the ward has of its own: the district stands above it.
OF_THE_WARD = {"assignments:meeting_form_change"}


def shown():
    """The routes that act for an organization and answer with a page."""
    return {name: each for name, each in EXAMPLES.items() if each.acts and each.status == 200}


def test_every_page_has_a_budget():
    forms = {name for name, each in EXAMPLES.items() if each.posted != 405}
    missing = sorted(shown().keys() - LISTS - PAGES_OF_ONE.keys() - forms)
    assert missing == [], (
        "These routes have no budget of queries. Put a list into LISTS: it may take 12, however"
        " many rows there are; put a page of one thing into PAGES_OF_ONE with what it takes."
    )
    assert sorted((LISTS | PAGES_OF_ONE.keys()) - EXAMPLES.keys()) == []


@pytest.mark.django_db(transaction=True)
def test_pages_take_no_more_queries_of_100_000_members_than_of_1_000():
    world = make_world()
    clients = make_clients(world)
    for who in READERS:
        make.grant(world.users[who], who, world.own.district)
    roll_up = roll_up_inline(world.own.district, year=YEAR, at=NOON)
    add_wards(world.own.district, roll_up, first=1, last=1000 // OF_A_WARD)
    few = count([name for name in shown() if name in LISTS], world, clients)
    add_wards(world.own.district, roll_up, first=2, last=100_000 // OF_A_WARD)
    assert UnitYear.objects.filter(roll_up=roll_up).count() > 100
    many = count(shown(), world, clients)
    assert {name: taken for name, taken in few.items() if too_many(name, taken)} == {}
    assert {name: taken for name, taken in many.items() if too_many(name, taken)} == {}
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}


def too_many(name, number):
    budget = LIST_BUDGET if name in LISTS else PAGES_OF_ONE.get(name, FORM_BUDGET)
    return number > budget


def count(names, world, clients):
    """{route: queries} of the pages, for who may open them in the whole district."""
    taken = {}
    for name in names:
        example, need = EXAMPLES[name], PAGES[name]
        who = next(who for who in READERS if not need.action or who in ROLES_FOR[need.action])
        where = world.own.ward if name in OF_THE_WARD else world.own.district
        query = {"org": where.pk} | example.query
        if need == OWN:
            who, query = MEMBER, example.query
        with CaptureQueriesContext(connection) as queries:
            response = clients[who].get(example.url(name, world.own), query)
            assert response.status_code == 200, (name, who, response)
            response.getvalue()
        taken[name] = len(queries)
    return taken
