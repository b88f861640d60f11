"""Points, score and level that are suggested for one member, before the cap."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .days import rating_period
from .facts import Facts, MemberRecord, facts, not_rated_reason
from .scheme import CRITERIA, Scheme


def round_half_up(value: Fraction, places: int = 2) -> Decimal:
    """`value` (at least 0) rounded once, half up."""
    scaled = value * 10**places
    return Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)).scaleb(
        -places
    )


@dataclass(frozen=True)
class CriterionPoints:
    """points = round_half_up(most × group × n / (applying × d), 2); None when it does not apply.

    most      M, the points of the criterion
    group     G, the points of its group
    applying  A, the points of those criteria of the group that apply to this member
    """

    key: str
    group_key: str
    most: Decimal
    group: Decimal
    applying: Decimal
    n: Decimal
    d: Decimal
    points: Decimal | None


def criterion_points(facts: Facts, scheme: Scheme) -> dict[str, CriterionPoints]:
    """Each used criterion of the scheme. Source: docs/rating-rules.md, 5."""
    applies = [key for key in scheme.points if facts.fractions[key][1] > 0]
    result = {}
    for key in (key for key in CRITERIA if key in scheme.points):
        group_key = scheme.group_of[key]
        most, group = scheme.points[key], scheme.group_points[group_key]
        applying = sum(
            (scheme.points[each] for each in applies if scheme.group_of[each] == group_key),
            Decimal(0),
        )
        n, d = facts.fractions[key]
        points = None
        if key in applies:
            points = round_half_up(
                Fraction(most) * Fraction(group) * Fraction(n) / (Fraction(applying) * Fraction(d))
            )
        result[key] = CriterionPoints(key, group_key, most, group, applying, n, d, points)
    return result


@dataclass(frozen=True)
class Condition:
    """One thing that a level asks for: `value` compared with `bound`.

    kind is one of score_below, score_from, tasks_some, unmet_none, late_none, unmet_over,
    exceeded_from, late_within, discipline.
    """

    kind: str
    value: Decimal
    bound: Decimal
    met: bool


@dataclass(frozen=True)
class LevelStep:
    """One step of the level's ladder: it gives `level` when all (or any) conditions are met."""

    level: str
    conditions: tuple[Condition, ...]
    needs: str = "all"
    undecided: bool = False

    @property
    def holds(self) -> bool:
        met = [condition.met for condition in self.conditions]
        return any(met) if self.needs == "any" else all(met)


def level_steps(score: Decimal, facts: Facts, scheme: Scheme) -> list[LevelStep]:
    """The steps in order; the first that holds gives the level. Source: docs/rating-rules.md, 6."""
    tasks = facts.tasks
    total = tasks.total
    no_unmet = Condition("unmet_none", Decimal(tasks.unmet), Decimal(0), tasks.unmet == 0)
    no_late = Condition("late_none", Decimal(tasks.late), Decimal(0), tasks.late == 0)

    def at_least(level):
        bound = scheme.minimum[level]
        return Condition("score_from", score, bound, score >= bound)

    def share(kind, value, share, met):
        return Condition(kind, Decimal(value), share * total, met)

    lowest = scheme.minimum["completed"]
    return [
        LevelStep(
            "failed",
            (
                Condition(
                    "discipline", Decimal(facts.disciplines), Decimal(0), facts.disciplines > 0
                ),
            ),
            undecided=True,
        ),
        LevelStep(
            "failed",
            (
                Condition("score_below", score, lowest, score < lowest),
                share(
                    "unmet_over",
                    tasks.unmet,
                    scheme.unmet_fail_share,
                    total > 0 and tasks.unmet > scheme.unmet_fail_share * total,
                ),
            ),
            needs="any",
        ),
        LevelStep(
            "excellent",
            (
                at_least("excellent"),
                Condition("tasks_some", Decimal(total), Decimal(1), total >= 1),
                no_unmet,
                no_late,
                share(
                    "exceeded_from",
                    tasks.exceeded,
                    scheme.exceeded_share,
                    tasks.exceeded >= scheme.exceeded_share * total,
                ),
            ),
        ),
        LevelStep("good", (at_least("good"), no_unmet, no_late)),
        LevelStep(
            "completed",
            (
                no_unmet,
                share(
                    "late_within",
                    tasks.late,
                    scheme.late_share,
                    tasks.late <= scheme.late_share * total,
                ),
            ),
        ),
        LevelStep("completed", (), undecided=True),
    ]


@dataclass(frozen=True)
class Suggestion:
    """What the rules suggest for one member before the cap.

    `score` and `level` are None and "" when not rated. `undecided` names why a person must
    decide: no_results, discipline, open_case, pending, unrecorded.
    """

    rated: bool
    not_rated_reason: str
    facts: Facts
    criteria: Mapping[str, CriterionPoints]
    score: Decimal | None
    level: str
    steps: tuple[LevelStep, ...]
    undecided: tuple[str, ...]


def suggest(member: MemberRecord, scheme: Scheme, *, year: int, as_of: date) -> Suggestion:
    """The suggestion for one member from everything on record. Source: docs/rating-rules.md."""
    known = facts(member, scheme, rating_period(year, as_of))
    criteria = criterion_points(known, scheme)
    reason = not_rated_reason(member, as_of)
    if not reason and _lacks_results(criteria, scheme) and not known.disciplines:
        reason = "no_results"
    if reason:
        undecided = ("no_results",) if reason == "no_results" else ()
        return Suggestion(False, reason, known, criteria, None, "", (), undecided)

    score = sum((each.points for each in criteria.values() if each.points is not None), Decimal(0))
    steps = tuple(level_steps(score, known, scheme))
    chosen = next(number for number, step in enumerate(steps) if step.holds)
    return Suggestion(
        rated=True,
        not_rated_reason="",
        facts=known,
        criteria=criteria,
        score=score,
        level=steps[chosen].level,
        steps=steps,
        undecided=_undecided(known, disciplined=chosen == 0, open_case=chosen == len(steps) - 1),
    )


def _lacks_results(criteria, scheme):
    """Whether some group has no criterion that applies."""
    with_results = {each.group_key for each in criteria.values() if each.points is not None}
    return any(group not in with_results for group in scheme.group_points)


def _undecided(known, *, disciplined, open_case):
    attendance = known.attendance
    grounds = {
        "discipline": disciplined,
        "open_case": open_case,
        "pending": known.tasks.pending > 0,
        "unrecorded": 2 * attendance.unrecorded > attendance.held,
    }
    return tuple(ground for ground, holds in grounds.items() if holds)
