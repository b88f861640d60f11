"""Random worlds, rating sets and decisions: no state that lasts breaks the cap, the database and
the pure rule agree on which would, and after the lock a roll-up changes nothing."""

import random
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assignments.choices import Level
from branches.models import Organization
from evaluations.choices import Ground, StepKind
from evaluations.deciding.choices import read_choices
from evaluations.locked.digest import digest_of
from evaluations.models import CapOverride, Scheme, StepDone, UnitCap, Vote, VoteCount
from evaluations.rules import places, read_scheme
from evaluations.services.caps import give_places, set_unit_cap, withdraw_places
from evaluations.services.cycles import open_cycle
from evaluations.services.decisions import SUGGESTED, VOTED, decide, take_back, write
from evaluations.services.locking import lock_cycle
from evaluations.services.roll_ups import roll_up_inline
from tests import worlds
from tests.evaluations.test_sql_twin import definitions, make_scheme
from tests.refusal import set_constraints
from tests.worlds import YEAR
from tests.year_end import make_everybody, suggest

NOON = datetime(YEAR + 1, 1, 5, 5, tzinfo=UTC)
TODAY = date(YEAR + 1, 1, 5)
WHEN = {"on": TODAY, "at": NOON}
DECIDED = {"reason": "x", "decided_on": TODAY} | WHEN
pytestmark = pytest.mark.django_db


