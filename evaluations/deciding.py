"""What the page shows on which members are decided on: rows, counts, and where the cap stands."""

from django.db.models import Count, F, OuterRef, Q, Subquery

from branches.models import Organization

from .cap_units import cap_units_of
from .models import Appraisal, CycleBranch, Proposal, SelfReview

OPEN = Q(decision=None) | Q(decision__level="")
TO_DECIDE = Q(rated=True) | Q(not_rated_reason="no_results") | ~OPEN
DIFFERS = ~OPEN & ~Q(decision__level=F("suggested_level"))
# What the filter "to note" offers; a tie at the cap is one of the open cases of the capped.
NOTES = {
    "tie": Q(rating__capped=True, rating__needs_decision=True),
    "undecided": Q(rating__needs_decision=True),
    "discipline": Q(rating__disciplines__gt=0),
    "vote": ~Q(voted_level=F("suggested_level")),
    "differs": DIFFERS,
    "stale": ~OPEN & ~Q(decision__rating=F("rating")),
}
MOST_METERS = 12


def rows_of(cycle, *, user, on):
    """Appraisals of the cycle that somebody has to decide on, of units that the user decides in."""
    scope = user.scope_for("decide_ratings", on=on).values("pk")
    rows = cycle.appraisals.filter(TO_DECIDE, cycle_branch__unit__in=scope)
    return rows.exclude(member=user.member_id) if user.member_id else rows


def with_ways(appraisals):
    """Annotate own_level (of the self-review handed in), proposed_level and section_level."""
    review = SelfReview.objects.filter(appraisal=OuterRef("pk"), submitted_at__isnull=False)
    proposals = Proposal.objects.filter(appraisal=OuterRef("pk"))
    return appraisals.select_related(
        "member", "rating", "decision", "cycle_branch__branch", "cycle_branch__unit"
    ).annotate(
        own_level=Subquery(review.values("level")[:1]),
        proposed_level=Subquery(proposals.filter(step="proposal").values("level")[:1]),
        section_level=Subquery(proposals.filter(step="section").values("level")[:1]),
    )


def units_of(cycle, *, user, on):
    """Units of the cycle in which the user decides, by code, with facts of the cut-off day."""
    scope = user.scope_for("decide_ratings", on=on).values("pk")
    held = CycleBranch.objects.filter(cycle=cycle, unit__in=scope).values("unit")
    return list(Organization.objects.on(cycle.cut_off).filter(pk__in=held).order_by("code"))


def count_rows(rows):
    """{"all", "open", "tie": numbers of members}. One query."""
    return rows.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=OPEN),
        tie=Count("pk", filter=OPEN & NOTES["tie"]),
    )


def meters(cycle, units, *, unit=None):
    """(cap units, how many there are in all): of one unit (its id) if there is one, else those with
    the fewest places left of those in which somebody could be excellent. One query."""
    if unit:
        units = [each for each in units if str(each.pk) == str(unit)]
    found = [
        cap
        for cap in cap_units_of(cycle, units)
        if cap.all_places or cap.expected_excellent or unit or len(units) == 1
    ]
    tightest = sorted(found, key=lambda cap: cap.all_places - cap.expected_excellent)[:MOST_METERS]
    return [cap for cap in found if cap in tightest], len(found)


def waiting(cycle, units):
    """{unit's id: (to decide, open)} of members; for links from other pages. One query."""
    rows = Appraisal.objects.filter(TO_DECIDE, cycle=cycle, cycle_branch__unit__in=units)
    counts = (
        rows.order_by()
        .values_list("cycle_branch__unit")
        .annotate(Count("pk"), Count("pk", filter=OPEN))
    )
    return {unit: (number, left) for unit, number, left in counts}
