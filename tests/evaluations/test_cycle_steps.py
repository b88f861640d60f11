"""The order of steps: what services refuse with a sentence, the database refuses as well; and
random persons who do random steps never get a branch out of order, nor does a refusal change
anything."""

from dataclasses import dataclass, field
from random import Random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from assignments.choices import Level
from evaluations.choices import StepKind
from evaluations.models import Comment, Proposal, SelfReview, StepDone
from evaluations.services.appraisals import propose, save_self_review, write_comment
from evaluations.services.cycle_steps import ACTIONS, finish_step, next_step, reopen_step
from evaluations.services.cycles import open_cycle
from tests import builders as make
from tests.refusal import assert_refused
from tests.year_end import (
    NOON,
    NOTE,
    TODAY,
    YEAR,
    do_steps,
    fill_branch,
    make_everybody,
    make_vote,
    open_small_cycle,
    vote_simply,
)

pytestmark = pytest.mark.django_db
NOW = {"on": TODAY, "at": NOON}
SEEDS = range(6)
DEEDS = 60
TABLES = (StepDone, SelfReview, Comment, Proposal)


@pytest.fixture
def small():
    return open_small_cycle(units=1, branches=1, members=2)


def said(error):
    return " ".join(error.value.messages)


# Order


def test_a_later_step_waits_for_the_first_that_is_left(small):
    row = small.cycle_branches[0]
    with pytest.raises(ValidationError) as error:
        finish_step(row, StepKind.VOTE, note=NOTE, by=small.by, **NOW)
    assert str(StepKind.COLLECTIVE.label) in said(error)
    assert_refused(
        "steps_in_order",
        StepDone.objects.create,
        cycle_branch=row,
        kind=StepKind.VOTE,
        done_at=NOON,
        done_by=small.by,
    )


def test_a_branch_without_a_sub_committee_has_no_such_step(small):
    row = small.cycle_branches[0]
    vote_simply(row, by=small.by)
    assert next_step(row) == StepKind.DECISION
    assert_refused(
        "step_of_the_branch",
        StepDone.objects.create,
        cycle_branch=row,
        kind=StepKind.SECTION,
        done_at=NOON,
        done_by=small.by,
    )


def test_a_step_that_later_ones_follow_is_not_taken_back(small):
    row = small.cycle_branches[0]
    do_steps(row, before="comments", by=small.by)
    with pytest.raises(ValidationError) as error:
        reopen_step(row, "collective", reason="Nhầm", by=small.by, on=TODAY)
    assert str(StepKind.SELF_REVIEW.label) in said(error)
    assert_refused("steps_in_order", row.done.filter(kind="collective").delete)


def test_a_step_is_taken_back_for_a_reason(small):
    row = small.cycle_branches[0]
    do_steps(row, before="self_review", by=small.by)
    with pytest.raises(ValidationError) as error:
        reopen_step(row, "collective", reason=" ", by=small.by, on=TODAY)
    assert set(error.value.message_dict) == {"reason"}


