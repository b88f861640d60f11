"""The SQL of the roll-up against the pure rules, on random worlds."""

import calendar
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Organization
from evaluations.models import Scheme
from evaluations.rolling_up.computation import _point_values
from evaluations.rules import CRITERIA, SOURCES, read_scheme
from evaluations.services.roll_ups import roll_up_inline
from tests import worlds
from tests.worlds import YEAR

NOON = datetime(YEAR + 1, 1, 5, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def differences(expected, organization, scheme, *, as_of):
    """What a roll-up of a saved world finds other than the pure rules."""
    roll_up = roll_up_inline(
        Organization.objects.get(code=organization), year=YEAR, as_of=as_of, scheme=scheme, at=NOON
    )
    ratings = {
        rating.member.code: rating
        for rating in roll_up.ratings.select_related("member", "branch", "unit")
    }
    population = roll_up.ratings.of_organization(roll_up.organization)
    found = []
    if ratings.keys() != expected.ratings.keys():
        found.append(("members", ratings.keys() ^ expected.ratings.keys()))
    if {rating.member.code for rating in population} != expected.population:
        found.append(("population", expected.population))
    if {warning["member"] for warning in roll_up.warnings} != expected.lost:
        found.append(("warnings", roll_up.warnings, expected.lost))
    for code in ratings.keys() & expected.ratings.keys():
        for name, value in expected.ratings[code].items():
            stored = getattr(ratings[code], name)
            stored = stored.code if name in ("branch", "unit") else stored
            if stored != value:
                found.append((code, name, stored, value))
    return found


def decimals(least, most, places):
    scale = 10**places
    return st.integers(int(least * scale), int(most * scale)).map(lambda n: Decimal(n) / scale)


def shares(most=1):
    return st.one_of(decimals(0, most, 1), decimals(0, most, 4)).map(str)


@st.composite
def definitions(draw):
    """Rating sets of every shape: groups, unused criteria, odd points and credits."""
    number = draw(st.integers(1, 3))
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=number - 1, max_size=number - 1)))
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    order = draw(st.permutations(CRITERIA))
    groups = [{"key": f"g{i}", "points": size, "criteria": []} for i, size in enumerate(sizes)]
    for position, key in enumerate(order):
        # The first of each group has points, the others may be unused.
        first = position < number
        group = groups[position if first else draw(st.integers(0, number - 1))]
        points = draw(st.sampled_from([5, 10, 15, 33, "12.5", "33.3333"] + [0] * (not first)))
        group["criteria"].append({"key": key, "source": SOURCES[key], "points": points})
    excellent, good, completed = draw(
        st.sampled_from([(90, 70, 50), (80, 60, 30), ("99.5", "66.6667", 1), (0, 0, 0)])
    )
    return {
        "key": "invented",
        "version": 1,
        "groups": groups,
        "meeting_kinds": draw(
            st.sampled_from([["regular"], ["regular", "thematic"], ["extraordinary"], []])
        ),
        "excused_credit": draw(shares()),
        "task_credit": {
            "exceeded": draw(shares(2)),
            "met": draw(shares()),
            "late": draw(shares()),
            "unmet": draw(shares()),
        },
        "review_credit": {
            level: draw(shares()) for level in ("excellent", "good", "completed", "failed")
        },
        "min": {"excellent": excellent, "good": good, "completed": completed},
        "unmet_fail_share": draw(shares()),
        "late_share": draw(shares()),
        "exceeded_share": draw(shares()),
        "cap": {
            "percent": draw(st.sampled_from(["0", "20", "25", "33.3333", "100"])),
            "base": draw(st.sampled_from(["good", "good_or_better"])),
            "by_class": draw(st.booleans()),
        },
    }


