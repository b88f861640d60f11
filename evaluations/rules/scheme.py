"""A rating set (bộ tiêu chí) as plain values, read from its stored definition.

Source: docs/rating-rules.md, 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation

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


class SchemeError(ValueError):
    """A definition that no rating can be made with; `problems` are all of them, in English."""

    def __init__(self, problems: list[str]):
        super().__init__("; ".join(problems))
        self.problems = problems


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


class _Reader:
    def __init__(self, definition):
        self.definition = definition if isinstance(definition, Mapping) else {}
        self.problems = []

    def scheme(self):
        groups, points, group_of = self._groups()
        read = self.definition
        scheme = Scheme(
            points=points,
            group_of=group_of,
            group_points=groups,
            meeting_kinds=self._meeting_kinds(),
            excused_credit=self._number(read, "excused_credit", most=MOST_CREDIT),
            task_credit=self._numbers("task_credit", OUTCOMES, MOST_CREDIT),
            review_credit=self._numbers("review_credit", LEVELS, MOST_CREDIT),
            minimum=self._numbers("min", LEVELS[:3]),
            unmet_fail_share=self._number(read, "unmet_fail_share"),
            late_share=self._number(read, "late_share"),
            exceeded_share=self._number(read, "exceeded_share"),
            cap_percent=self._number(self._part("cap"), "percent", "cap."),
            cap_base=self._cap_base(),
            cap_by_class=self._cap_by_class(),
            conditions=self._conditions(),
        )
        if self.problems:
            raise SchemeError(self.problems)
        return scheme

    def _groups(self):
        groups, points, group_of, seen = {}, {}, {}, set()
        for group in self._list(self.definition, "groups"):
            key = str(group.get("key", "")) if isinstance(group, Mapping) else ""
            if not key or key in groups:
                self.problems.append(f"groups: a key is missing or there twice: {key!r}")
                continue
            groups[key] = self._number(group, "points", f"{key}.")
            if groups[key] <= 0:
                self.problems.append(f"{key}.points: a group has more than 0 points")
            for criterion in self._list(group, "criteria", f"{key}."):
                name = criterion.get("key") if isinstance(criterion, Mapping) else None
                if name not in SOURCES or name in seen:
                    self.problems.append(f"{key}: unknown criterion, or there twice: {name!r}")
                    continue
                seen.add(name)
                if criterion.get("source", SOURCES[name]) != SOURCES[name]:
                    self.problems.append(f"{name}.source: must be {SOURCES[name]!r}")
                most = self._number(criterion, "points", f"{name}.")
                if most > 0:
                    points[name], group_of[name] = most, key
            if key not in group_of.values():
                self.problems.append(f"{key}: a group needs a criterion with points")
        if sum(groups.values()) != 100:
            self.problems.append("groups: their points must add to 100")
        if "conduct" not in seen:
            self.problems.append("groups: a conduct criterion is needed in some group")
        return groups, points, group_of

    def _meeting_kinds(self):
        kinds = self._list(self.definition, "meeting_kinds")
        if unknown := [kind for kind in kinds if kind not in MEETING_KINDS]:
            self.problems.append(f"meeting_kinds: unknown: {unknown}")
        return frozenset(map(str, kinds))

    def _cap_base(self):
        base = self._part("cap").get("base")
        if base not in CAP_BASES:
            self.problems.append(f"cap.base: must be one of {CAP_BASES}")
        return base

    def _cap_by_class(self):
        by_class = self._part("cap").get("by_class")
        if not isinstance(by_class, bool):
            self.problems.append("cap.by_class: must be true or false")
        return by_class

    def _conditions(self):
        """They may be left out, each of them and all."""
        given = self.definition.get("conditions", {})
        if not isinstance(given, Mapping):
            self.problems.append("conditions: an object is needed")
            return Conditions()
        if unknown := sorted(set(map(str, given)) - {each.name for each in fields(Conditions)}):
            self.problems.append(f"conditions: unknown: {unknown}")
        flags = {name: given.get(name, False) for name in CONDITION_FLAGS}
        for name, flag in flags.items():
            if not isinstance(flag, bool):
                self.problems.append(f"conditions.{name}: must be true or false")
        steps = given.get("cadre_not_above_branch")
        if isinstance(steps, bool) or steps not in CADRE_STEPS:
            self.problems.append("conditions.cadre_not_above_branch: must be null, 0 or 1")
        return Conditions(cadre_not_above_branch=steps, **flags)

    def _part(self, key):
        part = self.definition.get(key)
        return part if isinstance(part, Mapping) else {}

    def _list(self, mapping, key, where=""):
        value = mapping.get(key)
        if not isinstance(value, list):
            self.problems.append(f"{where}{key}: a list is needed")
            return []
        return value

    def _numbers(self, key, names, most=1000):
        return {name: self._number(self._part(key), name, f"{key}.", most) for name in names}

    def _number(self, mapping, key, where="", most=1000):
        """A decimal from 0 to `most` with at most 4 places: sums and products stay exact."""
        try:
            number = Decimal(str(mapping[key]))
            if 0 <= number <= most and number == round(number, 4):
                return number
        except (KeyError, InvalidOperation):
            pass
        self.problems.append(
            f"{where}{key}: a number from 0 to {most} with at most 4 places is needed"
        )
        return Decimal(0)
