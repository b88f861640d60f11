"""The values of a rating set of organizations one by one, as `scheme_values` has those of members.

Source: docs/organization-rating-rules.md, 2; docs/rating-sets.md.
"""

from collections.abc import Mapping
from decimal import Decimal

from .organization_scheme import CRITERIA, INDICATOR_RESULTS, read_organization_scheme
from .scheme import LEVELS
from .scheme_values import Difference, Value, differing
from .scheme_values import read_places as read_places_of
from .scheme_values import write_values as write_values_of

# In the order in which people read them, after groups and criteria.
NUMBERS = (
    *(f"member_credit.{level}" for level in LEVELS),
    *(f"branch_credit.{level}" for level in LEVELS),
    *(f"indicator_credit.{result}" for result in INDICATOR_RESULTS),
    *(f"min.{level}" for level in LEVELS[:3]),
    "exceeded_share",
    "unmet_fail_share",
    "new_months",
    "cap.percent",
)
CHOICES = ("discipline_fails_from", "cap.base", "cap.within")
FLAGS = ("successors_are_new", "cap.by_kind", "conditions.shortcomings_mended")


def read_values(definition: Mapping) -> dict[str, Value]:
    """Every value of a definition that organizations can be rated by, by its path, in order."""
    scheme = read_organization_scheme(definition)
    values: dict[str, Value] = {}
    for key, points in scheme.group_points.items():
        values[f"groups.{key}"] = points
    values |= {f"group_of.{key}": group for key, group in scheme.group_of.items()}
    for key in CRITERIA:
        values[f"criteria.{key}"] = scheme.points.get(key, Decimal(0))
    for path in NUMBERS:
        part, _dot, key = path.partition(".")
        found = definition[part][key] if key else definition[part]
        values[path] = Decimal(str(found))
    values["discipline_fails_from"] = scheme.discipline_fails_from
    values["cap.base"] = scheme.cap_base
    values["cap.within"] = scheme.cap_within
    values["successors_are_new"] = scheme.successors_are_new
    values["cap.by_kind"] = scheme.cap_by_kind
    values["conditions.shortcomings_mended"] = scheme.shortcomings_mended
    return values


def read_places(definition: Mapping) -> dict[str, tuple[str, int]]:
    return read_places_of(definition, CRITERIA)


def write_values(definition: Mapping, values: Mapping[str, Value], places=None) -> dict:
    return write_values_of(definition, values, places, {})


def differences(before: Mapping, after: Mapping) -> list[Difference]:
    """What differs between two definitions, in the order of the values; names are no values."""
    return differing(read_values(before), read_values(after), rank=_rank)


def _rank(path):
    part = path.partition(".")[0]
    order = ("groups", "criteria", "group_of")
    if part in order:
        return order.index(part), 0
    return len(order), (*NUMBERS, *CHOICES, *FLAGS).index(path)