def make_scheme(definition):
    return Scheme.objects.create(
        key="invented", version=1, name="x", first_year=YEAR, definition=definition
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 2**32),
    people=st.integers(1, 60),
    month=st.integers(1, 12),
    organization=st.sampled_from(["P", "P", "D0", "D1", "G0", "G1", "S0", "B0", "BG", "BA"]),
    scheme=st.one_of(st.none(), definitions()),
)
def test_sql_and_pure_rules_agree(settings, seed, people, month, organization, scheme):
    settings.ROLL_UP_SHARD_MEMBERS = 9
    as_of = date(YEAR, month, calendar.monthrange(YEAR, month)[1])
    world = worlds.make_world(seed, people=people, as_of=as_of)
    with transaction.atomic():
        worlds.save(world)
        used = make_scheme(scheme) if scheme else Scheme.objects.for_year(YEAR)
        expected = worlds.expect(world, organization, read_scheme(used.definition), as_of=as_of)
        assert differences(expected, organization, used, as_of=as_of) == []
        transaction.set_rollback(True)


def scheme_of(groups):
    """A definition whose groups are [(points, {criterion: points})]."""
    return {
        "key": "invented",
        "version": 1,
        "groups": [
            {
                "key": f"g{number}",
                "points": points,
                "criteria": [{"key": key, "points": own} for key, own in criteria.items()],
            }
            for number, (points, criteria) in enumerate(groups)
        ],
        "meeting_kinds": ["regular"],
        "excused_credit": "0.3333",
        "task_credit": {"exceeded": "1.2345", "met": "1", "late": "0.6667", "unmet": "0.0001"},
        "review_credit": {"excellent": "1", "good": "0.9999", "completed": "0.5", "failed": "0.1"},
        "min": {"excellent": 60, "good": 40, "completed": 20},
        "unmet_fail_share": "0.3333",
        "late_share": "0.3333",
        "exceeded_share": "0.1111",
        "cap": {"percent": "33.3333", "base": "good", "by_class": False},
    }


ROUND = scheme_of(
    [(30, {"conduct": 20, "attendance": 10}), (70, {"tasks": 40, "duty": 15, "review": 15})]
)
LONG = scheme_of(
    [
        ("31.2347", {"conduct": "33.3333", "attendance": "17.7777"}),
        ("68.7653", {"tasks": "12.3457", "duty": "9.8765", "review": "1.2347"}),
    ]
)


@pytest.mark.parametrize(("definition", "type_"), [(ROUND, "bigint"), (LONG, "numeric")])
def test_points_are_exact_in_either_type(definition, type_):
    scheme = make_scheme(definition)
    read = read_scheme(definition)
    assert str(_point_values(read)["whole"]) == type_
    as_of = date(YEAR, 12, 31)
    world = worlds.make_world(7, people=120, as_of=as_of)
    worlds.save(world)
    expected = worlds.expect(world, "P", read, as_of=as_of)
    assert differences(expected, "P", scheme, as_of=as_of) == []


def test_heavy_tasks_are_exact():
    """Some weigh so much together that bigint would not hold their points."""
    scheme, read = make_scheme(ROUND), read_scheme(ROUND)
    as_of = date(YEAR, 12, 31)
    world = worlds.make_world(8, people=60, as_of=as_of)
    heaviest = Decimal("99999999.9999")
    for number, person in enumerate(world.people):
        results = ["exceeded", "met", "late", "unmet"] * (number % 6)
        person.tasks = [(YEAR, "confirmed", result, heaviest, as_of) for result in results]
    most = _point_values(read)["most_weight"] / 10_000
    assert {heaviest * len(person.tasks) > most for person in world.people} == {True, False}
    worlds.save(world)
    expected = worlds.expect(world, "P", read, as_of=as_of)
    assert differences(expected, "P", scheme, as_of=as_of) == []


def test_a_credit_that_makes_shares_too_long_takes_the_longer_type():
    assert str(_point_values(read_scheme(ROUND | {"excused_credit": "2.8"}))["whole"]) == "bigint"
    assert str(_point_values(read_scheme(ROUND | {"excused_credit": "10"}))["whole"]) == "numeric"