class Year:
    """A random cycle after its votes, and what the pure rule says of it."""

    def __init__(self, seed, people, scheme):
        self.random = random.Random(seed)
        worlds.save(worlds.make_world(seed, people=people, as_of=date(YEAR, 12, 31)))
        self.top = Organization.objects.get(code="P")
        self.by = make_everybody(self.top)
        self.scheme = read_scheme(scheme.definition)
        self.cycle = open_cycle(
            self.top, year=YEAR, scheme=scheme, second_ballot=False, by=self.by, **WHEN
        )
        suggest(self.cycle, by=self.by, at=NOON)
        self.vote()

    def vote(self):
        """Every branch votes, with a level of each member that ten papers agree on."""
        rows = list(self.cycle.branches.all())
        self.finish(rows, before=StepKind.VOTE)
        votes = Vote.objects.bulk_create(
            Vote(
                cycle_branch=row, held_on=TODAY, recorded_by=self.by, recorded_at=NOON,
                **dict.fromkeys(("convened", "present", "issued", "returned"), 10),
            )
            for row in rows if row.appraisals.to_be_rated().exists()
        )  # fmt: skip
        VoteCount.objects.bulk_create(
            VoteCount(vote=vote, appraisal=each, **{self.random.choice(Level.values): 10})
            for vote in votes
            for each in vote.cycle_branch.appraisals.to_be_rated()
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT settle_votes(%s::bigint[])", [[row.pk for row in rows]])
        self.finish(rows, before=StepKind.DECISION)

    def finish(self, rows, *, before):
        order = list(StepKind)
        kinds = order[: order.index(before)] if before else order
        done = set(StepDone.objects.values_list("cycle_branch", "kind"))
        StepDone.objects.bulk_create(
            StepDone(cycle_branch=row, kind=kind, done_at=NOON, done_by=self.by)
            for row in rows
            for kind in kinds
            if (kind != StepKind.SECTION or row.section_id) and (row.pk, kind) not in done
        )

    def stands(self):
        """{pk: (unit, class, suggested level, decided level)} of everybody."""
        rows = self.cycle.appraisals.values_list(
            "pk", "cycle_branch__unit", "person_class", "suggested_level", "decision__level"
        )
        return {pk: (*rest, level or "") for pk, *rest, level in rows}

    def breaks_cap(self, changed=None, *, percents=None, given=None):
        """Whether more would be decided excellent somewhere than there are places, by the pure
        rule, with the decided levels, percents or places that are to change."""
        own = dict(UnitCap.objects.filter(year=YEAR).values_list("unit", "percent"))
        own |= percents or {}
        more = Counter()
        for override in CapOverride.objects.filter(withdrawn_at=None).exclude(pk=given):
            more[override.unit_id, override.person_class] = override.places
        good, excellent = Counter(), Counter()
        for pk, (unit, person_class, suggested, decided) in self.stands().items():
            suggested, decided = (changed or {}).get(pk, (suggested, decided))
            key = unit, person_class if self.scheme.cap_by_class else ""
            good[key] += (decided or suggested) in ("excellent", "good")
            excellent[key] += decided == "excellent"
        for key, number in excellent.items():
            percent = own.get(key[0])
            percent = self.scheme.cap_percent if percent is None else percent
            if number > places(0, good[key], percent, self.scheme.cap_base) + more[key]:
                return True
        return False

    def some(self, *, decided=False, suggested=False):
        """A random choice of those who may be decided on, as a queryset."""
        rows = self.cycle.appraisals.to_be_rated().order_by("pk")
        rows = rows.filter(decision__level__in=Level.values) if decided else rows
        rows = rows.exclude(suggested_level="") if suggested else rows
        share = self.random.choice([0.1, 0.3, 1])
        ids = [pk for pk in rows.values_list("pk", flat=True) if self.random.random() < share]
        return self.cycle.appraisals.filter(pk__in=ids)

    # What happens. Each says whether the pure rule lets it be, and does it.

    def decide(self):
        level = self.random.choice([*Level.values, "excellent", SUGGESTED, VOTED])
        chosen = self.some(suggested=level == SUGGESTED)
        after = {
            each.pk: (
                each.suggested_level,
                {SUGGESTED: each.suggested_level, VOTED: each.voted_level}.get(level, level),
            )
            for each in chosen
        }
        return self.breaks_cap(
            after
        ), lambda: decide(chosen, level=level, by=self.by, **DECIDED) if after else None

    def decide_past_the_service(self):
        chosen = self.some()
        level = self.random.choice(["excellent", "excellent", "failed"])
        after = {each.pk: (each.suggested_level, level) for each in chosen}

        def write_them():
            choices = read_choices(self.cycle, chosen)
            for choice in choices:
                choice.level, choice.grounds = level, list(Ground)
            write(choices, reason="x", document="", decided_on=TODAY, by=self.by, at=NOON)

        return self.breaks_cap(after), write_them

    def take_back(self):
        chosen = self.some(decided=True)
        after = {each.pk: (each.suggested_level, "") for each in chosen}
        return self.breaks_cap(
            after
        ), lambda: take_back(chosen, by=self.by, **DECIDED) if after else None

    def suggest_otherwise(self):
        chosen = self.some(suggested=True).filter(rated=True)
        level = self.random.choice(Level.values)
        after = {
            pk: (level, decided)
            for pk, (_u, _c, _s, decided) in self.stands().items()
            if pk in {each.pk for each in chosen}
        }
        return self.breaks_cap(after), lambda: chosen.update(suggested_level=level)

    def set_percent(self):
        unit = self.random.choice(self.units())
        percent = self.random.choice([None, Decimal(0), Decimal(25), Decimal(100)])
        broken = self.breaks_cap(percents={unit.pk: percent})
        return broken, lambda: set_unit_cap(
            unit, year=YEAR, percent=percent, reason="x", by=self.by, on=TODAY
        )

    def give(self):
        unit = self.random.choice(self.units())
        person_class = self.random.choice(["leader", "staff", "outside"])
        person_class = person_class if self.scheme.cap_by_class else ""
        given = CapOverride.objects.filter(unit=unit, person_class=person_class, withdrawn_at=None)
        if override := given.first():
            broken = self.breaks_cap(given=override.pk)
            return broken, lambda: withdraw_places(override, reason="x", by=self.by, **WHEN)
        return False, lambda: give_places(
            self.cycle, unit, person_class=person_class, places=self.random.choice([1, 2]),
            reason="x", by=self.by, **WHEN,
        )  # fmt: skip

    def units(self):
        return list(Organization.objects.filter(pk__in=self.cycle.branches.values("unit")))


def happens(act):
    """Whether it was done and its transaction could end."""
    try:
        with transaction.atomic():
            act()
            set_constraints("IMMEDIATE")
    except ValidationError:
        return False
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name != "decided_within_the_cap":
            raise
        return False
    finally:
        set_constraints("DEFERRED")
    return True


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 2**32),
    people=st.integers(4, 50),
    scheme=st.one_of(st.none(), definitions(), definitions()),
    steps=st.lists(
        st.sampled_from(
            ["decide", "decide", "decide_past_the_service", "take_back", "suggest_otherwise",
             "set_percent", "give"]
        ),
        min_size=5, max_size=15,
    ),
)  # fmt: skip
def test_no_cycle_breaks_its_cap(seed, people, scheme, steps):
    with transaction.atomic():
        used = make_scheme(scheme) if scheme else Scheme.objects.for_year(YEAR)
        year = Year(seed, people, used)
        for step in steps:
            is_broken, act = getattr(year, step)()
            assert happens(act) == (not is_broken), step
            assert not year.breaks_cap(), step
        lock(year)
        transaction.set_rollback(True)


def lock(year):
    """Decide on the rest, lock, and roll up again."""
    rest = year.cycle.appraisals.to_be_rated().filter(rated=True).exclude(
        decision__level__in=Level.values
    )  # fmt: skip
    if rest:
        decide(rest, level="good", by=year.by, **DECIDED)
    year.finish(list(year.cycle.branches.all()), before=None)
    cycle = lock_cycle(year.cycle, by=year.by, **WHEN)
    before = year.stands(), list(cycle.appraisals.order_by("pk").values_list("rating", "decision"))
    roll_up_inline(year.top, year=YEAR, scheme=cycle.scheme, at=NOON)
    assert digest_of(cycle) == cycle.digest
    rows = cycle.appraisals.order_by("pk").values_list("rating", "decision")
    assert (year.stands(), list(rows)) == before
    is_refused = pytest.raises(ValidationError, match=r"khóa|locked")
    with is_refused:
        decide(cycle.appraisals.all(), level="good", by=year.by, **DECIDED)
