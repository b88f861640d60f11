"""Pages of the votes of a branch."""

from datetime import date

import pytest
from django.urls import reverse

from evaluations.choices import StepKind
from evaluations.models import Vote
from evaluations.services.cycle_steps import finish_step
from evaluations.voting import to_vote_on
from tests import builders as make
from tests.pages import count_queries, text_of
from tests.year_end import NOON, NOTE, TODAY, do_steps, open_small_cycle

pytestmark = pytest.mark.django_db

HEAD = {"convened": 10, "away": 0, "absent_exempt": 0, "present": 9}
HEAD |= {"issued": 9, "returned": 9, "invalid": 1, "held_on": TODAY.isoformat(), "is_secret": "on"}


@pytest.fixture
def small():
    return open_small_cycle(units=1, branches=2, suggested=False)


@pytest.fixture
def branch(small):
    branch = small.cycle_branches[0]
    do_steps(branch, before=StepKind.VOTE, by=small.by)
    return branch


@pytest.fixture
def reader(small, client):
    client.force_login(small.by)
    return client


def address(branch, *ballot, page="vote_record"):
    return reverse(f"evaluations:{page}", args=[branch.cycle_id, branch.branch_id, *ballot])


def votes(branch, column="good", number=8, *, ballot=1, round_number=1):
    people = to_vote_on(branch, round_number=round_number, ballot=ballot)
    return {f"v-{each.pk}-{column}": number for each in people}


def test_the_form_suggests_the_base_of_the_day(reader, branch):
    make.make_status(make.make_member(branch.branch, official_on=make.LONG_AGO), "away")
    form = reader.get(address(branch, 1, 1)).context["form"]
    assert (form["convened"].value(), form["away"].value(), form["present"].value()) == (4, 1, 3)
    assert [row.appraisal.member.code for row in form.rows] == [
        each.member.code for each in to_vote_on(branch, round_number=1, ballot=1)
    ]


def test_the_form_takes_the_roster_of_a_named_meeting(reader, branch):
    day = date(2025, 12, 20)
    make.make_meeting(branch.branch, day)
    form = reader.get(address(branch, 1, 1), {"held_on": day.isoformat()}).context["form"]
    assert form["held_on"].value() == day
    assert form["present"].value() == 0


def test_recording_leads_to_the_votes_of_the_branch(reader, branch):
    response = reader.post(address(branch, 1, 1), HEAD | votes(branch), follow=True)
    assert response.redirect_chain[0][0].startswith(address(branch, page="votes"))
    vote = Vote.objects.get()
    assert (vote.base, vote.returned, vote.is_secret) == (10, 9, True)
    assert set(branch.appraisals.values_list("voted_level", flat=True)) == {"good"}
    assert "10 =" in text_of(response)


def test_what_does_not_add_up_is_told_at_its_row_and_nothing_is_lost(reader, branch):
    first = to_vote_on(branch, round_number=1, ballot=1)[0]
    given = HEAD | votes(branch) | {f"v-{first.pk}-good": 5}
    response = reader.post(address(branch, 1, 1), given)
    form = response.context["form"]
    assert [row.appraisal for row in form.wrong_rows] == [first]
    assert "5" in form.wrong_rows[0].errors[0]
    assert "8" in form.wrong_rows[0].errors[0]
    assert form.wrong_rows[0].errors[0] in text_of(response).replace("&#x27;", "'")
    assert form["returned"].value() == "9"
    assert not Vote.objects.exists()


@pytest.mark.parametrize("text", ["x", "-1", "8.5", "99999", "٣"])
def test_what_is_no_number_is_told_at_its_row(reader, branch, text):
    first = to_vote_on(branch, round_number=1, ballot=1)[0]
    given = HEAD | votes(branch) | {f"v-{first.pk}-good": text}
    form = reader.post(address(branch, 1, 1), given).context["form"]
    assert text in form.wrong_rows[0].errors[0]


