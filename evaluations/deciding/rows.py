"""What the page shows on which members are decided on: rows, counts, and where the cap stands."""

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from branches.models import EarlierOrganization, Organization

from ..id_lists import listed
from ..models import CycleBranch, Proposal, SelfReview
from .cap_units import cap_units_of

OPEN = Q(decision=None) | Q(decision__level="")
TO_DECIDE = Q(rated=True) | Q(not_rated_reason="no_results") | ~OPEN
DIFFERS = ~OPEN & ~Q(decision__level=F("suggested_level"))
# What the filter "to note" offers beside ties, which `ties.tied_appraisals` finds.
NOTES = {
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


def with_ways(appraisals, *, on):
    """Annotate own_level (of the self-review handed in), proposed_level and section_level, and
    branch_name_on, what the branch is called on the day."""
    review = SelfReview.objects.filter(appraisal=OuterRef("pk"), submitted_at__isnull=False)
    proposals = Proposal.objects.filter(appraisal=OuterRef("pk"))
    earlier = EarlierOrganization.objects.filter(
        organization=OuterRef("cycle_branch__branch"), validity__contains=on
    )
    return appraisals.select_related("member", "rating", "decision", "cycle_branch").annotate(
        branch_name_on=Coalesce(Subquery(earlier.values("name")[:1]), "cycle_branch__branch__name"),
        own_level=Subquery(review.values("level")[:1]),
        proposed_level=Subquery(proposals.filter(step="proposal").values("level")[:1]),
        section_level=Subquery(proposals.filter(step="section").values("level")[:1]),
    )


def units_of(cycle, *, user, on):
    """Units of the cycle in which the user decides, by code, with facts of the cut-off day; the
    organization of the cycle is called as on that day as well. One query."""
    scope = user.scope_for("decide_ratings", on=on).values("pk")
    held = Q(pk__in=CycleBranch.objects.filter(cycle=cycle, unit__in=scope).values("unit"))
    found = Organization.objects.on(cycle.cut_off).filter(held | Q(pk=cycle.organization_id))
    found = list(found.annotate(decides=held).order_by("code"))
    for each in found:
        if each.pk == cycle.organization_id:
            cycle.organization = each
    return [each for each in found if each.decides]


def count_rows(rows, *, tied):
    """{"all", "open", "tie": numbers of members}; tied: ids of those equal with others at the cap.
    One query."""
    return rows.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=OPEN),
        tie=Count("pk", filter=OPEN & Q(pk__in=listed(tied))),
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
