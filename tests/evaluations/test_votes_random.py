"""Random ballots: the database and the pure rules agree on which add up and on what they carry."""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.choices import StepKind
from evaluations.models import Cycle, Vote, VoteCount
from evaluations.rules import votes as rules
from evaluations.services.votes import record_vote, settle_votes
from evaluations.voting import rounds_of, to_vote_on
from tests.refusal import set_constraints
from tests.year_end import NOON, TODAY, do_steps, open_small_cycle

pytestmark = pytest.mark.django_db
MEMBERS = 4
random_worlds = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=30,
)
small = st.integers(0, 12)
counts = st.builds(rules.Count, *[small] * 5)
rules_of_votes = st.fixed_dictionaries(
    {
        "vote_share": st.decimals(0, Decimal("0.9999"), places=4),
        "vote_counting": st.sampled_from(["each", "at_least"]),
        "second_ballot": st.booleans(),
    }
)


@st.composite
def heads(draw):
    """A head that the database takes, with few or no valid papers too."""
    convened = draw(st.integers(1, 20))
    away = draw(st.integers(0, convened - 1))
    exempt = draw(st.integers(0, convened - away - 1))
    present = draw(st.integers(0, convened - exempt))
    issued = draw(st.integers(0, present))
    returned = draw(st.integers(0, issued))
    names = ("convened", "away", "absent_exempt", "present", "issued", "returned", "invalid")
    numbers = (convened, away, exempt, present, issued, returned, draw(st.integers(0, returned)))
    return dict(zip(names, numbers, strict=True))


@st.composite
def ballots(draw, columns, valid):
    """Counts of all members that add up."""
    found = []
    for _member in range(MEMBERS):
        rest, votes = valid, {}
        for column in columns:
            votes[column] = draw(st.integers(0, rest))
            rest -= votes[column]
        found.append(rules.Count(**votes, blank=rest))
    return found


@pytest.fixture
def branch():
    small = open_small_cycle(units=1, branches=1, members=MEMBERS, suggested=False)
    branch = small.cycle_branches[0]
    branch.by = small.by
    do_steps(branch, before=StepKind.VOTE, by=small.by)
    return branch


@contextmanager
def undone():
    """A block whose changes do not stay."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    set_constraints("DEFERRED")


def given_rules(branch, how):
    Cycle.objects.filter(pk=branch.cycle_id).update(**how)
    branch.cycle.refresh_from_db()


@given(data=st.data(), how=rules_of_votes, head=heads(), second_head=heads())
@random_worlds
def test_what_ballots_carry(branch, data, how, head, second_head):
    with undone():
        given_rules(branch, how)
        people = to_vote_on(branch, round_number=1, ballot=1)
        first = data.draw(ballots(*_first_of(how, head)))
        _record(branch, people, first, head, ballot=1)
        expected = [_carried(count, head, how) for count in first]
        good = to_vote_on(branch, round_number=1, ballot=2)
        assert [each for each, level in zip(people, expected, strict=True) if level == "good"] == (
            good
        )
        if how["second_ballot"] and good:
            second = data.draw(ballots(rules.columns(2, second_ballot=True), _valid(second_head)))
            _record(branch, good, second[: len(good)], second_head, ballot=2)
            of = dict(zip(good, second, strict=False))
            base, share = _base(second_head), how["vote_share"]
            expected = [
                rules.voted_level(level, of.get(each), base=base, share=share)
                for each, level in zip(people, expected, strict=True)
            ]
        stored = dict(branch.appraisals.values_list("pk", "voted_level"))
        assert [stored[each.pk] for each in people] == expected
        assert [line.level for line in rounds_of(branch)[0].lines] == expected
        set_constraints("IMMEDIATE")


@given(data=st.data(), how=rules_of_votes, head=heads(), ballot=st.sampled_from([1, 1, 1, 2]))
@random_worlds
def test_which_ballots_the_database_takes(branch, data, how, head, ballot):
    with undone():
        given_rules(branch, how)
        people = to_vote_on(branch, round_number=1, ballot=1)
        if ballot == 2:
            ten = dict.fromkeys(("convened", "present", "issued", "returned"), 10)
            _record(branch, people, [rules.Count(good=10)] * MEMBERS, ten, ballot=1)
        valid = _valid(head)
        offered = rules.columns(ballot, second_ballot=how["second_ballot"])
        found = [
            data.draw(st.one_of(counts, ballots(offered, valid).map(lambda drawn: drawn[0])))
            for _member in people
        ]
        is_right = (ballot == 1 or how["second_ballot"]) and all(
            not rules.count_problem(
                count, ballot=ballot, valid=valid, second_ballot=how["second_ballot"]
            )
            for count in found
        )
        assert _is_stored(branch, people, found, head, ballot) == is_right
        assert _is_recorded(branch, people, found, head, ballot) == is_right


def _first_of(how, head):
    return rules.columns(1, second_ballot=how["second_ballot"]), _valid(head)


def _valid(head):
    return head["returned"] - head["invalid"]


def _base(head):
    return rules.base(head["convened"], head["away"], head["absent_exempt"])


def _carried(count, head, how):
    return rules.carried_level(
        count,
        base=_base(head),
        share=how["vote_share"],
        at_least=how["vote_counting"] == "at_least",
    )


def _record(branch, people, found, head, *, ballot):
    given = {each.pk: vars(count) for each, count in zip(people, found, strict=True)}
    record_vote(branch, ballot=ballot, held_on=TODAY, counts=given, by=branch.by, at=NOON, **head)


def _is_recorded(branch, people, found, head, ballot):
    """Whether the service takes the ballot."""
    try:
        with undone():
            _record(branch, people, found, head, ballot=ballot)
    except ValidationError:
        return False
    return True


def _is_stored(branch, people, found, head, ballot):
    """Whether the database takes the rows, whoever writes them."""
    try:
        with undone():
            vote = Vote.objects.create(
                cycle_branch=branch, ballot=ballot, held_on=TODAY,
                recorded_by=branch.by, recorded_at=NOON, **head,
            )  # fmt: skip
            VoteCount.objects.bulk_create(
                VoteCount(vote=vote, appraisal=each, **vars(count))
                for each, count in zip(people, found, strict=True)
            )
            settle_votes(branch)
            set_constraints("IMMEDIATE")
    except IntegrityError:
        return False
    return True
