"""Who is equal with others at the cap: all those of a cap unit, side by side, to be settled
together. Source: docs/rating-rules.md, 7."""

from collections import defaultdict
from dataclasses import dataclass

from ..explaining.cap import candidate_of
from ..rules import apply_cap, read_scheme
from .cap_units import CapUnit, read_cap_units


@dataclass(frozen=True)
class Tie:
    """Members (appraisals) of one cap unit with the same score, share of tasks exceeded and
    attendance, of whom the cap lets only some be excellent."""

    cap: CapUnit
    appraisals: list

    @property
    def name(self):
        """What tells it from the other ties of the cycle, in forms."""
        return f"{self.cap.unit.pk}-{self.cap.person_class}"

    @property
    def open(self):
        return [each for each in self.appraisals if not each.level]

    @property
    def is_settled(self):
        return not self.open


def read_ties(cycle, *, units=None):
    """The ties of a cycle, by unit and class: of all units or of some (ids). Four queries, two
    where there is none."""
    scheme = read_scheme(cycle.scheme.definition)
    standing = cycle.appraisals.filter(rated=True, rating__level__in=["excellent", "good"])
    crowded = standing.filter(rating__capped=True, rating__needs_decision=True)
    if units is not None:
        crowded = crowded.filter(cycle_branch__unit__in=units)
    units = set(crowded.order_by().values_list("cycle_branch__unit", flat=True))
    if not units:
        return []
    groups = defaultdict(dict)
    rows = standing.filter(cycle_branch__unit__in=units)
    rows = rows.select_related("member", "rating", "cycle_branch__branch", "decision")
    for row in rows.order_by("member__sort_key", "member__code"):
        person_class = row.person_class if scheme.cap_by_class else ""
        groups[row.cycle_branch.unit_id, person_class][row.rating_id] = row
    caps = read_cap_units(cycle, sorted(units))
    ties = (_tie(cap, groups[cap.key], scheme) for cap in caps if cap.key in groups)
    return [tie for tie in ties if tie.appraisals]


def _tie(cap, rows, scheme):
    candidates = [candidate_of(row.rating, scheme) for row in rows.values()]
    found = apply_cap(candidates, percent=cap.percent, base=scheme.cap_base)
    tied = [
        row
        for pk, row in rows.items()
        if pk in found.tied and row.rating.capped and row.rating.needs_decision
    ]
    return Tie(cap, tied)


def tied_appraisals(cycle, *, units):
    """The ids of the appraisals that are equal with others at the cap, in some units (ids)."""
    return {each.pk for tie in read_ties(cycle, units=units) for each in tie.appraisals}
