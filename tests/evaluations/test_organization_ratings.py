"""Organizations in a cycle: one after the other, within the cap, once and for good."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from evaluations.choices import StepKind
from evaluations.models import (
    OrganizationAppraisal,
    OrganizationDecision,
    OrganizationRating,
    OrganizationScheme,
    StepDone,
)
from evaluations.services.caps import set_unit_cap
from evaluations.services.cycle_steps import finish_step
from evaluations.services.locking import lock_cycle
from evaluations.services.organization_places import (
    give_organization_places,
    withdraw_organization_places,
)
from evaluations.services.organization_ratings import (
    record_organization_ratings,
    take_back_organizations,
)
from evaluations.services.shortcomings import state_for_organization
from tests import builders as make
from tests import year_end
from tests.evaluations.organization_worlds import (
    appraisal_of,
    decide_members,
    decide_on,
    make_scheme,
    suggest,
)
from tests.refusal import assert_refused
from tests.year_end import NOON, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Sentences are found by the words of the source."""
    with translation.override("en"):
        yield


def test_lower_ones_are_rated_before_higher_ones():
    world = year_end.open_small_cycle(units=1, branches=2)
    ward, [first, second] = world.units[0], world.branches
    decide_members(world, first)
    suggest(world)
    assert appraisal_of(world, first).rated
    assert appraisal_of(world, second).rated is None
    with pytest.raises(ValidationError, match=str(ward)):
        decide_on(world, ward)
    decide_on(world, first)
    decide_members(world, second)
    suggest(world)
    assert appraisal_of(world, ward).rated is None
    decide_on(world, second)
    found = appraisal_of(world, ward)
    assert (found.rated, found.committee, found.members) == (True, world.district, 6)
    assert found.facts["branches"]["d"] == "2"


def test_deciding_on_a_branch_does_the_step_of_its_organization_and_taking_back_undoes_it():
    world = year_end.open_small_cycle(units=1, branches=1)
    [branch] = world.branches
    decide_members(world)
    suggest(world)
    decide_on(world, branch)
    done = StepDone.objects.filter(kind=StepKind.ORGANIZATIONS)
    assert done.get().cycle_branch.branch == branch
    rows = world.cycle.organizations.filter(organization=branch)
    values = {"decided_on": TODAY, "by": world.by, "on": TODAY, "at": NOON}
    with pytest.raises(ValidationError, match="reason"):
        take_back_organizations(rows, reason=" ", **values)
    take_back_organizations(rows, reason="Nhầm", **values)
    assert not done.exists()
    assert [each.level for each in OrganizationDecision.objects.all()] == ["good", ""]


def test_what_is_below_a_decided_one_is_not_taken_back():
    world = year_end.open_small_cycle(units=1, branches=1)
    decide_members(world)
    suggest(world)
    decide_on(world, *world.branches)
    decide_on(world, *world.units)
    rows = world.cycle.organizations.filter(organization=world.branches[0])
    with pytest.raises(ValidationError, match="above"):
        take_back_organizations(
            rows, reason="Nhầm", decided_on=TODAY, by=world.by, on=TODAY, at=NOON
        )


def test_the_step_is_not_done_by_hand_while_the_organization_is_not_decided_on():
    world = year_end.open_small_cycle(units=1, branches=1)
    decide_members(world)
    suggest(world)
    [branch] = world.cycle_branches
    assert_refused(
        "step_of_the_organization",
        StepDone.objects.create,
        cycle_branch=branch,
        kind="organizations",
        done_at=NOON,
        done_by=world.by,
    )


def test_only_the_committee_above_decides():
    world = year_end.open_small_cycle(units=1, branches=1)
    decide_members(world)
    suggest(world)
    leader = make.make_user()
    make.grant(leader, "leader", world.branches[0])
    with pytest.raises(PermissionDenied):
        decide_on(world, world.branches[0], by=leader)
    make.grant(leader, "leader", world.units[0])
    assert decide_on(world, world.branches[0], by=leader) == 1


