"""Members at risk of removal, and members who are not rated and why."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from evaluations.choices import StepKind
from evaluations.services.cycle_steps import finish_step
from evaluations.services.roll_ups import roll_up_inline
from evaluations.services.votes import record_vote
from evaluations.voting import to_vote_on
from tests import builders as make
from tests.pages import count_queries, text_of
from tests.year_end import NOON, NOTE, TODAY, do_steps, open_small_cycle, suggest

pytestmark = pytest.mark.django_db
YEAR = 2025
RISK = reverse("evaluations:removal_risk")
NOT_RATED = reverse("evaluations:not_rated")


@pytest.fixture
def ward():
    ward, ward.below = make.make_ward("R", branches=2)
    return ward


@pytest.fixture
def reader(ward, client):
    user = make.make_user()
    make.grant(user, "board", ward)
    client.force_login(user)
    return client


def miss(member, branch, *months, status="unexcused", **meeting):
    for month in months:
        held = make.make_meeting(branch, date(YEAR, month, meeting.pop("day", 3)), **meeting)
        make.attend(held, member, status)


def at_risk(reader, **query):
    table = reader.get(RISK, {"year": YEAR} | query).context["table"]
    return {row.record.code: row.record.missed for row in table.rows}


def test_months_are_counted_from_two(reader, ward):
    branch = ward.below[0]
    for code, months in {"A": (1,), "B": (1, 4), "C": (2, 5, 9)}.items():
        miss(make.make_member(branch, code=code), branch, *months)
    assert at_risk(reader) == {"C": [2, 5, 9], "B": [1, 4]}
    assert at_risk(reader, months=3) == {"C": [2, 5, 9]}
    assert at_risk(reader, q="B") == {"B": [1, 4]}
    assert at_risk(reader, branch=ward.below[1].pk) == {}
    assert at_risk(reader, year=YEAR - 1) == {}


def test_a_month_with_presence_or_reason_is_not_missed(reader, ward):
    branch = ward.below[0]
    member = make.make_member(branch, code="A")
    miss(member, branch, 1, 2, 3, 4)
    make.attend(make.make_meeting(branch, date(YEAR, 3, 20)), member)
    make.attend(make.make_meeting(branch, date(YEAR, 4, 20)), member, "excused")
    assert at_risk(reader) == {"A": [1, 2]}


def test_what_is_not_required_or_not_recorded_counts_for_nothing(reader, ward):
    branch, other = ward.below
    member = make.make_member(branch, code="A")
    miss(member, branch, 1, 2)
    make.make_status(member, since=date(YEAR, 2, 1), until=date(YEAR, 2, 28))
    make.make_meeting(branch, date(YEAR, 5, 3))
    miss(member, branch, 6, kind="extraordinary")
    make.attend(make.make_meeting(other, date(YEAR, 7, 3)), member, "unexcused")
    assert at_risk(reader) == {}
    miss(member, branch, 9)
    assert at_risk(reader) == {"A": [1, 9]}


def test_the_list_counts_as_the_rating_does(reader, ward):
    branch = ward.below[0]
    member = make.make_member(branch, code="A")
    miss(member, branch, 1, 2, 3)
    make.attend(make.make_meeting(branch, date(YEAR, 3, 20)), member)
    roll_up_inline(ward, year=YEAR, at=NOON)
    record = reader.get(RISK, {"year": YEAR}).context["table"].rows[0].record
    assert (record.rated_months, record.months) == (2, 2)
    assert record.last_present == date(YEAR, 3, 20)


def test_who_answers_for_it_is_named(reader, ward):
    branch = ward.below[0]
    miss(make.make_member(branch, code="A"), branch, 1, 2)
    chief = make.make_member(branch, full_name="Trần Thị Bí Thư")
    make.make_position(chief, branch, rank="branch_secretary")
    assert "Trần Thị Bí Thư" in text_of(reader.get(RISK, {"year": YEAR}))


def test_only_members_that_one_sees(client, ward):
    branch, other = ward.below
    miss(make.make_member(branch, code="A"), branch, 1, 2)
    miss(make.make_member(other, code="B"), other, 1, 2)
    secretary = make.make_user()
    make.grant(secretary, "secretary", branch)
    client.force_login(secretary)
    assert at_risk(client).keys() == {"A"}


def test_the_file_has_the_rows_of_the_list(reader, ward):
    branch = ward.below[0]
    miss(make.make_member(branch, code="A", full_name="Lê Vắng"), branch, 1, 4)
    downloads = reader.get(RISK, {"year": YEAR}).context["downloads"]
    csv = b"".join(reader.get(downloads[0]["url"]).streaming_content).decode()
    assert "Lê Vắng" in csv
    assert '"1, 4"' in csv
    file = BytesIO(b"".join(reader.get(downloads[1]["url"]).streaming_content))
    rows = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    assert rows[1][2:4] == (2, "1, 4")


# Not rated, and why.


@pytest.fixture
def small():
    return open_small_cycle(units=1, branches=1, members=6, suggested=False)


@pytest.fixture
def leader(small, client):
    client.force_login(small.by)
    return client


def why(client, **query):
    table = client.get(NOT_RATED, {"year": YEAR} | query).context["table"]
    return {row.record.member.code[-2:]: row.record.why for row in table.rows}


def vote(small, branch):
    """M1 exempt, M2 absent, M3 without a level, the others good."""
    people = {each.member.code[-2:]: each for each in branch.appraisals.select_related("member")}
    make.make_status(people["M1"].member)
    do_steps(branch, before=StepKind.VOTE, by=small.by)
    on_it = to_vote_on(branch, round_number=1, ballot=1)
    counts = {each.pk: {"good": 6} for each in on_it if each != people["M2"]}
    counts[people["M3"].pk] = {"good": 3, "completed": 3}
    head = dict.fromkeys(("convened", "present", "issued", "returned"), 6)
    record_vote(
        branch,
        held_on=TODAY,
        counts=counts,
        not_voted={people["M2"].pk: "absent"},
        nobody_stood=True,
        by=small.by,
        at=NOON,
        **head,
    )
    return people


def test_each_reason(leader, small):
    branch = small.cycle_branches[0]
    assert set(why(leader).values()) == {"expected"}
    vote(small, branch)
    expected = {"M1": "exempt", "M2": "absent", "M3": "no_level"}
    expected |= dict.fromkeys(("M4", "M5", "M6"), "undecided")
    assert why(leader) == expected
    assert why(leader, why="absent") == {"M2": "absent"}
    assert why(leader, q="M3") == {"M3": "no_level"}


def test_what_was_suggested_stands_beside_it(leader, small):
    suggest(small.cycle, by=small.by)
    page = text_of(leader.get(NOT_RATED, {"year": YEAR}))
    assert "level-good" in page
    [csv, _xlsx] = leader.get(NOT_RATED, {"year": YEAR}).context["downloads"]
    assert "Tốt" in b"".join(leader.get(csv["url"]).streaming_content).decode()


def test_who_was_absent_is_led_to_a_later_round(leader, small):
    branch = small.cycle_branches[0]
    vote(small, branch)
    address = reverse("evaluations:votes", args=[branch.cycle_id, branch.branch_id])
    assert f'class="btn" href="{address}' not in text_of(leader.get(NOT_RATED, {"year": YEAR}))
    finish_step(branch, StepKind.VOTE, note=NOTE, by=small.by, on=TODAY, at=NOON)
    page = text_of(leader.get(NOT_RATED, {"year": YEAR}))
    assert page.count(f'class="btn" href="{address}') == 1
    later = reverse("evaluations:vote_record", args=[branch.cycle_id, branch.branch_id, 2, 1])
    assert later in text_of(leader.get(address))


def test_a_year_without_a_cycle_says_so(leader, small):
    response = leader.get(NOT_RATED, {"year": YEAR - 1})
    assert "table" not in response.context
    assert reverse("evaluations:cycles") in text_of(response)


def test_the_file_of_those_not_rated(leader, small):
    vote(small, small.cycle_branches[0])
    [csv, _xlsx] = leader.get(NOT_RATED, {"year": YEAR}).context["downloads"]
    lines = b"".join(leader.get(csv["url"]).streaming_content).decode().splitlines()
    assert len(lines) == 7


def test_queries_do_not_grow_with_the_rows(leader, small):
    branch = small.branches[0]
    for code in range(3):
        miss(make.make_member(branch, code=f"X{code}"), branch, 1, 2)
    address = f"{RISK}?year={YEAR}"
    few = count_queries(leader, address)
    for code in range(3, 12):
        miss(make.make_member(branch, code=f"X{code}"), branch, 1, 2)
    assert count_queries(leader, address) == few <= 12
    assert count_queries(leader, f"{NOT_RATED}?year={YEAR}") <= 12
