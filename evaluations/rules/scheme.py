"""A rating set (bộ tiêu chí) as plain values, read from its stored definition.

Source: docs/rating-rules.md, 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from .definition import DefinitionReader

SOURCES = {
    "conduct": "deductions",
    "attendance": "attendance",
    "tasks": "tasks",
    "duty": "duty_visits",
    "review": "reviews",
}
CRITERIA = tuple(SOURCES)
OUTCOMES = ("exceeded", "met", "late", "unmet")
LEVELS = ("excellent", "good", "completed", "failed")
MEETING_KINDS = ("regular", "thematic", "extraordinary", "residents")
CAP_BASES = ("good", "good_or_better")
CADRE_STEPS = (None, 0, 1)
CONDITION_FLAGS = ("head_not_above_unit", "shortcomings_mended")
MOST_CREDIT = 10


@dataclass(frozen=True)
class Conditions:
    """What a level asks for beside the points; none of them gives or takes points.

    cadre_not_above_branch  by so many levels at most may an assigned cadre be above the branch
                            they answer for; None: it is not looked at
    """

    head_not_above_unit: bool = False
    cadre_not_above_branch: int | None = None
    shortcomings_mended: bool = False

    def __bool__(self) -> bool:
        return self != Conditions()


@dataclass(frozen=True)
class Scheme:
    """The values of a scheme. Criteria without points are not used and have no group here.

    points                  M of each used criterion, by its key
    group_of, group_points  the group of each used criterion; G of each group
    shares, credits         without unit; cap_percent in percent
    """

    points: Mapping[str, Decimal]
    group_of: Mapping[str, str]
    group_points: Mapping[str, Decimal]
    meeting_kinds: frozenset[str]
    excused_credit: Decimal
    task_credit: Mapping[str, Decimal]
    review_credit: Mapping[str, Decimal]
    minimum: Mapping[str, Decimal]
    unmet_fail_share: Decimal
    late_share: Decimal
    exceeded_share: Decimal
    cap_percent: Decimal
    cap_base: str
    cap_by_class: bool
    conditions: Conditions = Conditions()

    def criteria_of(self, group: str) -> list[str]:
        return [key for key, of in self.group_of.items() if of == group]


def read_scheme(definition: Mapping) -> Scheme:
    """Return the scheme that `definition` (the JSON of `evaluations/schemes/`) describes.

    Raises SchemeError, with everything that is wrong, unless every group has a criterion with
    points, groups of more than 0 points add to 100, a conduct criterion is in some group, and
    every value the rules need is there.
    """
    return _Reader(definition).scheme()


class _Reader(DefinitionReader):
    criteria = CRITERIA

    def scheme(self):
        groups, points, group_of = self.groups()
        read = self.definition
        scheme = Scheme(
            points=points,
            group_of=group_of,
            group_points=groups,
            meeting_kinds=self._meeting_kinds(),
            excused_credit=self.number(read, "excused_credit", most=MOST_CREDIT),
            task_credit=self.numbers("task_credit", OUTCOMES, MOST_CREDIT),
            review_credit=self.numbers("review_credit", LEVELS, MOST_CREDIT),
            minimum=self.numbers("min", LEVELS[:3]),
            unmet_fail_share=self.number(read, "unmet_fail_share"),
            late_share=self.number(read, "late_share"),
            exceeded_share=self.number(read, "exceeded_share"),
            cap_percent=self.number(self.part("cap"), "percent", "cap."),
            cap_base=self.one_of(CAP_BASES, self.part("cap"), "base", "cap."),
            cap_by_class=self.flag(self.part("cap"), "by_class", "cap."),
            conditions=self._conditions(),
        )
        if "conduct" not in self.seen:
            self.problems.append("groups: a conduct criterion is needed in some group")
        self.refuse_problems()
        return scheme

    def check_criterion(self, name, criterion):
        if criterion.get("source", SOURCES[name]) != SOURCES[name]:
            self.problems.append(f"{name}.source: must be {SOURCES[name]!r}")

    def _meeting_kinds(self):
        kinds = self.list(self.definition, "meeting_kinds")
        if unknown := [kind for kind in kinds if kind not in MEETING_KINDS]:
            self.problems.append(f"meeting_kinds: unknown: {unknown}")
        return frozenset(map(str, kinds))

    def _conditions(self):
        given = self.flags_given("conditions", {each.name for each in fields(Conditions)})
        flags = {name: self.flag(given, name, "conditions.", False) for name in CONDITION_FLAGS}
        steps = given.get("cadre_not_above_branch")
        if isinstance(steps, bool) or steps not in CADRE_STEPS:
            self.problems.append("conditions.cadre_not_above_branch: must be null, 0 or 1")
        return Conditions(cadre_not_above_branch=steps, **flags)