def test_who_was_absent_needs_no_numbers(reader, branch):
    first = to_vote_on(branch, round_number=1, ballot=1)[0]
    given = HEAD | votes(branch) | {f"v-{first.pk}-good": "", f"r-{first.pk}": "absent"}
    text = text_of(reader.post(address(branch, 1, 1), given, follow=True))
    assert first.member.full_name in text
    assert address(branch, 2, 1) in text


def test_the_second_ballot_takes_over_the_head_of_the_first(reader, branch):
    reader.post(address(branch, 1, 1), HEAD | votes(branch))
    form = reader.get(address(branch, 1, 2)).context["form"]
    assert (form["convened"].value(), form["returned"].value()) == (10, 9)
    assert form.columns == ("excellent", "good")
    one = to_vote_on(branch, round_number=1, ballot=2)[0]
    given = HEAD | {f"v-{one.pk}-excellent": 8}
    assert reader.post(address(branch, 1, 2), given).status_code == 302
    one.refresh_from_db()
    assert one.voted_level == "excellent"


def test_correcting_shows_what_is_stored(reader, branch):
    reader.post(address(branch, 1, 1), HEAD | votes(branch))
    form = reader.get(address(branch, 1, 1)).context["form"]
    assert {cell.value for row in form.rows for cell in row.cells} == {"8", "0"}
    given = HEAD | votes(branch, "completed") | {"seen": form["seen"].value()}
    assert reader.post(address(branch, 1, 1), given).status_code == 302
    assert set(branch.appraisals.values_list("voted_level", flat=True)) == {"completed"}


def test_of_two_who_record_the_second_is_told(reader, branch):
    reader.post(address(branch, 1, 1), HEAD | votes(branch))
    response = reader.post(address(branch, 1, 1), HEAD | votes(branch, "completed"))
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()


def test_a_step_before_the_vote_is_named(reader, small):
    branch = small.cycle_branches[1]
    response = reader.get(address(branch, 1, 1))
    assert response.context["refusal"]
    assert '<form method="post" class="stack' not in text_of(response)


def test_a_done_vote_is_not_withdrawn(reader, branch, small):
    reader.post(address(branch, 1, 1), HEAD | votes(branch) | {"nobody_stood": "on"})
    finish_step(branch, StepKind.VOTE, note=NOTE, by=small.by, on=TODAY, at=NOON)
    page = address(branch, 1, 1, page="vote_withdraw")
    assert reader.post(page, {"reason": "Nhầm"}).context["form"].errors
    assert Vote.objects.exists()


def test_withdrawing_gives_its_reason_to_the_trail(reader, branch):
    reader.post(address(branch, 1, 1), HEAD | votes(branch))
    page = address(branch, 1, 1, page="vote_withdraw")
    assert reader.post(page, {"reason": "Nhầm chi bộ"}).status_code == 302
    assert not Vote.objects.exists()
    assert set(branch.appraisals.values_list("voted_level", flat=True)) == {""}


def test_who_only_sees_ratings_records_nothing(client, branch, small):
    leader = make.make_user()
    make.grant(leader, "leader", small.district)
    client.force_login(leader)
    assert client.get(address(branch, page="votes")).status_code == 200
    assert client.get(address(branch, 1, 1)).status_code == 403
    assert client.post(address(branch, 1, 1), HEAD | votes(branch)).status_code == 403


@pytest.mark.parametrize("ballot", [(0, 1), (1, 0), (1, 3)])
def test_ballots_that_there_are_not(reader, branch, ballot):
    assert reader.get(address(branch, *ballot)).status_code == 404


def test_the_page_of_all_rounds_takes_as_many_queries_for_any_number(reader, branch):
    reader.post(address(branch, 1, 1), HEAD | votes(branch))
    few = count_queries(reader, address(branch, page="votes"))
    for _member in range(4):
        member = make.make_member(branch.branch, official_on=make.LONG_AGO)
        branch.cycle.appraisals.create(
            cycle_branch=branch, member=member, person_class=member.person_class
        )
    reader.post(address(branch, 2, 1), HEAD | votes(branch, round_number=2))
    assert count_queries(reader, address(branch, page="votes")) <= few <= 18
