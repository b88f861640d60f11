"""The values of a rating set one by one, under paths such as "min.good": what people change in it,
and what differs between two versions.

Source: docs/rating-rules.md, 2; docs/rating-sets.md.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal

from .scheme import (
    CONDITION_FLAGS,
    CRITERIA,
    LEVELS,
    OUTCOMES,
    SOURCES,
    read_scheme,
)

# In the order in which people read them, after groups and criteria.
NUMBERS = (
    "excused_credit",
    *(f"task_credit.{outcome}" for outcome in OUTCOMES),
    *(f"review_credit.{level}" for level in LEVELS),
    *(f"min.{level}" for level in LEVELS[:3]),
    "exceeded_share",
    "late_share",
    "unmet_fail_share",
    "cap.percent",
)
CHOICES = ("meeting_kinds", "cap.base", "cap.by_class", "conditions.cadre_not_above_branch")
FLAGS = tuple(f"conditions.{flag}" for flag in CONDITION_FLAGS)

Value = Decimal | bool | str | int | frozenset | None


@dataclass(frozen=True)
class Difference:
    """One value that two versions have differently; None where one of them has none."""

    path: str
    before: Value
    after: Value


def read_values(definition: Mapping) -> dict[str, Value]:
    """Every value of a definition that a rating can be made with, by its path, in order.

    "groups.KEY" and "criteria.KEY" are points; a criterion that is not named has 0 points, and
    "group_of.KEY" is the group of those that are used. Meeting kinds are a set.

    Raises SchemeError for other definitions.
    """
    scheme = read_scheme(definition)
    values: dict[str, Value] = {}
    for key, points in scheme.group_points.items():
        values[f"groups.{key}"] = points
        for criterion in scheme.criteria_of(key):
            values[f"group_of.{criterion}"] = key
    for key in CRITERIA:
        values[f"criteria.{key}"] = scheme.points.get(key, Decimal(0))
    values["meeting_kinds"] = scheme.meeting_kinds
    for path in NUMBERS:
        values[path] = Decimal(str(_at(definition, path)))
    values["cap.base"] = scheme.cap_base
    values["cap.by_class"] = scheme.cap_by_class
    values["conditions.cadre_not_above_branch"] = scheme.conditions.cadre_not_above_branch
    for flag in CONDITION_FLAGS:
        values[f"conditions.{flag}"] = getattr(scheme.conditions, flag)
    return values


def read_places(
    definition: Mapping, criteria: tuple[str, ...] = CRITERIA
) -> dict[str, tuple[str, int]]:
    """The group of every criterion and its place in it, from 1; those that the definition does not
    name stand at the end of the last group."""
    places = {
        criterion["key"]: (group["key"], place)
        for group in definition["groups"]
        for place, criterion in enumerate(group["criteria"], start=1)
    }
    last = definition["groups"][-1]
    unnamed = [key for key in criteria if key not in places]
    after = len(last["criteria"]) + 1
    return places | {key: (last["key"], after + at) for at, key in enumerate(unnamed)}


def write_values(
    definition: Mapping,
    values: Mapping[str, Value],
    places: Mapping[str, tuple[str, int]] | None = None,
    sources: Mapping[str, str] = SOURCES,
) -> dict:
    """A copy of a definition with other values.

    sources  what a criterion that is new to it is counted from, where its kind of set says so

    places  {criterion: (group, place)}, as `read_places`; who comes to a place goes before the one
            that stood there, or behind it when it comes from a place above. None: all stay

    A criterion that the definition does not name joins the last group. Whether a rating can be
    made with the result says `read_scheme`.
    """
    written = deepcopy(dict(definition))
    groups = {group["key"]: group for group in written["groups"]}
    criteria = {each["key"]: each for group in groups.values() for each in group["criteria"]}
    for path, value in values.items():
        part, _dot, key = path.partition(".")
        if part == "groups":
            groups[key]["points"] = _plain(value)
        elif part == "criteria":
            if key not in criteria and value:
                source = {"source": sources[key]} if key in sources else {}
                criteria[key] = {"key": key} | source
                written["groups"][-1]["criteria"].append(criteria[key])
            if key in criteria:
                criteria[key]["points"] = _plain(value)
        elif part == "group_of":
            continue
        elif key:
            written.setdefault(part, {})[key] = _plain(value)
        else:
            written[part] = _plain(value)
    if places:
        _arrange(groups, criteria, read_places(definition, tuple(places)), places)
    return written


def _arrange(groups, criteria, former, places):
    """Put each criterion into its group, at its place."""

    def order(key):
        (group, place), (former_group, former_place) = places[key], former[key]
        if group != former_group:
            return place, -1, former_place
        return place, (place > former_place) - (place < former_place), former_place

    for key, group in groups.items():
        inside = [each for each in criteria if places[each][0] == key]
        group["criteria"] = [criteria[each] for each in sorted(inside, key=order)]


def differences(before: Mapping, after: Mapping) -> list[Difference]:
    """What differs between two definitions, in the order of the values; names are no values."""
    return differing(read_values(before), read_values(after), rank=_rank)


def differing(old, new, *, rank):
    """The Differences between two sets of values, by the rank of their paths."""
    paths = dict.fromkeys([*old, *new])
    return [
        Difference(path, old.get(path), new.get(path))
        for path in sorted(paths, key=rank)
        if old.get(path) != new.get(path)
    ]


def _rank(path):
    part = path.partition(".")[0]
    order = ("groups", "criteria", "group_of", "meeting_kinds")
    if part in order:
        return order.index(part), 0
    return len(order), (*NUMBERS, *CHOICES, *FLAGS).index(path)


def _at(definition, path):
    for key in path.split("."):
        definition = definition[key]
    return definition


def _plain(value):
    """As JSON has it: a decimal as text, so that it stays what it is; a set in order."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return sorted(value) if isinstance(value, frozenset | set | list | tuple) else value
