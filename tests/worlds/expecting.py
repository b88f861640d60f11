"""What a roll-up of a world must find, by the pure rules."""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from evaluations import rules

from .model import YEAR


@dataclass(frozen=True)
class Expected:
    """What a roll-up of an organization must find. `ratings` has the values of every member of
    its units by code; `population` and `lost` are codes."""

    ratings: dict
    population: set
    lost: set


def expect(world, organization, scheme, *, as_of):
    """The ratings by the pure rules of everybody in the units of `organization` (a code)."""
    places = {person.code: world.branch_on(person, as_of) for person in world.people}
    there = {
        code: branch
        for code, branch in places.items()
        if branch and as_of in world.orgs[branch].days
    }
    population = {
        code for code, branch in there.items() if organization in world.above(branch, as_of)
    }
    lost = {
        code
        for code, branch in places.items()
        if branch and code not in there and organization in world.above(branch, as_of)
    }
    units = {code: world.unit_of(branch, as_of) for code, branch in there.items()}
    wanted = {units[code] for code in population}
    above = {branch.code: world.above(branch.code, as_of) for branch in world.orgs.values()}
    held = defaultdict(list)
    for branch, day, _kind in world.meetings.values():
        for target in above[branch]:
            held[target].append(rules.Held(branch, day))
    suggestions = {
        person.code: rules.suggest(
            record_of(world, person, above, held), scheme, year=YEAR, as_of=as_of
        )
        for person in world.people
        if units.get(person.code) in wanted
    }
    classes = {person.code: world.class_on(person, as_of) for person in world.people}
    capped, tied = _cap(suggestions, units, classes, world.caps, scheme)
    ratings = {
        code: _row(suggestion, code in capped, code in tied)
        | {"branch": there[code], "unit": units[code], "person_class": classes[code]}
        for code, suggestion in suggestions.items()
    }
    return Expected(ratings, population, lost)


def record_of(world, person, above, held):
    """One person as the rules want it."""

    def meeting(code):
        branch, day, kind = world.meetings[code]
        return rules.Meeting(code, branch, day, kind, frozenset(above[branch]))

    own = {branch for branch, _days in person.stays}
    return rules.MemberRecord(
        admitted_on=person.admitted_on,
        left_on=person.left_on,
        stays=[rules.Stay(branch, days) for branch, days in person.stays],
        statuses=[rules.Status(status, days) for status, days in person.statuses],
        meetings=[meeting(code) for code, (branch, *_) in world.meetings.items() if branch in own],
        roster=[
            rules.RosterRow(meeting(code), status, capacity, confirmed)
            for code, status, capacity, confirmed in person.roster
        ],
        assignments=[
            rules.Assignment(number, target, days, visits_due, visits_period)
            for number, (target, days, visits_due, visits_period, _) in enumerate(
                person.assignments
            )
        ],
        held=held,
        tasks=[
            rules.Task(number, state, outcome, weight, due_on)
            for number, (year, state, outcome, weight, due_on) in enumerate(person.tasks)
            if year == YEAR
        ],
        reviews=[
            rules.Review(number, reviews[YEAR])
            for number, (*_terms, reviews) in enumerate(person.assignments)
            if YEAR in reviews
        ],
        deductions=[
            rules.Deduction(number, day, points)
            for number, (day, points) in enumerate(person.deductions)
        ],
        disciplines=person.disciplines,
    )


def _cap(suggestions, units, classes, percents, scheme):
    candidates = defaultdict(list)
    for code, suggestion in suggestions.items():
        if suggestion.rated:
            tasks = suggestion.facts.tasks
            n, d = suggestion.facts.fractions["attendance"]
            group = units[code], classes[code] if scheme.cap_by_class else ""
            candidates[group].append(
                rules.Candidate(
                    code,
                    suggestion.level,
                    suggestion.score,
                    Fraction(tasks.exceeded, tasks.total or 1),
                    Fraction(n) / Fraction(d or 1),
                )
            )
    capped, tied = set(), set()
    for (unit, _class), members in candidates.items():
        percent = percents.get(unit, scheme.cap_percent)
        cap = rules.apply_cap(members, percent=percent, base=scheme.cap_base)
        capped |= cap.capped
        tied |= cap.tied
    return capped, tied


def _row(suggestion, capped, tied):
    points = {
        f"points_{key}": (line.points if suggestion.rated else None)
        for key in rules.CRITERIA
        for line in [suggestion.criteria.get(key, _UNUSED)]
    }
    return {
        "rated": suggestion.rated,
        "not_rated_reason": suggestion.not_rated_reason,
        **suggestion.facts.counts(),
        **points,
        "score": suggestion.score,
        "level": suggestion.level,
        "capped": capped,
        "suggested_level": "good" if capped else suggestion.level,
        "needs_decision": bool(suggestion.undecided) or tied,
    }


class _UNUSED:
    points = None