def test_the_vote_is_withdrawn_before_the_steps_it_was_built_on(small):
    row = small.cycle_branches[0]
    do_steps(row, before="vote", by=small.by)
    with transaction.atomic():
        make_vote(row, dict.fromkeys(small.appraisals, "good"), by=small.by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT settle_votes(ARRAY[%s]::bigint[])", [row.pk])
    with pytest.raises(ValidationError):
        reopen_step(row, "proposal", reason="Nhầm", by=small.by, on=TODAY)
    assert_refused("step_before_votes", row.done.filter(kind="proposal").delete)


def test_the_step_of_the_vote_needs_a_vote(small):
    row = small.cycle_branches[0]
    do_steps(row, before="vote", by=small.by)
    with pytest.raises(ValidationError):
        finish_step(row, "vote", note=NOTE, by=small.by, **NOW)


def test_a_step_that_was_done_is_not_rewritten(small):
    row = small.cycle_branches[0]
    do_steps(row, before="self_review", by=small.by)
    assert_refused("step_done_stays", row.done.update, kind="self_review")


# What was written in a step


def test_what_a_done_step_holds_stays(small):
    first, second = small.appraisals
    row = first.cycle_branch
    review_values = {"points": {"common": 20, "results": 50}, "level": "good", "hand_in": True}
    review_values |= dict.fromkeys(
        ("strengths", "shortcomings", "causes", "mended", "plans"), "Như năm trước"
    )
    save_self_review(first, **review_values, by=small.by, **NOW)
    do_steps(row, before="proposal", by=small.by)
    propose(row, proposals={first.pk: ("good", "")}, by=small.by, **NOW)
    do_steps(row, before="vote", by=small.by)
    with pytest.raises(ValidationError):
        save_self_review(first, **review_values, by=small.by, **NOW)
    with pytest.raises(ValidationError):
        propose(row, proposals={first.pk: ("excellent", "")}, by=small.by, **NOW)
    for rows in (SelfReview.objects.all(), Proposal.objects.all()):
        assert_refused("step_keeps_what_was_done", rows.update, level="excellent")
        assert_refused("step_keeps_what_was_done", rows.delete)
    # What was missing may still come.
    save_self_review(second, **review_values, by=small.by, **NOW)
    assert propose(row, proposals={second.pk: ("good", "")}, by=small.by, **NOW) == 1


def test_texts_of_a_done_step_may_be_emptied_to_anonymise(small):
    appraisal = small.appraisals[0]
    SelfReview.objects.create(
        appraisal=appraisal,
        level="good",
        strengths="Gương mẫu",
        submitted_at=NOON,
        entered_by=small.by,
        entered_at=NOON,
    )
    do_steps(appraisal.cycle_branch, before="comments", by=small.by)
    reviews = SelfReview.objects.all()
    assert_refused("step_keeps_what_was_done", reviews.update, strengths="Khác")
    assert_refused("step_keeps_what_was_done", reviews.update, strengths="", level="failed")
    reviews.update(strengths="")
    assert SelfReview.objects.get().strengths == ""


def test_proposals_wait_for_their_turn(small):
    row = small.cycle_branches[0]
    first = small.appraisals[0]
    with pytest.raises(ValidationError):
        propose(row, proposals={first.pk: ("good", "")}, by=small.by, **NOW)
    new = {"appraisal": first, "level": "good", "proposed_by": small.by, "proposed_at": NOON}
    assert_refused("proposal_in_order", Proposal.objects.create, step="proposal", **new)
    assert_refused("proposal_in_order", Proposal.objects.create, step="section", **new)


def test_points_lie_within_those_of_their_group(small):
    texts = dict.fromkeys(("strengths", "shortcomings", "causes", "mended", "plans"), "")
    with pytest.raises(ValidationError) as error:
        save_self_review(
            small.appraisals[0],
            points={"common": 31},
            level="",
            hand_in=False,
            **texts,
            by=small.by,
            **NOW,
        )
    assert set(error.value.message_dict) == {"points_common"}


def test_a_comment_that_came_says_something_and_when(small):
    values = dict.fromkeys(("organization", "asked_on", "received_on"))
    values |= {"place": "", "text": "", "level": "", "not_needed": ""}
    wrong = (
        ({"received_on": TODAY}, "text"),
        ({"text": "Tốt"}, "received_on"),
        ({"received_on": TODAY, "asked_on": TODAY.replace(day=6), "text": "Tốt"}, "received_on"),
        ({"received_on": TODAY.replace(year=2027), "text": "Tốt"}, "received_on"),
        ({"received_on": TODAY, "text": "Tốt", "not_needed": "Miễn"}, "not_needed"),
    )
    for more, name in wrong:
        with pytest.raises(ValidationError) as error:
            write_comment(
                small.appraisals[0], kind="residence", **(values | more), by=small.by, **NOW
            )
        assert set(error.value.message_dict) == {name}
    assert not Comment.objects.exists()


# Random persons and steps


@dataclass
class Walk:
    """What a branch must have done, told in plain words: `done` are the first of `steps`."""

    row: object
    steps: list
    persons: dict  # {name: (user, {actions that the person may do for the branch})}
    done: list = field(default_factory=list)
    votes: bool = False

    def may_finish(self, kind, person, note):
        return (
            ACTIONS[kind] in self.persons[person][1]
            and kind in self.steps
            and self.steps.index(kind) == len(self.done)
            and (kind != StepKind.VOTE or self.votes)
            and (bool(note) or not self.row.appraisals.without(kind).exists())
        )

    def may_reopen(self, kind, person, reason):
        return (
            ACTIONS[kind] in self.persons[person][1]
            and self.done[-1:] == [kind]
            and bool(reason)
            and not (self.votes and kind in self.steps[: self.steps.index(StepKind.VOTE)])
        )


def make_walks():
    """Two branches of a ward, the second below a sub-committee, with everybody who might act."""
    ward, (first,) = make.make_ward("W")
    section = make.make_organization("sub_committee", code="S", parent=ward)
    second = make.make_organization(code="S-1", parent=section)
    (member, _other) = fill_branch(first, 2)
    fill_branch(second, 2)
    cycle = open_cycle(ward, year=YEAR, by=make_everybody(ward), **NOW)
    everywhere = {
        "leader of the ward": ("leader", ward),
        "office of the section": ("office", section),
    }
    users = {"member": make.make_user(member=member), "nobody": make.make_user()}
    for name, (role, organization) in everywhere.items():
        users[name] = make.make_user()
        make.grant(users[name], role, organization)
    for branch in (first, second):
        users[branch] = make.make_user()
        make.grant(users[branch], "secretary", branch)
    may = {"leader of the ward": {"propose_for_section", "decide_ratings"}}
    may |= {"office of the section": {"propose_for_section"}}
    walks = []
    for branch in (first, second):
        own = may | {branch: {"keep_appraisals"}}
        steps = [kind for kind in StepKind if branch == second or kind != StepKind.SECTION]
        persons = {name: (user, own.get(name, set())) for name, user in users.items()}
        walks.append(Walk(cycle.branches.get(branch=branch), steps, persons))
    return walks


def state():
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def attempt(deed, *args, **kwargs):
    """Whether it was done; a refusal changes nothing."""
    before = state()
    try:
        with transaction.atomic():
            deed(*args, **kwargs)
    except (ValidationError, PermissionDenied):
        assert state() == before
        return False
    return True


@pytest.mark.parametrize("seed", SEEDS)
def test_random_deeds_keep_the_order(seed):
    random = Random(seed)
    walks = make_walks()
    for _deed in range(DEEDS):
        walk = random.choice(walks)
        random.choice((_finish, _finish, _finish, _reopen, _propose, _write_raw))(walk, random)
        if walk.done == walk.steps[: walk.steps.index(StepKind.VOTE)] and not walk.votes:
            vote(walk)
        for each in walks:
            assert each.row.done.count() == len(each.done)
            assert set(each.row.done.values_list("kind", flat=True)) == set(each.done)


def _finish(walk, random):
    following = walk.steps[min(len(walk.done), len(walk.steps) - 1)]
    kind = random.choice([following, following, *StepKind])
    person, note = random.choice(list(walk.persons)), random.choice([NOTE, NOTE, ""])
    right = [name for name, (_user, may) in walk.persons.items() if ACTIONS[kind] in may]
    person = random.choice([person, *right])
    allowed = walk.may_finish(kind, person, note)
    user = walk.persons[person][0]
    assert attempt(finish_step, walk.row, kind, note=note, by=user, **NOW) == allowed
    if allowed:
        walk.done.append(kind)


def _reopen(walk, random):
    kind = random.choice([*walk.done[-1:], random.choice(list(StepKind))])
    person, reason = random.choice(list(walk.persons)), random.choice(["Nhầm", ""])
    allowed = walk.may_reopen(kind, person, reason)
    user = walk.persons[person][0]
    assert attempt(reopen_step, walk.row, kind, reason=reason, by=user, on=TODAY) == allowed
    if allowed:
        walk.done.remove(kind)


def _propose(walk, random):
    step = random.choice([StepKind.PROPOSAL, StepKind.SECTION])
    person = random.choice(list(walk.persons))
    appraisal = random.choice(list(walk.row.appraisals.all()))
    level = random.choice(Level.values)
    present = appraisal.proposals.filter(step=step).first()
    allowed = (
        ACTIONS[step] in walk.persons[person][1]
        and step in walk.steps
        and walk.steps.index(step) <= len(walk.done)
        and (step not in walk.done or present is None or present.level == level)
    )
    proposals = {appraisal.pk: (level, "")}
    user = walk.persons[person][0]
    assert attempt(propose, walk.row, step=step, proposals=proposals, by=user, **NOW) == allowed


def _write_raw(walk, random):
    """Around the services: the database takes a step only in its turn."""
    kind = random.choice(list(StepKind))
    in_turn = len(walk.done) < len(walk.steps) and kind == walk.steps[len(walk.done)]
    user = walk.persons["nobody"][0]
    new = StepDone(cycle_branch=walk.row, kind=kind, done_at=NOON, done_by=user)
    try:
        with transaction.atomic():
            new.save()
            taken = True
            transaction.set_rollback(True)
    except IntegrityError:
        taken = False
    assert taken == in_turn


def vote(walk):
    row = walk.row
    with transaction.atomic():
        user = walk.persons[row.branch][0]
        make_vote(row, dict.fromkeys(row.appraisals.all(), "good"), by=user, nobody_stood=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT settle_votes(ARRAY[%s]::bigint[])", [row.pk])
    walk.votes = True
