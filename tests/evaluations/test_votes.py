"""Votes of a branch: recorded, refused, withdrawn, and what they carry."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from branches.editing import mark_of
from evaluations.choices import StepKind
from evaluations.models import Cycle, NotVoted, StepDone, Vote, VoteCount
from evaluations.services.appraisals import propose
from evaluations.services.cycle_steps import finish_step
from evaluations.services.votes import record_vote, withdraw_vote
from evaluations.voting import ballots_of, rounds_of, suggest_base, to_vote_on
from evaluations.voting.checks import row_key
from tests import builders as make
from tests.refusal import assert_refused
from tests.year_end import NOON, NOTE, TODAY, do_steps, open_small_cycle

pytestmark = pytest.mark.django_db

HEAD = {"convened": 10, "present": 9, "issued": 9, "returned": 9, "invalid": 1}


@pytest.fixture
def small():
    return open_small_cycle(units=1, branches=2, suggested=False)


@pytest.fixture
def branch(small):
    branch = small.cycle_branches[0]
    do_steps(branch, before=StepKind.VOTE, by=small.by)
    return branch


def people(branch, number=1, ballot=1):
    return to_vote_on(branch, round_number=number, ballot=ballot)


def all_good(branch, **others):
    """Eight valid papers for good, of everybody; `others` by the place of the member."""
    counts = {each.pk: {"good": 8} for each in people(branch)}
    return counts | {people(branch)[int(at[1:])].pk: count for at, count in others.items()}


def record(branch, small, counts=None, **values):
    values = HEAD | {"held_on": TODAY, "by": small.by, "at": NOON} | values
    counts = all_good(branch) if counts is None else counts
    return record_vote(branch, counts=counts, **values)


def refusal(branch, small, *args, **values):
    with pytest.raises(ValidationError) as error:
        record(branch, small, *args, **values)
    return error.value.update_error_dict({})


def levels(branch):
    rows = branch.appraisals.order_by("member__code")
    return list(rows.values_list("voted_level", flat=True))


def test_a_ballot_settles_the_levels(branch, small):
    counts = all_good(branch, p1={"good": 2, "completed": 6}, p2={"good": 4, "failed": 4})
    vote = record(branch, small, counts)
    assert vote.base == 10
    assert levels(branch) == ["good", "completed", ""]
    assert Vote.objects.get().counts.count() == 3


def test_more_than_half_of_the_base_and_not_of_those_present(branch, small):
    record(branch, small, convened=16)
    assert levels(branch) == ["", "", ""]


def test_votes_that_do_not_add_up_are_refused_at_the_row(branch, small):
    first, second, third = people(branch)
    wrong = refusal(branch, small, all_good(branch, p0={"good": 7}, p2={"good": 8, "blank": 1}))
    assert wrong.keys() == {row_key(first.pk), row_key(third.pk)}
    assert "7" in str(wrong[row_key(first.pk)])
    assert "8" in str(wrong[row_key(first.pk)])
    assert not Vote.objects.exists()
    assert str(second) not in str(wrong)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"convened": 10, "away": 9, "absent_exempt": 1}, "convened"),
        ({"present": 11}, "present"),
        ({"issued": 10}, "issued"),
        ({"returned": 10}, "returned"),
        ({"invalid": 10}, "invalid"),
        ({"held_on": date(2026, 1, 6)}, "held_on"),
        ({"held_on": date(2024, 12, 31)}, "held_on"),
    ],
)
def test_a_head_that_cannot_be_is_refused_at_the_field(branch, small, values, field):
    assert refusal(branch, small, **values).keys() == {field}


def test_excellent_is_not_on_the_first_of_two_ballots(branch, small):
    first = people(branch)[0]
    wrong = refusal(branch, small, all_good(branch, p0={"excellent": 8}))
    assert wrong.keys() == {row_key(first.pk)}


def test_without_a_second_ballot_the_first_votes_excellent(branch, small):
    Cycle.objects.update(second_ballot=False)
    branch.cycle.refresh_from_db()
    record(branch, small, all_good(branch, p0={"excellent": 8}))
    assert levels(branch)[0] == "excellent"
    assert refusal(branch, small, {}, ballot=2)


def test_nobody_is_forgotten(branch, small):
    first, *others = people(branch)
    counts = {each.pk: {"good": 8} for each in others}
    assert refusal(branch, small, counts).keys() == {row_key(first.pk)}
    record(branch, small, counts, not_voted={first.pk: "absent"})
    assert levels(branch) == ["", "good", "good"]
    assert ballots_of(branch.appraisals.get(pk=first.pk)).reasons[0].reason == "absent"


def test_who_is_exempt_is_not_voted_on(branch, small):
    exempt = people(branch)[0]
    make.make_status(exempt.member)
    assert exempt not in people(branch)
    with pytest.raises(ValidationError) as error:
        record(branch, small, all_good(branch) | {exempt.pk: {"good": 8}})
    assert error.value.code == "stranger"


def test_the_second_ballot_picks_the_excellent_from_the_good(branch, small):
    record(branch, small, all_good(branch, p2={"completed": 8}))
    first, second = people(branch, ballot=2)
    counts = {first.pk: {"excellent": 6, "good": 2}, second.pk: {"excellent": 5, "good": 3}}
    record(branch, small, counts, ballot=2)
    assert levels(branch) == ["excellent", "good", "completed"]
    lines = rounds_of(branch)[0].lines
    assert [line.level for line in lines] == ["excellent", "good", "completed"]
    assert [line.first for line in lines] == ["good", "good", "completed"]


def test_the_second_ballot_comes_after_the_first_and_only_for_the_good(branch, small):
    assert refusal(branch, small, {people(branch)[0].pk: {"excellent": 8}}, ballot=2)
    record(branch, small, all_good(branch, p2={"completed": 8}))
    third = people(branch)[2]
    with pytest.raises(ValidationError) as error:
        record(branch, small, {third.pk: {"excellent": 8}}, ballot=2)
    assert error.value.code == "stranger"


def finish(branch, small, note=""):
    return finish_step(branch, StepKind.VOTE, note=note, by=small.by, on=TODAY, at=NOON)


def test_a_vote_is_not_done_without_its_second_ballot(branch, small):
    record(branch, small)
    with pytest.raises(ValidationError) as error:
        finish(branch, small, NOTE)
    assert error.value.code == "second_ballot"
    done = {"cycle_branch": branch, "kind": "vote", "done_at": NOON, "done_by": small.by}
    assert_refused("vote_with_its_second_ballot", StepDone.objects.create, **done)
    record(branch, small, {people(branch)[0].pk: {"excellent": 8}}, ballot=2)
    finish(branch, small)


def test_nobody_stands_on_the_second_ballot_or_somebody_does(branch, small):
    first = record(branch, small, nobody_stood=True)
    second = {people(branch)[0].pk: {"excellent": 8}}
    assert refusal(branch, small, second, ballot=2)
    new = {"cycle_branch": branch, "ballot": 2, "held_on": TODAY, "convened": 1}
    new |= {"recorded_by": small.by, "recorded_at": NOON}
    assert_refused("second_ballot_or_nobody_stood", Vote.objects.create, **new)
    record(branch, small)
    record(branch, small, second, ballot=2)
    assert refusal(branch, small, nobody_stood=True).keys() == {"nobody_stood"}
    first_again = Vote.objects.filter(pk=first.pk)
    assert_refused("second_ballot_or_nobody_stood", first_again.update, nobody_stood=True)


def test_who_was_proposed_as_excellent_stands_or_a_note_says_why_not(small):
    branch = small.cycle_branches[0]
    do_steps(branch, before=StepKind.PROPOSAL, by=small.by)
    proposed, other = branch.appraisals.order_by("pk")[:2]
    propose(branch, proposals={proposed.pk: ("excellent", "")}, by=small.by, on=TODAY, at=NOON)
    do_steps(branch, before=StepKind.VOTE, by=small.by)
    record(branch, small)
    vote = record(branch, small, {other.pk: {"excellent": 8}}, ballot=2)
    with pytest.raises(ValidationError) as error:
        finish(branch, small)
    assert set(error.value.message_dict) == {"note"}
    record(branch, small, {proposed.pk: {"good": 8}}, ballot=2, seen=mark_of(vote))
    finish(branch, small)


def test_a_first_ballot_recorded_again_keeps_the_second_right(branch, small):
    record(branch, small)
    first = people(branch)[0]
    record(branch, small, {first.pk: {"excellent": 8}}, ballot=2)
    wrong = refusal(branch, small, all_good(branch, p0={"completed": 8}))
    assert wrong.keys() == {row_key(first.pk)}
    record(branch, small, all_good(branch, p1={"completed": 8}))
    assert levels(branch) == ["excellent", "completed", "good"]


def test_the_vote_comes_after_the_steps_before_it(small):
    branch = small.cycle_branches[1]
    assert str(StepKind.COLLECTIVE.label) in str(refusal(branch, small))
    assert_refused(
        "vote_after_the_steps_before_it",
        Vote.objects.create,
        cycle_branch=branch,
        held_on=TODAY,
        convened=1,
        recorded_by=small.by,
        recorded_at=NOON,
    )


def test_when_the_step_is_done_the_vote_stays(branch, small):
    vote = record(branch, small, nobody_stood=True)
    finish_step(branch, StepKind.VOTE, note=NOTE, by=small.by, on=TODAY, at=NOON)
    assert refusal(branch, small)
    with pytest.raises(ValidationError):
        withdraw_vote(vote, reason="Nhầm", by=small.by, at=NOON)
    assert_refused("vote_before_its_step_is_done", vote.delete)
    assert_refused("vote_before_its_step_is_done", vote.counts.update, good=7, blank=1)
    Vote.objects.update(tellers="Đã ẩn danh")


def test_a_later_round_is_for_those_who_were_absent(branch, small):
    first, *others = people(branch)
    counts = {each.pk: {"good": 8} for each in others}
    absent = {"not_voted": {first.pk: "absent"}, "nobody_stood": True}
    record(branch, small, counts, held_on=date(2025, 12, 20), **absent)
    # Who is named with the reason is missing without a note.
    finish_step(branch, StepKind.VOTE, by=small.by, on=TODAY, at=NOON)
    assert people(branch, 2) == [first]
    assert "held_on" in refusal(
        branch, small, {first.pk: {"good": 8}}, round_number=2, held_on=date(2025, 12, 19)
    )
    vote = record(branch, small, {first.pk: {"good": 8}}, round_number=2)
    assert levels(branch) == ["good", "good", "good"]
    assert people(branch, 3) == []
    withdraw_vote(vote, reason="Nhầm", by=small.by, at=NOON)
    assert levels(branch) == ["", "good", "good"]


def test_an_earlier_round_stays_under_a_later_one(branch, small):
    first, *others = people(branch)
    counts = {each.pk: {"good": 8} for each in others}
    vote = record(branch, small, counts, not_voted={first.pk: "absent"})
    record(branch, small, {first.pk: {"good": 8}}, round_number=2)
    assert refusal(branch, small, counts, not_voted={first.pk: "absent"})
    with pytest.raises(ValidationError):
        withdraw_vote(vote, reason="Nhầm", by=small.by, at=NOON)


def test_withdrawing_needs_a_reason_and_the_second_ballot_gone(branch, small):
    vote = record(branch, small)
    second = record(branch, small, {people(branch)[0].pk: {"excellent": 8}}, ballot=2)
    with pytest.raises(ValidationError):
        withdraw_vote(vote, reason="Nhầm", by=small.by, at=NOON)
    with pytest.raises(ValidationError):
        withdraw_vote(second, reason=" ", by=small.by, at=NOON)
    withdraw_vote(second, reason="Nhầm", by=small.by, at=NOON)
    assert levels(branch) == ["good", "good", "good"]
    withdraw_vote(vote, reason="Nhầm", by=small.by, at=NOON)
    assert levels(branch) == ["", "", ""]


def test_only_who_keeps_the_branch_records_its_vote(branch, small):
    office = make.make_user()
    make.grant(office, "office", small.district)
    with pytest.raises(PermissionDenied):
        record(branch, small, by=office)


def test_of_two_who_record_the_second_is_told(branch, small):
    vote = record(branch, small, seen="")
    with pytest.raises(ValidationError) as error:
        record(branch, small, seen="")
    assert error.value.code == "changed_meanwhile"
    record(branch, small, all_good(branch, p0={"completed": 8}), seen=mark_of(vote))


def test_only_rows_that_differ_are_written_again(branch, small):
    record(branch, small)
    before = set(VoteCount.objects.values_list("pk", "appraisal"))
    first = people(branch)[0]
    counts = all_good(branch)
    del counts[first.pk]
    record(branch, small, counts, not_voted={first.pk: "held_back"})
    assert set(VoteCount.objects.values_list("pk", "appraisal")) < before
    assert NotVoted.objects.get().reason == "held_back"
    assert levels(branch) == ["", "good", "good"]


# What the database refuses, whoever writes it.


def test_counts_that_do_not_add_up(branch, small):
    record(branch, small)
    assert_refused("vote_counts_add_up", VoteCount.objects.update, good=7)
    assert_refused("vote_counts_add_up", Vote.objects.update, returned=8)


def test_levels_that_the_ballot_does_not_offer(branch, small):
    record(branch, small)
    wrong = {"good": 0, "excellent": 8}
    assert_refused("vote_for_what_the_ballot_offers", VoteCount.objects.update, **wrong)


def test_a_voted_level_that_no_ballot_carries(branch, small):
    record(branch, small)
    assert_refused("voted_level_is_carried", branch.appraisals.update, voted_level="completed")
    other = small.cycle_branches[1]
    assert_refused("voted_level_is_carried", other.appraisals.update, voted_level="good")


def test_members_of_another_branch(branch, small):
    record(branch, small)
    stranger = small.cycle_branches[1].appraisals.first()
    count = VoteCount.objects.first()
    assert_refused(
        "vote_on_members_of_the_branch",
        VoteCount.objects.create,
        vote=count.vote,
        appraisal=stranger,
        good=8,
    )


def test_a_member_voted_on_in_two_rounds(branch, small):
    record(branch, small)
    first = people(branch)[0]

    def again():
        head = HEAD | {"held_on": TODAY, "recorded_by": small.by, "recorded_at": NOON}
        vote = Vote.objects.create(cycle_branch=branch, round=2, **head)
        VoteCount.objects.create(vote=vote, appraisal=first, good=8)

    assert_refused("vote_once_on_a_member", again)


def test_a_ballot_on_nobody(branch, small):
    record(branch, small)
    assert_refused("vote_on_somebody", VoteCount.objects.all().delete)


def test_rules_of_votes_stay_once_a_branch_has_voted(branch, small):
    record(branch, small)
    assert_refused("cycle_votes_as_begun", Cycle.objects.update, vote_share="0.6")


# The base that the records of a day suggest.


def test_the_base_leaves_out_probation_suspended_and_away(small):
    branch = small.branches[0]
    for status in ("exempt", "suspended", "away"):
        make.make_status(make.make_member(branch, official_on=make.LONG_AGO), status)
    make.make_member(branch, since=date(2025, 6, 1), admitted_on=date(2025, 6, 1))
    make.make_member(
        branch,
        since=date(2024, 6, 1),
        admitted_on=date(2024, 6, 1),
        official_on=date(2025, 6, 1),
    )
    make.make_member(branch, left_on=date(2025, 3, 1), left_reason="resigned")
    found = suggest_base(branch, on=TODAY)
    # Three of the cycle, one official since June, the exempt and the one away.
    assert (found.convened, found.away, found.absent_exempt) == (6, 1, 1)
    assert found.present == 4


def test_the_base_takes_who_was_present_from_the_roster(small):
    branch = small.branches[0]
    exempt = make.make_member(branch, official_on=make.LONG_AGO)
    make.make_status(exempt)
    meeting = make.make_meeting(branch, TODAY)
    member = branch.memberships.select_related("member").order_by("pk")[0].member
    make.attend(meeting, member)
    make.attend(meeting, exempt)
    found = suggest_base(branch, on=TODAY)
    assert (found.convened, found.absent_exempt, found.present) == (4, 0, 2)
    assert found.meeting == meeting


def test_a_step_with_a_vote_under_it_is_not_done_twice(branch, small):
    record(branch, small, nobody_stood=True)
    finish_step(branch, StepKind.VOTE, note=NOTE, by=small.by, on=TODAY, at=NOON)
    assert StepDone.objects.filter(cycle_branch=branch, kind="vote").count() == 1
