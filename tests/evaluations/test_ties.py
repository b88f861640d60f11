"""Ties at the cap by the database, beside the pure rule, on random records."""

import random
from copy import deepcopy
from decimal import Decimal

import pytest

from branches.choices import PersonClass
from evaluations.deciding.ties import read_ties, tied_appraisals
from evaluations.explaining.cap import candidate_of
from evaluations.models import Cycle, Rating, Scheme, UnitCap
from evaluations.rules import apply_cap, read_scheme
from tests.year_end import YEAR, open_small_cycle

pytestmark = pytest.mark.django_db
ROUNDS = 40
CHANGED = (
    "person_class", "level", "score", "tasks_total", "tasks_exceeded", "present", "excused",
    "unexcused", "capped", "needs_decision",
)  # fmt: skip


@pytest.fixture
def cycle():
    made = open_small_cycle(units=2, branches=1, members=10).cycle
    return Cycle.objects.select_related("scheme").get(pk=made.pk)


def shuffle(appraisals, chance):
    """Few different records, so that many are equal, and shares that differ in little."""
    for row in appraisals:
        row.person_class = row.rating.person_class = chance.choice(PersonClass.values[:2])
        total = chance.choice([0, 3, 6, 9973])
        attended = chance.choice([(0, 0, 0), (1, 1, 1), (2, 2, 2), (9971, 1, 1), (9972, 0, 1)])
        for name, value in {
            "level": chance.choice(["excellent", "excellent", "excellent", "good", "completed"]),
            "score": chance.choice([Decimal("90.00"), Decimal("90.01")]),
            "tasks_total": total,
            "tasks_exceeded": chance.choice([total, total // 3, max(total - 1, 0)]),
            "capped": chance.random() < 0.9,
            "needs_decision": chance.random() < 0.9,
            **dict(zip(("present", "excused", "unexcused"), attended, strict=True)),
        }.items():
            setattr(row.rating, name, value)
    Rating.objects.bulk_update([row.rating for row in appraisals], CHANGED)
    type(appraisals[0]).objects.bulk_update(appraisals, ["person_class"])


def with_cap(cycle, chance):
    """Another cap in the rating set, and units with a percent of their own."""
    definition = deepcopy(Scheme.objects.for_year(YEAR).definition)
    definition["cap"] = {
        "percent": chance.choice([0, 10, 20, "33.3333", 50]),
        "base": chance.choice(["good_or_better", "good"]),
        "by_class": chance.random() < 0.5,
    }
    cycle.scheme = Scheme(definition=definition)
    UnitCap.objects.all().delete()
    for unit in set(cycle.branches.values_list("unit", flat=True)):
        if chance.random() < 0.5:
            UnitCap.objects.create(
                unit_id=unit, year=YEAR, percent=chance.choice([0, Decimal("12.5"), 40])
            )


def expected(cycle, appraisals):
    """{appraisal's pk: its cap unit} of those tied, by `rules.apply_cap`."""
    scheme = read_scheme(cycle.scheme.definition)
    own = dict(UnitCap.objects.values_list("unit", "percent"))
    groups = {}
    for row in appraisals:
        if row.rated and row.rating.level in ("excellent", "good"):
            key = row.cycle_branch.unit_id, row.person_class if scheme.cap_by_class else ""
            groups.setdefault(key, {})[row.rating_id] = row
    found = {}
    for key, rows in groups.items():
        candidates = [candidate_of(row.rating, scheme) for row in rows.values()]
        percent = own.get(key[0], scheme.cap_percent)
        cap = apply_cap(candidates, percent=percent, base=scheme.cap_base)
        found |= {
            rows[pk].pk: key
            for pk in cap.tied
            if rows[pk].rating.capped and rows[pk].rating.needs_decision
        }
    return found


def test_the_database_finds_the_ties_of_the_rule(cycle):
    appraisals = list(cycle.appraisals.select_related("rating", "cycle_branch"))
    units = sorted({row.cycle_branch.unit_id for row in appraisals})
    tied = 0
    for seed in range(ROUNDS):
        chance = random.Random(seed)
        shuffle(appraisals, chance)
        with_cap(cycle, chance)
        wanted = expected(cycle, appraisals)
        assert tied_appraisals(cycle) == wanted, seed
        of_one = {pk: key for pk, key in wanted.items() if key[0] == units[0]}
        assert tied_appraisals(cycle, units=units[:1]) == of_one, seed
        tied += len(wanted)
    assert tied > ROUNDS


def test_ties_are_told_by_unit_and_name(cycle, django_assert_num_queries):
    appraisals = list(cycle.appraisals.select_related("rating", "cycle_branch"))
    for row in appraisals:
        row.rating.level, row.rating.score = "excellent", 90
        row.rating.tasks_exceeded = row.rating.tasks_total
        row.rating.capped = row.rating.needs_decision = True
    Rating.objects.bulk_update([row.rating for row in appraisals], CHANGED)
    with django_assert_num_queries(5):
        ties = read_ties(cycle)
    assert len(ties) == len({tie.cap.key for tie in ties}) == 2
    assert [len(tie.appraisals) for tie in ties] == [10, 10]
    Rating.objects.update(capped=False)
    with django_assert_num_queries(1):
        assert read_ties(cycle) == []
