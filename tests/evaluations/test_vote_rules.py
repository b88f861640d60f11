"""What a ballot says, without a database."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.rules import votes as rules
from evaluations.rules.votes import Count

HALF = Decimal("0.5")
counts = st.builds(Count, *[st.integers(0, 40)] * 5)
shares = st.decimals(0, Decimal("0.9999"), places=4)


def carried(count, *, base, share=HALF, at_least=False):
    return rules.carried_level(count, base=base, share=share, at_least=at_least)


def test_base_of_the_worked_example():
    """22 members, 20 of them official, 3 of these absent: of 20, not of 17, more than half."""
    assert rules.base(20, 0, 0) == 20
    assert rules.votes_needed(20, HALF) == 11
    assert not rules.is_carried(10, 20, HALF)
    assert rules.is_carried(11, 20, HALF)


def test_those_away_and_the_exempt_who_did_not_come_are_taken_off():
    assert rules.base(20, 2, 3) == 15
    assert rules.votes_needed(15, HALF) == 8


def test_two_thirds_are_compared_exactly():
    share = Decimal("0.6666")
    assert rules.votes_needed(15, share) == 10
    assert rules.votes_needed(15, Decimal("0.6667")) == 11


@pytest.mark.parametrize(
    ("ballot", "second_ballot", "offered"),
    [
        (1, False, ("excellent", "good", "completed", "failed")),
        (1, True, ("good", "completed", "failed")),
        (2, True, ("excellent", "good")),
    ],
)
def test_what_a_paper_offers(ballot, second_ballot, offered):
    assert rules.columns(ballot, second_ballot=second_ballot) == offered


@pytest.mark.parametrize(
    ("count", "ballot", "problem"),
    [
        (Count(good=8, blank=2), 1, ""),
        (Count(good=8, blank=1), 1, "sum"),
        (Count(good=8, blank=3), 1, "sum"),
        (Count(excellent=1, good=9), 1, "level"),
        (Count(excellent=4, good=6), 2, ""),
        (Count(excellent=4, completed=6), 2, "level"),
    ],
)
def test_numbers_are_the_valid_papers_together(count, ballot, problem):
    found = rules.count_problem(count, ballot=ballot, valid=10, second_ballot=True)
    assert found == problem


def test_a_level_needs_its_own_votes_or_those_for_better_ones_too():
    count = Count(excellent=4, good=4, completed=2)
    assert carried(count, base=10) == ""
    assert carried(count, base=10, at_least=True) == "good"


def test_of_several_levels_the_best_is_carried():
    share = Decimal("0.25")
    assert carried(Count(good=4, completed=6), base=10, share=share) == "good"


def test_the_second_ballot_lifts_only_the_good():
    yes = Count(excellent=6, good=4)
    assert rules.voted_level("good", yes, base=10, share=HALF) == "excellent"
    assert rules.voted_level("good", Count(excellent=5), base=10, share=HALF) == "good"
    assert rules.voted_level("good", None, base=10, share=HALF) == "good"
    assert rules.voted_level("completed", yes, base=10, share=HALF) == "completed"


@given(st.integers(1, 500), shares)
def test_votes_needed_is_the_least_number_that_carries(base, share):
    needed = rules.votes_needed(base, share)
    assert rules.is_carried(needed, base, share)
    assert not rules.is_carried(needed - 1, base, share)


@given(counts, st.integers(1, 200), shares)
def test_what_each_level_carries_the_levels_at_least_carry_too(count, base, share):
    each = carried(count, base=base, share=share)
    at_least = carried(count, base=base, share=share, at_least=True)
    if each:
        assert rules.LEVELS.index(at_least) <= rules.LEVELS.index(each)
        assert getattr(count, each) > Fraction(share) * base
