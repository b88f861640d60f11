"""What the latest run of each unit changed in the suggestions of the one before it."""

import operator
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import reduce

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q

from branches.models import Organization

from ..deciding.levels import rank_of
from ..models import Rating, RollUpUnit, UnitYear
from ..models.rating import FOUND

MOST_GONE = 50
COMPARED = ("id", "rated", "suggested_level", "score", "needs_decision")
# Of annotations, so that the rating before is joined once: Django looks for what a relation does
# not have in all ratings there are.
RATED_BOTH = Q(before_rated=True, rated=True)
SAME_LEVEL = RATED_BOTH & Q(before_suggested_level=F("suggested_level"))
KINDS = {
    "new": Q(before_id=None),
    "up": RATED_BOTH & Q(before_rank__gt=F("rank")),
    "down": RATED_BOTH & Q(before_rank__lt=F("rank")),
    "rated": Q(before_rated=False, rated=True),
    "not_rated": Q(before_rated=True, rated=False),
    "score": SAME_LEVEL & ~Q(before_score=F("score")),
    "needs_decision": SAME_LEVEL
    & Q(before_score=F("score"))
    & ~Q(before_needs_decision=F("needs_decision")),
}


@dataclass(frozen=True)
class Earlier:
    """The finished run before the latest one of some units."""

    roll_up: int
    requested_at: datetime
    units: list


def earlier_runs(acting, *, year):
    """The run before the latest of each unit of the organization acted for, or of one that holds
    it, gathered by run, newest first; a unit that ran once has none. One query."""
    below = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    above = [each.pk for each in acting.above]
    latest = UnitYear.objects.filter(unit=OuterRef("unit"), year=year, roll_up=OuterRef("roll_up"))
    computed = RollUpUnit.objects.filter(roll_up__year=year, roll_up__state="finished")
    if acting.is_past:
        computed = computed.filter(roll_up__as_of__lte=acting.on)
    rows = (
        computed.filter(Q(unit__in=below) | Q(unit__in=above))
        .exclude(Exists(latest))
        .order_by("unit", "-roll_up__requested_at", "-roll_up")
        .distinct("unit")
    )
    found = defaultdict(list)
    for unit, *run in rows.values_list("unit", "roll_up", "roll_up__requested_at"):
        found[tuple(run)].append(unit)
    runs = [Earlier(*run, units) for run, units in found.items()]
    return sorted(runs, key=lambda each: each.requested_at, reverse=True)


def with_changes(ratings, earlier):
    """Those of the ratings, of units that ran before, that differ from the member's rating in the
    run before; each with `before_…`, None for whom it did not rate at all."""
    before = FilteredRelation("member__ratings", condition=_of_runs(earlier, "member__ratings__"))
    units = [unit for each in earlier for unit in each.units]
    compared = {f"before_{name}": F(f"before__{name}") for name in COMPARED}
    return (
        ratings.filter(unit__in=units)
        .annotate(
            before=before,
            **compared,
            rank=rank_of("suggested_level"),
            before_rank=rank_of("before__suggested_level"),
        )
        .filter(reduce(operator.or_, KINDS.values()))
    )


def _of_runs(earlier, prefix=""):
    """The condition on ratings of these runs, each of its own units alone."""
    runs = (
        Q(**{f"{prefix}roll_up": each.roll_up, f"{prefix}unit__in": each.units}) for each in earlier
    )
    return reduce(operator.or_, runs)


def count_changes(changed):
    """{kind: number of members} of what `with_changes` found. One query."""
    counted = changed.aggregate(
        **{f"of_{kind}": Count("pk", filter=condition) for kind, condition in KINDS.items()}
    )
    return {kind: counted[f"of_{kind}"] for kind in KINDS}


def gone(acting, earlier, *, year):
    """Ratings of the run before, of the organization acted for, whose members no latest run of the
    year rates any more; the first of them, by name."""
    visible = Rating.objects.visible_to(acting.user, on=acting.today)
    now = Rating.objects.filter(roll_up__year=year, roll_up__latest__unit=F("unit"))
    rows = visible.filter(_of_runs(earlier)).of_organization(acting.organization)
    left = rows.exclude(member__in=now.values("member")).with_branch_name().select_related("member")
    return list(left.order_by("member__sort_key", "member__code")[:MOST_GONE])


def set_facts(ratings):
    """Set `facts_changed` on the ratings of one page: (name, before, now) of each fact or points
    that differ. One query."""
    before = Rating.objects.in_bulk({each.before_id for each in ratings} - {None})
    for rating in ratings:
        former = before.get(rating.before_id)
        pairs = [(name, getattr(former, name, None), getattr(rating, name)) for name in FOUND]
        rating.facts_changed = [row for row in pairs if former and row[1] != row[2]]
