"""A small cycle of the year end, and its steps done in the least way."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection, transaction

from evaluations.choices import StepKind
from evaluations.models import Vote, VoteCount
from evaluations.services.cycle_steps import finish_step, next_step
from evaluations.services.cycles import open_cycle, take_suggestions
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make

YEAR = 2025
TODAY = date(2026, 1, 5)
NOON = datetime(2026, 1, 5, 5, tzinfo=UTC)
NOTE = "Vắng, sẽ bổ sung"


@dataclass
class SmallCycle:
    """`by` has every role at the district and is no member. Lists are in the order of codes."""

    district: object
    units: list
    branches: list
    cycle: object
    by: object

    @property
    def cycle_branches(self):
        rows = self.cycle.branches.select_related("branch", "unit", "section", "cycle")
        return list(rows.order_by("branch__code"))

    @property
    def appraisals(self):
        return list(self.cycle.appraisals.with_people().order_by("member__code"))

    def appraisal(self, member):
        return self.cycle.appraisals.with_people().get(member=member)


def open_small_cycle(
    *, code="D", year=YEAR, units=2, branches=2, members=3, suggested=True, **values
):
    """The cycle of a district `code` with units D-1 …, branches D-1-1 … and members D-1-1-M1 …

    Each member has one task: the first of a branch exceeded it, the second met it, the third was
    late, and again. `values` go to open_cycle(). Where `suggested`, a roll-up ran and its
    suggestions are taken.
    """
    district = make.make_organization("district", code=code, name=f"Huyện ủy {code}")
    wards = [make.make_ward(f"{code}-{n}", parent=district, branches=branches) for n in _to(units)]
    lower = [branch for _ward, below in wards for branch in below]
    for branch in lower:
        fill_branch(branch, members, year=year)
    by = make_everybody(district)
    values = {"by": by, "on": TODAY, "at": NOON} | values
    cycle = open_cycle(district, year=year, **values)
    if suggested:
        suggest(cycle, by=by)
    return SmallCycle(district, [ward for ward, _below in wards], lower, cycle, by)


def fill_branch(branch, members, *, year=YEAR):
    """Members who each have one task; returns them."""
    made = []
    for number in _to(members):
        member = make.make_member(
            branch, code=f"{branch.code}-M{number}", official_on=make.LONG_AGO
        )
        outcome = ("exceeded", "met", "late")[(number - 1) % 3]
        make.make_task(member, branch, year, outcome=outcome)
        made.append(member)
    return made


def make_everybody(organization, username=None):
    """A user with every role that the year end needs."""
    user = make.make_user(username)
    for role in ("board", "office", "secretary", "leader"):
        make.grant(user, role, organization)
    return user


def suggest(cycle, *, by, at=NOON):
    """Roll the cycle up by its own rating set and cut-off date, and take the suggestions."""
    roll_up_inline(
        cycle.organization, year=cycle.year, as_of=cycle.cut_off, scheme=cycle.scheme, at=at
    )
    take_suggestions(cycle, by=by, on=TODAY, at=at)
    cycle.refresh_from_db()


def do_steps(cycle_branch, *, before, by, on=TODAY, at=NOON):
    """Do the steps of the branch up to `before`, without it: nobody's part needs to be there."""
    order = list(StepKind)
    while (kind := next_step(cycle_branch)) and order.index(kind) < order.index(before):
        finish_step(cycle_branch, kind, note=NOTE, by=by, on=on, at=at)


def vote_simply(cycle_branch, levels=None, *, by, held_on=TODAY, at=NOON):
    """Do the steps up to the vote, and vote: every paper marks the level of each member.

    levels  {Appraisal: level}, of all to be rated; what is suggested, or else good, if None

    With a second ballot, excellent is voted good first and agreed to then.
    """
    do_steps(cycle_branch, before=StepKind.VOTE, by=by, on=held_on, at=at)
    if levels is None:
        rated = cycle_branch.appraisals.to_be_rated()
        levels = {each: each.suggested_level or "good" for each in rated}
    second = {}
    if cycle_branch.cycle.second_ballot:
        second = {each: level for each, level in levels.items() if level == "excellent"}
        levels = {each: "good" if each in second else level for each, level in levels.items()}
    with transaction.atomic():
        for ballot, marked in enumerate(filter(None, (levels, second)), start=1):
            values = {"by": by, "held_on": held_on, "at": at, "nobody_stood": False}
            if ballot == 1 and cycle_branch.cycle.second_ballot:
                values["nobody_stood"] = not second
            make_vote(cycle_branch, marked, ballot=ballot, **values)
        with connection.cursor() as cursor:
            cursor.execute("SELECT settle_votes(ARRAY[%s]::bigint[])", [cycle_branch.pk])
    finish_step(cycle_branch, StepKind.VOTE, note=NOTE, by=by, on=held_on, at=at)


def make_vote(cycle_branch, levels, *, papers=10, by, held_on=TODAY, at=NOON, **fields):
    """A ballot on which all papers mark the level of each member: {Appraisal: level}."""
    numbers = dict.fromkeys(("convened", "present", "issued", "returned"), papers)
    vote = Vote.objects.create(
        cycle_branch=cycle_branch,
        held_on=held_on,
        recorded_by=by,
        recorded_at=at,
        **(numbers | fields),
    )
    VoteCount.objects.bulk_create(
        VoteCount(vote=vote, appraisal=appraisal, **{level: papers})
        for appraisal, level in levels.items()
    )
    return vote


def _to(number):
    return range(1, number + 1)