def test_a_reason_is_asked_where_the_decision_differs_from_the_suggestion():
    world = year_end.open_small_cycle(units=1, branches=1)
    decide_members(world)
    suggest(world)
    [branch] = world.branches
    suggested = appraisal_of(world, branch).suggested_level
    other = "completed" if suggested != "completed" else "good"
    with pytest.raises(ValidationError, match=str(branch)):
        decide_on(world, branch, level=other, reason="")
    assert decide_on(world, branch, level=suggested, reason="") == 1
    assert decide_on(world, branch, level=suggested, reason="") == 0


def make_excellent(world):
    """Each branch exceeds an indicator, held its meetings well, and its members are good."""
    for branch in world.branches:
        make.make_indicator(branch, world.cycle.year, target=1, actual=2)


CAPPED = {
    "min": {"excellent": 10, "good": 5, "completed": 1},
    "cap": {"percent": 20, "base": "good", "by_kind": True, "within": "committee"},
}


@pytest.fixture
def crowded():
    """Six branches of a ward that all come to excellent: the cap has a place for one."""
    world = year_end.open_small_cycle(units=1, branches=6, members=1)
    make_excellent(world)
    make.make_indicator(world.branches[0], world.cycle.year, name="2", target=1, actual=1)
    decide_members(world)
    suggest(world, scheme=make_scheme(**CAPPED))
    return world


def test_like_organizations_share_the_places_of_the_cap(crowded):
    found = {each.organization: each for each in crowded.cycle.organizations.all()}
    branches = [found[each] for each in crowded.branches]
    # The first exceeded one of two: equal points, and a smaller share of indicators exceeded.
    assert [each.level for each in branches] == ["excellent"] * 6
    assert [each.suggested_level for each in branches] == ["good"] * 6
    assert [each.tied for each in branches] == [False] + [True] * 5


def test_no_more_are_decided_excellent_than_there_are_places(crowded):
    [first, second, third] = crowded.branches[:3]
    decide_on(crowded, second, level="excellent")
    with pytest.raises(ValidationError, match="places") as refused:
        decide_on(crowded, third, level="excellent")
    assert refused.value.message_dict.keys() == {"level"}
    ward = crowded.units[0]
    values = {"by": crowded.by, "on": TODAY, "at": NOON}
    given = give_organization_places(
        crowded.cycle, ward, kind="branch", places=1, reason="Theo kết luận", **values
    )
    decide_on(crowded, third, level="excellent")
    with pytest.raises(ValidationError, match="places"):
        withdraw_organization_places(given, reason="Nhầm", **values)
    decide_on(crowded, third, level="good")
    withdraw_organization_places(given, reason="Nhầm", **values)
    decision = appraisal_of(crowded, second).decision
    assert decision.grounds == ["differs", "tie", "cap"]
    assert appraisal_of(crowded, first).decision is None


def test_the_database_holds_the_cap_whoever_writes(crowded):
    first, second = crowded.branches[:2]

    def decide_both():
        for branch in (first, second):
            appraisal = appraisal_of(crowded, branch)
            decision = OrganizationDecision.objects.create(
                appraisal=appraisal,
                revision=1,
                cause="decision",
                level="excellent",
                suggestion={},
                grounds=["differs", "tie"],
                reason="x",
                decided_on=TODAY,
                decided_by=crowded.by,
                decided_at=NOON,
            )
            OrganizationAppraisal.objects.filter(pk=appraisal.pk).update(decision=decision)

    assert_refused("organizations_within_the_cap", decide_both)


def test_a_decision_stays_as_it_was_written(crowded):
    decide_on(crowded, crowded.branches[0])
    rows = OrganizationDecision.objects.filter(appraisal__organization=crowded.branches[0])
    assert_refused("organization_decision_stays", rows.update, level="failed")
    assert_refused("organization_decision_stays", rows._raw_delete, rows.db)


