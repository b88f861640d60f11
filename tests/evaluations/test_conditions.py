"""Conditions on a level, never points (docs/organization-rating-rules.md, 9)."""

import pytest

from evaluations.deciding.conditions import broken_conditions, conditions_of, unmet
from evaluations.models import OrganizationRating, Scheme
from evaluations.rules import allows, best_beside, best_when_mended
from evaluations.services.shortcomings import state_of_members
from tests import builders as make
from tests import year_end
from tests.evaluations.organization_worlds import decide_members, decide_on, suggest
from tests.year_end import NOON, YEAR

LEVELS = ("excellent", "good", "completed", "failed")


@pytest.mark.parametrize(
    ("level", "steps", "best"),
    [
        ("good", 0, "good"),
        ("good", 1, "excellent"),
        ("excellent", 1, "excellent"),
        ("failed", 1, "completed"),
        ("failed", 0, "failed"),
    ],
)
def test_the_best_level_beside_that_of_an_organization(level, steps, best):
    assert best_beside(level, steps=steps) == best


def test_a_level_is_allowed_up_to_the_best():
    assert [allows("good", level) for level in LEVELS] == [False, True, True, True]
    assert [best_when_mended(mended) for mended in (None, True, False)] == ["", "excellent", "good"]


def make_world(**conditions):
    """The secretary of branch 1 directs branch 2; the cycle's set has these conditions."""
    world = year_end.open_small_cycle(units=1, branches=2, members=2, suggested=False)
    first, second = world.branches
    scheme = world.cycle.scheme
    definition = scheme.definition | {"conditions": conditions}
    world.cycle.scheme = Scheme.objects.create(
        key="invented", version=1, name="x", first_year=YEAR, definition=definition
    )
    world.cycle.save()
    world.secretary = world.appraisals[0].member
    make.make_position(world.secretary, first, rank="branch_secretary")
    make.make_position(world.appraisals[1].member, first, rank="branch_deputy")
    make.make_assignment(world.secretary, second)
    make.make_assignment(world.secretary, first, role="attend")
    return world


def limits_of(world):
    found = conditions_of(world.appraisals, cycle=world.cycle)
    return {
        appraisal.member.code: [
            (limit.kind.value, limit.organization and limit.organization.code, limit.best)
            for limit in found[appraisal.pk]
        ]
        for appraisal in world.appraisals
        if appraisal.pk in found
    }


@pytest.mark.django_db
def test_a_set_without_conditions_has_no_limits(django_assert_num_queries):
    world = make_world()
    with django_assert_num_queries(0):
        assert conditions_of([], cycle=world.cycle) == {}
    assert limits_of(world) == {}
    assert broken_conditions(world.cycle) == []


@pytest.mark.django_db
def test_a_head_and_a_cadre_are_held_to_the_levels_of_organizations():
    world = make_world(head_not_above_unit=True, cadre_not_above_branch=1)
    first, second = world.branches
    assert limits_of(world) == {"D-1-1-M1": [("head", "D-1-1", ""), ("cadre", "D-1-2", "")]}
    for branch, level in ((first, "good"), (second, "completed")):
        OrganizationRating.objects.create(organization=branch, year=YEAR, level=level)
    assert limits_of(world) == {"D-1-1-M1": [("head", "D-1-1", "good"), ("cadre", "D-1-2", "good")]}
    limits = conditions_of(world.appraisals, cycle=world.cycle)[world.appraisals[0].pk]
    assert [limit.met("excellent") for limit in limits] == [False, False]
    assert unmet(limits, "good") == []
    assert unmet(limits, "") == []


@pytest.mark.django_db
def test_shortcomings_are_as_the_branch_states_them():
    world = make_world(shortcomings_mended=True)
    first, second, third, fourth = world.appraisals
    values = {"by": world.by, "at": NOON}
    state_of_members({first: True, second: False, third: False}, **values)
    state_of_members({third: None}, **values)
    limits = conditions_of([first, second, third], cycle=world.cycle)
    assert [limits[each.pk][0].best for each in (first, second, third)] == ["excellent", "good", ""]
    assert fourth.pk not in limits


@pytest.mark.django_db
def test_who_stands_above_an_organization_that_was_decided_later_is_listed():
    world = make_world(head_not_above_unit=True)
    year_end.suggest(world.cycle, by=world.by)
    decide_members(world)
    suggest(world)
    assert broken_conditions(world.cycle) == []
    decide_on(world, world.branches[0], level="completed")
    [(appraisal, [limit])] = broken_conditions(world.cycle)
    assert appraisal.member == world.secretary
    assert (limit.organization, limit.level, limit.best) == (
        world.branches[0],
        "completed",
        "completed",
    )
