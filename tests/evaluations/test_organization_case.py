"""A ward with two branches, computed by hand (docs/organization-rating-rules.md, 4 to 6)."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from evaluations.explaining.organizations import explain_organization
from tests import builders as make
from tests import year_end
from tests.evaluations.organization_worlds import appraisal_of, decide_members, decide_on, suggest

pytestmark = pytest.mark.django_db
YEAR = year_end.YEAR


def hold_meetings(branch, months, *, quality=None, **fields):
    for month in months:
        make.make_meeting(branch, date(YEAR, month, 3), quality=quality, **fields)


@pytest.fixture
def ward():
    """Branch 1 met every month and was good at it, branch 2 in nine months. A member of branch 2
    was reprimanded; two of its members have no task. Branch 1 reached 3 of its 4 indicators."""
    world = year_end.open_small_cycle(units=1, branches=2, members=4, suggested=False)
    first, second = world.branches
    hold_meetings(first, range(1, 13), quality=Decimal("92.5"))
    hold_meetings(first, [4, 4], quality=80, kind="thematic")
    hold_meetings(second, [1, 2, 3, 5, 6, 7, 8, 9, 11], quality=70)
    hold_meetings(second, [4, 10], quality=100, kind="extraordinary")
    for name, actual in (("a", 12), ("b", 10), ("c", 11), ("d", 9)):
        make.make_indicator(first, YEAR, name=name, target=10, actual=actual)
    make.make_indicator(first, YEAR, name="without a target", actual=1)
    make.make_indicator(
        first, YEAR, name="not yet over", target=1, period_end=date(YEAR + 1, 3, 31)
    )
    members = world.cycle.appraisals.filter(cycle_branch__branch=second).order_by("member__code")
    third, fourth = [each.member for each in members[2:]]
    for member in (third, fourth):
        member.tasks.update(state="cancelled", outcome="")
    make.make_status(fourth, since=date(YEAR, 2, 1))
    make.make_discipline(third, date(YEAR, 6, 1))
    year_end.suggest(world.cycle, by=world.by)
    decide_members(world)
    suggest(world)
    return world


def points(appraisal):
    return {
        key: None if fact["points"] is None else Decimal(fact["points"])
        for key, fact in appraisal.facts.items()
    }


def facts(appraisal):
    return {key: (Decimal(f["n"]), Decimal(f["d"])) for key, f in appraisal.facts.items()}


def levels_of(world, branch):
    rows = world.cycle.appraisals.filter(cycle_branch__branch=branch).order_by("member__code")
    return [each.level for each in rows.select_related("decision")]


def test_the_first_branch(ward):
    """Indicators: two exceeded, one met, one not met; the other two are not counted."""
    branch = appraisal_of(ward, ward.branches[0])
    assert levels_of(ward, ward.branches[0]) == ["good", "good", "completed", "good"]
    assert facts(branch) == {
        "discipline": (4, 4),
        "meetings": (12, 12),
        "quality": (1270, 1400),  # 12 × 92.5 + 2 × 80
        "indicators": (3, 4),
        "coverage": (4, 4),
        "members": (Decimal("3.3"), 4),  # 3 × 0.9 + 0.6
    }
    assert points(branch) == {
        "discipline": Decimal(10),
        "meetings": Decimal(10),
        "quality": Decimal("9.07"),  # 10 × 1270 ÷ 1400 = 9.0714…
        # Nothing is below a branch: 30, 10 and 20 of 60 points share the 70 of the group.
        "indicators": Decimal("26.25"),  # 30 × 70 × 3 ÷ (60 × 4)
        "coverage": Decimal("11.67"),  # 10 × 70 ÷ 60
        "members": Decimal("19.25"),  # 20 × 70 × 3.3 ÷ (60 × 4)
    }
    assert branch.score == Decimal("86.24")
    # 86.24 is enough for good, but one of four indicators was not met: 1 is no more than 0.3 × 4,
    # and the documents leave the case open.
    assert (branch.exceeded, branch.unmet) == (2, 1)
    assert (branch.suggested_level, branch.needs_decision) == ("completed", True)


def test_the_second_branch(ward):
    """Of four members one is exempt; one was disciplined, is failed, and has no task."""
    branch = appraisal_of(ward, ward.branches[1])
    assert levels_of(ward, ward.branches[1]) == ["good", "good", "failed", ""]
    assert facts(branch) == {
        "discipline": (3, 4),
        "meetings": (9, 12),
        "quality": (630, 900),
        "coverage": (2, 3),
        "members": (Decimal("1.8"), 3),
    }
    assert points(branch) == {
        "discipline": Decimal("7.50"),
        "meetings": Decimal("7.50"),
        "quality": Decimal("7.00"),
        # Without indicators 10 and 20 of 30 points share the 70.
        "coverage": Decimal("15.56"),  # 10 × 70 × 2 ÷ (30 × 3) = 15.555…
        "members": Decimal("28.00"),  # 20 × 70 × 1.8 ÷ (30 × 3)
    }
    assert branch.score == Decimal("65.56")
    assert (branch.suggested_level, branch.needs_decision) == ("completed", False)


def test_the_ward_above_them(ward):
    """Of both branches together; and what was decided on them."""
    decide_on(ward, ward.branches[0], level="good")
    decide_on(ward, ward.branches[1], level="completed")
    unit = appraisal_of(ward, ward.units[0])
    assert facts(unit) == {
        "discipline": (7, 8),
        "meetings": (21, 24),
        "quality": (1900, 2300),
        "coverage": (6, 7),
        "members": (Decimal("5.1"), 7),
        "branches": (Decimal("1.5"), 2),
    }
    assert points(unit) == {
        "discipline": Decimal("8.75"),
        "meetings": Decimal("8.75"),
        "quality": Decimal("8.26"),  # 10 × 1900 ÷ 2300 = 8.2608…
        # 10, 20 and 10 of 40 points share the 70.
        "coverage": Decimal("15.00"),  # 10 × 70 × 6 ÷ (40 × 7)
        "members": Decimal("25.50"),  # 20 × 70 × 5.1 ÷ (40 × 7)
        "branches": Decimal("13.13"),  # 10 × 70 × 1.5 ÷ (40 × 2) = 13.125, half up
    }
    assert unit.score == Decimal("79.39")
    assert (unit.suggested_level, unit.members) == ("good", 8)


def test_a_discipline_in_the_leading_collective_fails_the_branch(ward):
    [secretary, *_others] = ward.cycle.appraisals.filter(
        cycle_branch__branch=ward.branches[0]
    ).order_by("member__code")
    make.make_position(secretary.member, ward.branches[0], rank="branch_secretary")
    make.make_discipline(secretary.member, date(YEAR, 9, 9))
    suggest(ward)
    branch = appraisal_of(ward, ward.branches[0])
    assert (branch.leaders_disciplined, branch.leaders_failing) == (1, 1)
    assert (branch.suggested_level, branch.needs_decision) == ("failed", True)


def test_a_discipline_of_the_branch_itself_fails_it_and_keeps_the_ward_from_excellent(ward):
    make.make_organization_discipline(ward.branches[1], date(YEAR, 6, 1), "warning", by=ward.by)
    make.make_organization_discipline(ward.branches[1], date(YEAR - 1, 6, 1), "warning", by=ward.by)
    suggest(ward)
    branch = appraisal_of(ward, ward.branches[1])
    assert (branch.disciplines, branch.disciplines_failing, branch.below_disciplined) == (1, 1, 0)
    assert (branch.suggested_level, branch.needs_decision) == ("failed", True)
    with pytest.raises(ValidationError, match=str(branch.organization)) as refused:
        decide_on(ward, ward.branches[1], level="failed", reason="")
    assert set(refused.value.message_dict) == {"reason"}
    decide_on(ward, ward.branches[0], level="good")
    decide_on(ward, ward.branches[1], level="failed")
    assert "discipline" in appraisal_of(ward, ward.branches[1]).decision.grounds
    unit = appraisal_of(ward, ward.units[0])
    assert (unit.disciplines, unit.below_disciplined) == (0, 1)
    with translation.override("en"):
        steps = explain_organization(unit, unit.cycle.organization_round.scheme).rungs
    [excellent] = [step for step in steps if step.level == "excellent"]
    assert [met for sentence, met in excellent.conditions if "below" in sentence] == [False]
