"""The SQL that rates organizations against the pure rules, on random records and rating sets."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assignments.models import Task
from branches.models import (
    Discipline,
    Membership,
    MemberStatus,
    Organization,
    Position,
    Succession,
)
from branches.periods import period
from evaluations.choices import StepKind
from evaluations.models import (
    OrganizationDecision,
    OrganizationDiscipline,
    OrganizationScheme,
    UnitCap,
)
from evaluations.rules import Candidate, Days, apply_cap, organizations, read_organization_scheme
from evaluations.rules.organization_scheme import CRITERIA
from evaluations.services.cycle_steps import finish_step
from evaluations.services.cycles import open_cycle
from evaluations.services.decisions import VOTED, decide
from tests import builders as make
from tests import year_end
from tests.evaluations.organization_worlds import decide_on, make_scheme, suggest
from tests.evaluations.test_sql_twin import shares
from tests.year_end import NOON, NOTE, TODAY, YEAR

pytestmark = pytest.mark.django_db
CUT_OFF = date(YEAR, 11, 20)
LEVELS = ("good", "completed", "failed")


@pytest.fixture
def world():
    """A district with two wards, one of them with a sub-committee, and a branch of its own, whose
    members are decided on: some good, some less."""
    district = make.make_organization("district", code="D")
    first, lower = make.make_ward("D-1", parent=district, branches=2)
    second, others = make.make_ward("D-2", parent=district, branches=1)
    section = make.make_organization("sub_committee", code="D-1-S", parent=first)
    below = make.make_organization(code="D-1-S-1", parent=section)
    own = make.make_organization(code="D-B", parent=district, grassroots=True)
    branches = [*lower, below, *others, own]
    for branch in branches:
        year_end.fill_branch(branch, 3)
    by = year_end.make_everybody(district)
    cycle = open_cycle(district, year=YEAR, cut_off=CUT_OFF, by=by, on=TODAY, at=NOON)
    year_end.suggest(cycle, by=by)
    small = year_end.SmallCycle(district, [first, second, section], branches, cycle, by)
    for number, branch in enumerate(small.cycle_branches):
        rated = branch.appraisals.to_be_rated().order_by("member__code")
        levels = {each: LEVELS[(number + n) % 3] for n, each in enumerate(rated)}
        year_end.vote_simply(branch, levels, by=by)
        year_end.do_steps(branch, before=StepKind.DECISION, by=by)
        values = {"decided_on": TODAY, "by": by, "on": TODAY, "at": NOON}
        decide(branch.appraisals.to_be_rated(), level=VOTED, reason=NOTE, **values)
        finish_step(branch, StepKind.DECISION, note=NOTE, by=by, on=TODAY, at=NOON)
    return small


@st.composite
def definitions(draw):
    """Rating sets of every shape."""
    number = draw(st.integers(1, 3))
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=number - 1, max_size=number - 1)))
    sizes = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    groups = [{"key": f"g{i}", "points": size, "criteria": []} for i, size in enumerate(sizes)]
    for position, key in enumerate(draw(st.permutations(CRITERIA))):
        first = position < number
        group = groups[position if first else draw(st.integers(0, number - 1))]
        points = draw(st.sampled_from([5, 10, 15, "12.5", "33.3333"] + [0] * (not first)))
        group["criteria"].append({"key": key, "points": points})
    least = draw(st.sampled_from([(90, 70, 50), ("60.5", 40, 20), (0, 0, 0)]))
    levels = ("excellent", "good", "completed", "failed")
    return {
        "groups": groups,
        "member_credit": {level: draw(shares()) for level in levels},
        "branch_credit": {level: draw(shares()) for level in levels},
        "indicator_credit": {key: draw(shares(2)) for key in ("exceeded", "met", "unmet")},
        "min": dict(zip(levels[:3], least, strict=True)),
        "exceeded_share": draw(shares()),
        "unmet_fail_share": draw(shares()),
        "discipline_fails_from": draw(st.sampled_from(["reprimand", "warning", "expulsion", None])),
        "new_months": draw(st.sampled_from([0, 1, 6])),
        "successors_are_new": draw(st.booleans()),
        "cap": {
            "percent": draw(st.sampled_from(["0", "20", "33.3333", "100"])),
            "base": draw(st.sampled_from(["good", "good_or_better"])),
            "by_kind": draw(st.booleans()),
            "within": draw(st.sampled_from(["committee", "cycle"])),
        },
    }


def some_day(chance, years=1):
    return date(YEAR - years, 7, 1) + timedelta(chance.randrange(365 * years + 220))


def write_records(world, chance):
    """Meetings, indicators, disciplines, posts, statuses, tasks, ages: at random."""
    members = [each.member for each in world.appraisals]
    places = [*world.branches, *world.units]
    since = found(chance.sample(world.branches, 3), chance)
    for branch in world.branches:
        for _meeting in range(chance.randrange(8)):
            kind = chance.choice(["regular", "regular", "thematic", "residents"])
            quality = chance.choice([None, Decimal(chance.randrange(400)) / 4])
            day = max(some_day(chance), since.get(branch, date.min))
            make.make_meeting(branch, day, kind=kind, quality=quality)
    for place in places:
        for number in range(chance.randrange(4)):
            values = {
                "target": chance.choice([None, 1, 2]),
                "actual": chance.choice([None, 1, 2, 3]),
                "period_end": chance.choice([None, some_day(chance)]),
            }
            make.make_indicator(place, YEAR, name=f"{number}", **values)
    for member in chance.sample(members, 6):
        make.make_discipline(member, some_day(chance), chance.choice(organizations_forms()))
    forms = ["reprimand", "warning", "dissolution"]
    for place in chance.sample([*places, world.district], chance.choice([0, 0, 1, 2])):
        for day in {some_day(chance), some_day(chance)}:
            make.make_organization_discipline(place, day, chance.choice(forms), by=world.by)
    for member in chance.sample(members, 8):
        rank = chance.choice(["secretary", "branch_deputy", "committee_member", "other"])
        place = chance.choice(places)
        first = max(some_day(chance, 2), since.get(place, date.min))
        until = chance.choice([None, first + timedelta(90)])
        make.make_position(member, place, rank=rank, since=first, until=until)
    for member in chance.sample(members, 3):
        status = chance.choice(["exempt", "suspended", "away"])
        make.make_status(member, status, since=some_day(chance))
    for member in chance.sample(members, 4):
        member.tasks.update(state=chance.choice(["cancelled", "draft"]), outcome="")


def found(places, chance):
    """Make these young; some followed others, which may be older. Returns their first days."""
    days = {}
    for place in places:
        days[place] = since = date(YEAR, chance.choice([2, 7, 10]), chance.choice([1, 15]))
        Organization.objects.filter(pk=place.pk).update(validity=period(since))
        if chance.random() < 0.7:
            followed = make.make_organization(since=chance.choice([None, date(YEAR, 3, 31)]))
            Succession.objects.create(
                organization=followed, successor=place, on=since, kind="merge"
            )
    return days


def organizations_forms():
    return ["reprimand", "warning", "dismissal", "expulsion"]


# What the pure rules say of it ------------------------------------------------------------------


class Known:
    """Everything on record, read once."""

    def __init__(self, world):
        rows = world.cycle.organizations.select_related("organization", "decision", "committee")
        self.rows = list(rows)
        self.appraisals = list(world.cycle.appraisals.select_related("decision", "cycle_branch"))
        self.disciplines = list(Discipline.objects.all())
        self.of_organizations = list(OrganizationDiscipline.objects.all())
        self.memberships = list(Membership.objects.all())
        self.posts = list(Position.objects.filter(rank__in=organizations.LEADING_RANKS))
        exempt = MemberStatus.objects.valid_on(CUT_OFF).filter(status="exempt")
        self.exempt = set(exempt.values_list("member", flat=True))
        tasks = Task.objects.filter(year=YEAR).exclude(state__in=["draft", "cancelled"])
        self.tasked = set(tasks.values_list("member", flat=True))
        self.followed = defaultdict(list)
        for each in Succession.objects.select_related("organization"):
            self.followed[each.successor_id].append(each.organization)


def expect(world, scheme):
    """{row: (suggestion or None, capped, tied)}, from the lowest up."""
    found, settled = {}, {}
    known = Known(world)
    for row in sorted(known.rows, key=lambda row: -len(row.above)):
        lower = [each for each in known.rows if row.organization_id in each.above and each != row]
        if all(settled[each] for each in lower):
            record = record_of(known, row, lower)
            found[row] = organizations.suggest_organization(
                record, scheme, year=YEAR, as_of=CUT_OFF
            )
        level = row.decided_level
        settled[row] = bool(level) or (row in found and not found[row].rated)
    caps = expect_caps(found, scheme)
    return {row: (found.get(row), *caps.get(row, (False, False))) for row in known.rows}


def record_of(known, row, lower):
    branches = [row, *lower]
    ids = {each.organization_id for each in branches}
    return organizations.OrganizationRecord(
        first_days=[
            each.validity.lower for each in (row.organization, *known.followed[row.organization_id])
        ],
        people=[
            organizations.Person(
                level=each.level,
                exempt=each.member_id in known.exempt,
                has_task=each.member_id in known.tasked,
            )
            for each in known.appraisals
            if each.cycle_branch.branch_id in ids
        ],
        disciplines=[
            organizations.Discipline(
                each.member_id,
                each.decided_on,
                each.form,
                holds(known.memberships, each, branch_id=ids),
                holds(known.posts, each, organization_id={row.organization_id}),
            )
            for each in known.disciplines
        ],
        organization_disciplines=[
            organizations.OrganizationDiscipline(
                each.decided_on,
                each.form,
                None if each.organization_id == row.organization_id else each.organization_id,
            )
            for each in known.of_organizations
            if each.organization_id in ids
        ],
        branches=[branch(each.organization) for each in branches if each.kind == "branch"],
        indicators=[
            organizations.Indicator(each.target, each.actual, each.period_end)
            for each in row.organization.indicators.filter(year=YEAR)
        ],
        below=[each.decided_level for each in lower if len(each.above) == len(row.above) + 1],
    )


def holds(rows, discipline, **places):
    """Whether who was disciplined was in one of the places that day."""
    [(field, ids)] = places.items()
    return any(
        row.member_id == discipline.member_id
        and discipline.decided_on in row.validity
        and getattr(row, field) in ids
        for row in rows
    )


def branch(organization):
    last = organization.validity.upper
    return organizations.Branch(
        Days(organization.validity.lower, last and last - timedelta(1)),
        [
            organizations.BranchMeeting(each.held_on, each.kind, each.quality)
            for each in organization.meetings.all()
        ],
    )


def expect_caps(found, scheme):
    groups = defaultdict(list)
    for row, suggestion in found.items():
        committee = {"D-1-S-1": "D-1", "D-1-S": "D-1"}.get(row.organization.code)
        committee = committee or ("D-1" if row.organization.code.startswith("D-1-") else None)
        committee = committee or ("D-2" if row.organization.code.startswith("D-2-") else "D")
        assert row.committee.code == committee
        place = "D" if scheme.cap_within == "cycle" else committee
        if suggestion.rated:
            groups[place, row.kind if scheme.cap_by_kind else ""].append((row, suggestion))
    result = {}
    for (place, _kind), rows in groups.items():
        own = UnitCap.objects.filter(unit__code=place, year=YEAR).first()
        cap = apply_cap(
            [candidate(row, suggestion) for row, suggestion in rows],
            percent=own.percent if own else scheme.cap_percent,
            base=scheme.cap_base,
        )
        result |= {row: (row in cap.capped, row in cap.tied) for row, _suggestion in rows}
    return result


def candidate(row, suggestion):
    facts = suggestion.facts
    n, d = facts.fractions["quality"]
    exceeded = Fraction(facts.exceeded, facts.indicators) if facts.indicators else Fraction(0)
    quality = Fraction(n) / Fraction(d) if d else Fraction(0)
    return Candidate(row, suggestion.level, suggestion.score, exceeded, quality)


def differences(world, scheme):
    found = []
    for row, (suggestion, capped, tied) in expect(world, scheme).items():
        if suggestion is None:
            expected = {"rated": None, "suggested_level": "", "facts": {}, "score": None}
        else:
            expected = expected_row(suggestion, capped, tied)
        for name, value in expected.items():
            stored = getattr(row, name)
            stored = as_numbers(stored) if name == "facts" else stored
            if stored != value:
                found.append((row.organization.code, name, stored, value))
    return found


def expected_row(suggestion, capped, tied):
    facts = suggestion.facts
    return {
        "rated": suggestion.rated,
        "not_rated_reason": suggestion.not_rated_reason,
        "score": suggestion.score,
        "level": suggestion.level,
        "capped": capped,
        "tied": tied,
        "suggested_level": "good" if capped else suggestion.level,
        "needs_decision": suggestion.undecided or tied,
        "indicators": facts.indicators,
        "exceeded": facts.exceeded,
        "unmet": facts.unmet,
        "leaders_disciplined": facts.leaders_disciplined,
        "leaders_failing": facts.leaders_failing,
        "disciplines": facts.disciplines,
        "disciplines_failing": facts.disciplines_failing,
        "below_disciplined": facts.below_disciplined,
        "facts": {
            key: (n, d, points_of(suggestion, key))
            for key, (n, d) in facts.fractions.items()
            if d > 0
        },
    }


def points_of(suggestion, key):
    used = suggestion.rated and key in suggestion.criteria
    return suggestion.criteria[key].points if used else None


def as_numbers(facts):
    return {
        key: (
            Decimal(fact["n"]),
            Decimal(fact["d"]),
            None if fact["points"] is None else Decimal(fact["points"]),
        )
        for key, fact in facts.items()
    }


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), definition=st.one_of(st.none(), definitions()))
def test_sql_and_pure_rules_agree(world, seed, definition):
    chance = random.Random(seed)
    with transaction.atomic():
        write_records(world, chance)
        if chance.random() < 0.5:
            UnitCap.objects.create(unit=world.units[0], year=YEAR, percent=chance.choice([25, 60]))
        used = (
            make_scheme(**definition) if definition else OrganizationScheme.objects.for_year(YEAR)
        )
        scheme = read_organization_scheme(used.definition)
        suggest(world, scheme=used)
        assert differences(world, scheme) == []
        decide_on_some(world, chance)
        suggest(world)
        assert differences(world, scheme) == []
        for each in world.cycle.organizations.filter(rated=True):
            points = [Decimal(fact["points"] or 0) for fact in each.facts.values()]
            assert each.score == sum(points)
        transaction.set_rollback(True)


def decide_on_some(world, chance):
    """Branches, and with luck what stands above them: levels that no cap holds back."""
    for _round in range(3):
        rows = world.cycle.organizations.open().exclude(rated=None)
        for row in chance.sample(list(rows), min(len(rows), chance.choice([1, 3, 9]))):
            decide_on(world, row.organization, level=chance.choice(LEVELS))
    assert OrganizationDecision.objects.exists() or not rows