def test_another_rating_set_only_before_the_first_decision(crowded):
    other = OrganizationScheme.objects.for_year(crowded.cycle.year - 10)
    suggest(crowded, scheme=other)
    decide_on(crowded, crowded.branches[0])
    with pytest.raises(ValidationError, match="stays"):
        suggest(crowded, scheme=make_scheme(key="another"))


def test_shortcomings_that_are_not_mended_need_a_reason_for_excellent():
    world = year_end.open_small_cycle(units=1, branches=6, members=1)
    make_excellent(world)
    make.make_indicator(world.branches[1], world.cycle.year, name="2", target=1, actual=1)
    decide_members(world)
    scheme = make_scheme(**CAPPED | {"conditions": {"shortcomings_mended": True}})
    suggest(world, scheme=scheme)
    appraisal = appraisal_of(world, world.branches[0])
    state_for_organization(appraisal, mended=False, by=world.by, on=TODAY, at=NOON)
    decide_on(world, world.branches[0], level="excellent")
    assert "condition" in appraisal_of(world, world.branches[0]).decision.grounds


def test_what_is_decided_becomes_the_rating_of_the_year():
    world = year_end.open_small_cycle(units=1, branches=2)
    decide_members(world)
    suggest(world)
    decide_on(world, *world.branches, level="good")
    OrganizationRating.objects.create(
        organization=world.branches[0], year=world.cycle.year, level="completed"
    )
    with pytest.raises(ValidationError, match=str(world.branches[0])):
        record_organization_ratings(world.cycle)
    OrganizationRating.objects.update(level="good")
    record_organization_ratings(world.cycle)
    assert set(OrganizationRating.objects.values_list("organization__code", "level")) == {
        (branch.code, "good") for branch in world.branches
    }


def test_score_is_the_sum_of_the_points_of_used_criteria(crowded):
    for each in crowded.cycle.organizations.filter(rated=True):
        points = [fact["points"] for fact in each.facts.values() if fact["points"] is not None]
        assert each.score == sum(map(Decimal, points))


def test_the_own_percent_of_a_committee_counts_for_its_organizations_too(crowded):
    ward = crowded.units[0]
    values = {"year": crowded.cycle.year, "reason": "Tiêu biểu", "by": crowded.by, "on": TODAY}
    set_unit_cap(ward, percent=60, **values)
    decide_on(crowded, *crowded.branches[1:3], level="excellent")
    with pytest.raises(ValidationError, match="places") as refused:
        set_unit_cap(ward, percent=20, **values)
    assert refused.value.message_dict.keys() == {"percent"}


def test_a_locked_cycle_keeps_its_organizations_and_lets_them_be_rated_again():
    world = year_end.open_small_cycle(units=1, branches=1)
    decide_members(world)
    suggest(world)
    decide_on(world, *world.branches)
    [branch] = world.cycle_branches
    finish_step(branch, StepKind.NOTICE, note="x", by=world.by, on=TODAY, at=NOON)
    lock = {"by": world.by, "on": TODAY, "at": NOON}
    with pytest.raises(ValidationError, match="1 organization"):
        lock_cycle(world.cycle, **lock)
    decide_on(world, *world.units, level="good")
    lock_cycle(world.cycle, **lock)
    assert set(OrganizationRating.objects.values_list("level", flat=True)) == {"good"}
    rows = world.cycle.organizations.filter(organization=world.units[0])
    assert_refused("cycle_not_locked", rows.update, score=1)
    ratings = OrganizationRating.objects
    assert_refused("organization_rating_as_decided", ratings.update, level="failed")
    decide_on(world, *world.units, level="completed", reason="Phát hiện sai sót")
    assert OrganizationRating.objects.get(organization=world.units[0]).level == "completed"
    assert [each.cause for each in rows.get().decisions.all()] == ["decision", "re_rating"]
