"""What an explanation adds up to is what the roll-up stored, and changes when the records do."""

import json
from calendar import monthrange
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Organization
from evaluations.explaining import explain_rating, explain_ratings
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests import worlds
from workbook.services import import_workbook

from .test_sql_twin import definitions, make_scheme

CASES = Path(__file__).parents[1] / "cases"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def ratings_of(roll_up):
    return list(roll_up.ratings.select_related("roll_up__scheme", "member", "branch", "unit"))


def assert_adds_up(explanation):
    rating = explanation.rating
    assert explanation.changed == (), rating
    assert bool(explanation.undecided) == rating.needs_decision
    statuses = [line.status for line in explanation.meetings]
    assert len(statuses) == rating.held
    for status in ("present", "excused", "unexcused"):
        assert statuses.count(status) == getattr(rating, status)
    assert len(explanation.missed) == rating.missed_months
    assert sum(duty.due for duty in explanation.duties) == rating.duty_required
    assert sum(duty.made for duty in explanation.duties) == rating.duty_credited
    assert all(
        len(each.visits) == each.visited for duty in explanation.duties for each in duty.periods
    )
    results = [line.result for line in explanation.tasks]
    assert results.count("pending") == rating.tasks_pending
    assert len([each for each in results if each not in ("", "pending")]) == rating.tasks_total
    assert len(explanation.disciplines) == rating.disciplines
    if not rating.rated:
        assert (explanation.levels, explanation.cap) == ((), None)
        return
    points = [line.points for group in explanation.groups for line in group.criteria]
    assert sum(each for each in points if each is not None) == rating.score
    assert [line.level for line in explanation.levels if line.chosen] == [rating.level]
    assert explanation.cap.capped == rating.capped
    assert (explanation.cap.place is not None) == (rating.level == "excellent")


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_every_rating_of_a_case(case):
    about = json.loads((CASES / case / "case.json").read_text())
    import_workbook(CASES / case, effective=date(2026, 1, 1))
    roll_up = roll_up_inline(
        Organization.objects.get(code=about["org"]),
        year=about["year"],
        as_of=date.fromisoformat(about["as_of"]) if about["as_of"] else None,
        at=NOON,
    )
    for explanation in explain_ratings(ratings_of(roll_up)):
        assert_adds_up(explanation)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(
    seed=st.integers(0, 2**32),
    people=st.integers(1, 60),
    month=st.integers(1, 12),
    scheme=st.one_of(st.none(), definitions()),
)
def test_every_rating_of_a_random_world(seed, people, month, scheme):
    as_of = date(worlds.YEAR, month, monthrange(worlds.YEAR, month)[1])
    with transaction.atomic():
        worlds.save(worlds.make_world(seed, people=people, as_of=as_of))
        roll_up = roll_up_inline(
            Organization.objects.get(code="P"),
            year=worlds.YEAR,
            as_of=as_of,
            scheme=make_scheme(scheme) if scheme else None,
            at=NOON,
        )
        for explanation in explain_ratings(ratings_of(roll_up)):
            assert_adds_up(explanation)
        transaction.set_rollback(True)


@pytest.fixture
def ward():
    ward, (branch, other) = make.make_ward(branches=2)
    member = make.make_member(branch)
    for month in (1, 2, 3):
        make.attend(make.make_meeting(branch, date(2025, month, 3)), member)
    assignment = make.make_assignment(member, other)
    visited = make.make_meeting(other, date(2025, 5, 4))
    make.attend(visited, member, capacity="assigned")
    make.make_task(member, other, 2025, outcome="exceeded", assignment=assignment)
    make.make_review(assignment, 2025)
    make.make_deduction(member, date(2025, 6, 1), 3)
    return ward


def rate(ward):
    roll_up = roll_up_inline(ward, year=2025, at=NOON)
    (rating,) = ratings_of(roll_up)
    return rating


def test_says_the_formula_of_each_criterion(ward):
    explanation = explain_rating(rate(ward))
    (common, results) = explanation.groups
    conduct, attendance = common.criteria
    assert (conduct.n, conduct.d, conduct.points) == (17, 20, Decimal("17.00"))
    assert (attendance.n, attendance.d, attendance.points) == (3, 3, Decimal("10.00"))
    assert [line.key for line in results.criteria] == ["tasks", "duty", "review"]
    assert [line.points for line in results.criteria] == [40, 15, Decimal("12.00")]
    (duty,) = explanation.duties
    (may,) = [each for each in duty.periods if each.visits]
    assert (may.first, may.length, may.days, may.held, may.due, may.made) == (
        date(2025, 5, 1), 31, 31, 1, 1, 1,
    )  # fmt: skip
    assert [line.credited for line in explanation.tasks] == [1]
    assert [key for key, _label in explanation.undecided] == ["cap_too_small"]


def test_shows_what_the_records_say_otherwise_today(ward):
    rating = rate(ward)
    make.make_deduction(rating.member, date(2025, 7, 1), 2)
    explanation = explain_rating(rating)
    assert explanation.changed == ("score", "points_conduct")
    assert explanation.rating.points_conduct == Decimal("17.00")


def test_costs_the_same_for_one_and_for_many(ward):
    rating = rate(ward)
    with CaptureQueriesContext(connection) as for_one:
        explain_rating(rating)
    branch = rating.branch
    for _number in range(5):
        make.attend(make.make_meeting(branch, date(2025, 4, 3)), make.make_member(branch))
    roll_up = roll_up_inline(ward, year=2025, at=NOON)
    with CaptureQueriesContext(connection) as for_many:
        explain_ratings(ratings_of(roll_up))
    # One query of `for_many` reads the ratings themselves.
    assert len(for_many) - 1 == len(for_one) <= 16
    assert Rating.objects.filter(roll_up=roll_up).count() == 6
