"""A workbook that would change what a locked cycle keeps is told at its rows what to do."""

import pytest
from django.utils import translation

from evaluations.choices import StepKind
from evaluations.models import OrganizationRating, UnitCap
from evaluations.services.cycle_steps import finish_step
from evaluations.services.locking import lock_cycle
from tests.evaluations.organization_worlds import decide_members, decide_on, suggest
from tests.year_end import NOON, TODAY, open_small_cycle

from .sheets import only, refusal_of, take_tables

pytestmark = pytest.mark.django_db

CAPS = "org_code,year,percent\n"
RATINGS = "org_code,year,level\n"


@pytest.fixture
def locked():
    world = open_small_cycle(units=1, branches=1)
    UnitCap.objects.create(unit=world.units[0], year=2025, percent=25)
    decide_members(world)
    suggest(world)
    decide_on(world, *world.branches)
    decide_on(world, *world.units)
    when = {"by": world.by, "on": TODAY, "at": NOON}
    finish_step(world.cycle_branches[0], StepKind.NOTICE, note="x", **when)
    lock_cycle(world.cycle, **when)
    return world


def test_percents_and_ratings_of_a_locked_cycle(tmp_path, locked):
    tables = only(
        unit_caps=CAPS + "D-1,2025,30\nD-1,2024,30",
        org_ratings=RATINGS + "D-1,2025,failed\nD-1-1,2025,good\nD-1-1,2024,failed",
    )
    with translation.override("en"):
        ratings, caps = refusal_of(tmp_path, tables)
    assert ratings.startswith("org_ratings:2:level: D-1 was decided on")
    assert "write its level, “Good”" in ratings
    assert caps.startswith("unit_caps:2:percent: ")
    assert "take this row out" in caps


def test_what_says_the_same_and_other_years_are_taken(tmp_path, locked):
    take_tables(
        tmp_path,
        only(
            unit_caps=CAPS + "D-1,2025,25\nD-1,2024,30",
            org_ratings=RATINGS + "D-1,2025,good\nD-1-1,2024,failed",
        ),
    )
    assert UnitCap.objects.count() == 2
    assert OrganizationRating.objects.count() == 3
