"""Locking a cycle, what a lock keeps, what later corrections would change, rating again."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from evaluations.anonymisation import NOBODY
from evaluations.choices import StepKind
from evaluations.locked.changes import find_changes
from evaluations.locked.digest import digest_of
from evaluations.locked.readiness import read_readiness
from evaluations.models import (
    CapOverride,
    Comment,
    Cycle,
    CycleBranch,
    CycleStep,
    Decision,
    Rating,
    SelfReview,
    StepDone,
    UnitCap,
)
from evaluations.services.caps import give_places, set_unit_cap
from evaluations.services.cycles import draw_list, take_suggestions
from evaluations.services.decisions import SUGGESTED, decide, take_back
from evaluations.services.locking import lock_cycle, re_rate
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.refusal import assert_refused
from tests.year_end import NOON, TODAY, YEAR, do_steps, open_small_cycle, suggest, vote_simply

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)
DECIDED = {"decided_on": TODAY, "on": TODAY, "at": NOON}
LOCKED = {"on": TODAY, "at": NOON + timedelta(hours=1)}
AGAIN = {"decided_on": LATER.date(), "on": LATER.date(), "at": LATER}


def make_decided(**values):
    """A cycle of one unit, all decided as suggested and through their steps, but not locked."""
    small = open_small_cycle(units=1, **values)
    for branch in small.cycle_branches:
        vote_simply(branch, by=small.by)
    decide(
        small.cycle.appraisals.to_be_rated(),
        level=SUGGESTED,
        reason="Như đề nghị",
        by=small.by,
        **DECIDED,
    )
    for branch in small.cycle_branches:
        do_steps(branch, before=StepKind.NOTICE, by=small.by)
        branch.done.create(kind=StepKind.NOTICE, done_at=NOON, done_by=small.by)
    return small


def make_locked(**values):
    small = make_decided(**values)
    small.cycle = lock_cycle(small.cycle, by=small.by, **LOCKED)
    return small


def of(small, code):
    return small.cycle.appraisals.select_related("member", "decision").get(
        member__code=f"D-1-1-{code}"
    )


def state_of(cycle):
    """What must not change: the decisions in force, and the suggestions that were decided on."""
    rows = cycle.appraisals.order_by("member__code")
    return list(rows.values_list("member__code", "decision", "decision__level", "rating"))


# Before the lock


def test_the_lock_says_all_that_is_missing():
    small = open_small_cycle(units=1, branches=1, members=3)
    with pytest.raises(ValidationError) as error:
        lock_cycle(small.cycle, by=small.by, **LOCKED)
    readiness = read_readiness(small.cycle)
    assert error.value.messages == readiness.sentences
    assert (readiness.undecided, readiness.without_suggestion) == (3, 0)
    assert len(readiness.sentences) == 1 + len(StepKind) - 1  # a section has no step here


def test_a_cycle_without_suggestions_is_not_locked():
    small = open_small_cycle(units=1, branches=1, members=1, suggested=False)
    assert read_readiness(small.cycle).without_suggestion == 1
    locked = {"locked_at": NOON, "locked_by": small.by, "digest": "0" * 64}
    assert_refused("lock_with_suggestions", Cycle.objects.update, **locked)


def test_the_database_wants_decisions_and_steps():
    small = make_decided(branches=1)
    locked = {"locked_at": NOON, "locked_by": small.by, "digest": "0" * 64}
    StepDone.objects.filter(kind=StepKind.NOTICE).delete()
    assert_refused("lock_with_steps_done", Cycle.objects.update, **locked)
    small.cycle_branches[0].done.create(kind=StepKind.NOTICE, done_at=NOON, done_by=small.by)
    chosen = small.cycle.appraisals.filter(member__code="D-1-1-M2")
    take_back(chosen, reason="x", by=small.by, **DECIDED)
    assert_refused("lock_with_decisions", Cycle.objects.update, **locked)
    assert read_readiness(small.cycle).undecided == 1


def test_who_is_decided_on_and_not_rated_any_more_is_taken_back_first():
    small = make_decided(branches=1)
    member = of(small, "M2").member
    make.make_status(member)
    suggest(small.cycle, by=small.by)
    assert read_readiness(small.cycle).decided_wrongly == 1
    locked = {"locked_at": NOON, "locked_by": small.by, "digest": "0" * 64}
    assert_refused("lock_with_decisions", Cycle.objects.update, **locked)


def test_only_a_leader_of_the_whole_cycle_locks_it():
    small = make_decided(branches=1, members=2)
    leader = make.make_user()
    make.grant(leader, "leader", small.units[0])
    with pytest.raises(PermissionDenied):
        lock_cycle(small.cycle, by=leader, **LOCKED)


# What a lock keeps


def test_locking_and_rolling_up_again_changes_nothing():
    small = make_locked()
    before = state_of(small.cycle), digest_of(small.cycle)
    assert small.cycle.digest == before[1]
    make.make_deduction(of(small, "M2").member, small.cycle.cut_off, 50)
    roll_up_inline(small.district, year=YEAR, at=LATER)
    with pytest.raises(ValidationError):
        take_suggestions(small.cycle, by=small.by, on=LATER.date(), at=LATER)
    with pytest.raises(ValidationError):
        draw_list(small.cycle, by=small.by, on=LATER.date())
    assert (state_of(small.cycle), digest_of(small.cycle)) == before


def test_a_decision_after_the_lock_is_refused():
    small = make_locked(branches=1)
    chosen = small.cycle.appraisals.filter(member__code="D-1-1-M2")
    for service in (decide, take_back):
        extra = {"level": "completed"} if service is decide else {}
        with pytest.raises(ValidationError, match=r"khóa|locked"):
            service(chosen, reason="x", by=small.by, **DECIDED, **extra)
    decision = of(small, "M2").decision
    decision.pk, decision.revision, decision.cause = None, 2, "correction"
    decision.reason = "x"
    assert_refused("cycle_not_locked", decision.save, force_insert=True)


def test_nothing_of_a_locked_cycle_changes():
    small = make_decided(branches=1)
    appraisal = of(small, "M2")
    by = {"entered_by": small.by, "entered_at": NOON}
    UnitCap.objects.create(unit=small.units[0], year=YEAR, percent=25)
    small.cycle = lock_cycle(small.cycle, by=small.by, **LOCKED)
    for model, change in CHANGES.items():
        rows = model.objects.all()
        assert_refused("cycle_not_locked", rows.update, **change)
    assert_refused("cycle_not_locked", UnitCap.objects.all()._raw_delete, "default")
    for make_row in (
        lambda: SelfReview.objects.create(appraisal=appraisal, **by),
        lambda: Comment.objects.create(appraisal=appraisal, kind="residence", **by),
        lambda: CycleBranch.objects.create(
            cycle=small.cycle, branch=make.make_organization(parent=small.units[0]),
            year=YEAR, unit=small.units[0],
        ),
        lambda: small.cycle.appraisals.create(
            member=make.make_member(small.branches[0]), person_class="staff",
            cycle_branch=small.cycle_branches[0],
        ),
    ):  # fmt: skip
        assert_refused("cycle_not_locked", make_row)
    assert_refused("cycle_not_locked", Cycle.objects.all()._raw_delete, "default")


CHANGES = {
    Cycle: {"note": "x"},
    CycleStep: {"due_on": TODAY},
    CycleBranch: {"year": YEAR - 1},
    UnitCap: {"percent": 30},
    Rating: {"score": 1},
}


def test_what_stands_on_an_appraisal_stays():
    small = make_locked(branches=1)
    rows = small.cycle.appraisals.filter(pk=of(small, "M2").pk)
    assert_refused("cycle_not_locked", rows.update, voted_level="failed")
    assert_refused("cycle_not_locked", rows.update, suggested_level="failed")
    assert_refused("cycle_not_locked", rows.update, decision=None)


def test_a_unit_keeps_its_percent():
    small = make_locked(branches=1)
    values = {"year": YEAR, "percent": 25, "reason": "x", "by": small.by, "on": TODAY}
    with pytest.raises(ValidationError, match=r"khóa|locked"):
        set_unit_cap(small.units[0], **values)


def test_texts_about_who_was_anonymised_may_go():
    small = make_locked(branches=1)
    Decision.objects.filter(appraisal=of(small, "M1")).update(reason=NOBODY)
    assert digest_of(small.cycle) == small.cycle.digest


def test_another_cycle_goes_on():
    make_locked(branches=1)
    other = make_decided(code="E", branches=1)
    take_back(other.cycle.appraisals.all(), reason="x", by=other.by, **DECIDED)


@pytest.mark.parametrize(
    "change",
    [
        lambda small: Rating.objects.filter(member=of(small, "M2").member).update(present=1),
        lambda small: small.cycle.appraisals.update(person_class="staff"),
        lambda small: give_places(
            small.cycle, small.units[0], person_class="outside", places=1, reason="x",
            by=small.by, on=TODAY, at=NOON,
        ),
        lambda small: UnitCap.objects.create(unit=small.units[0], year=YEAR, percent=30),
        lambda small: decide(
            small.cycle.appraisals.filter(member__code="D-1-1-M2"), level="completed",
            reason="x", by=small.by, **DECIDED,
        ),
    ],
)  # fmt: skip
def test_the_digest_is_of_all_that_decided(change):
    small = make_decided(branches=1)
    before = digest_of(small.cycle)
    assert digest_of(small.cycle) == before
    change(small)
    assert digest_of(small.cycle) != before


# Corrections after the lock


def correct(small):
    """What was met in time turns out not to have been done."""
    member = of(small, "M2").member
    member.tasks.update(outcome="unmet")
    return member


def test_a_late_correction_is_shown_with_its_facts():
    small = make_locked(branches=1)
    assert find_changes(small.cycle) == ({}, [])
    correct(small)
    changed, added = find_changes(small.cycle)
    facts = {row["fact"]: (row["before"], row["after"]) for row in changed[of(small, "M2").pk]}
    assert (facts["tasks_met"], facts["tasks_unmet"]) == ((1, 0), (0, 1))
    assert facts["suggested_level"] == ("good", "failed")
    assert facts["score"][0] == "100.00"
    assert (list(changed), added) == ([of(small, "M2").pk], [])
    assert find_changes(small.cycle, unit=small.units[0])[0] == changed


def test_who_is_gone_and_who_is_new_is_shown():
    small = make_locked(branches=1)
    member = of(small, "M2").member
    member.memberships.all().delete()
    new = make.make_member(small.branches[0])
    changed, added = find_changes(small.cycle)
    assert changed[of(small, "M2").pk] == [{"fact": "population", "before": "D-1-1", "after": ""}]
    assert [row[0] for row in added] == [new.pk]


def test_a_member_is_rated_again_and_the_old_decision_stays():
    small = make_locked(branches=1)
    correct(small)
    values = {"level": "failed", "by": small.by, "document": "05-QĐ/ĐU", **AGAIN}
    with pytest.raises(ValidationError, match=r"lại|again"):
        re_rate(of(small, "M2"), reason=" ", **values)
    decision = re_rate(of(small, "M2"), reason="Nhiệm vụ không hoàn thành", **values)
    assert (decision.revision, decision.cause, decision.level) == (2, "re_rating", "failed")
    assert {"fact": "tasks_unmet", "before": 0, "after": 1} in decision.changes
    old = of(small, "M2").decisions.first()
    assert (old.level, old.revision) == ("good", 1)
    assert of(small, "M2").decision == decision
    assert digest_of(small.cycle) == small.cycle.digest
    with pytest.raises(ValidationError):
        re_rate(of(small, "M2"), reason="x", **values)


def test_who_is_rated_again_stays_within_the_cap():
    small = make_locked(members=6, branches=1)
    values = {"level": "excellent", "reason": "x", "by": small.by, **AGAIN}
    with pytest.raises(ValidationError, match="D-1"):
        re_rate(of(small, "M1"), **values)
    give_places(
        small.cycle, small.units[0], person_class="outside", places=1, reason="x",
        by=small.by, on=TODAY, at=LATER,
    )  # fmt: skip
    decision = re_rate(of(small, "M1"), **values)
    assert "cap" in decision.grounds
    assert digest_of(small.cycle) == small.cycle.digest
    withdrawn = {"withdrawn_at": LATER, "withdrawn_by": small.by}
    assert_refused("decided_within_the_cap", CapOverride.objects.update, **withdrawn)


def test_nobody_is_rated_again_before_the_lock():
    small = make_decided(branches=1)
    with pytest.raises(ValidationError):
        re_rate(of(small, "M2"), level="failed", reason="x", by=small.by, **AGAIN)
    decision = of(small, "M2").decision
    decision.pk, decision.revision, decision.cause = None, 2, "re_rating"
    decision.reason = "x"
    assert_refused("re_rating_after_the_lock", decision.save, force_insert=True)
