"""The figures that committees report, each as of a day: plain values, ready for JSON.

Every report takes the organization, the year that tasks, reviews and results are counted in,
and the day `on` which the tree, the memberships and the assignments are looked at. Counts are
whole numbers; rates are percent, rounded half up; a rate of nothing is None.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Exists, OuterRef, Q

from assignments.branch_tasks.rates import due_members, tasked
from assignments.choices import Level
from assignments.models import Assignment, Delegation, Indicator, Review
from assignments.opinions.report import totals as opinion_totals
from branches.choices import OrganizationKind, Rank
from branches.models import Member, Organization, Position
from branches.periods import last_day, whole_year

from .models import OrganizationRating


def coverage(organization, *, year, on):
    """How many branches somebody is assigned to, and how many members have a task."""
    branches = (
        Organization.objects.below(organization, on=on)
        .valid_on(on)
        .on(on)
        .filter(kind_on=OrganizationKind.BRANCH)
    )
    assignments = Assignment.objects.valid_on(on).of_targets(_subtree(organization, on))
    members = Member.objects.in_organization(organization, on=on)
    due = due_members(members, on=on)
    assigned = Assignment.objects.valid_on(on).filter(target=OuterRef("pk"))
    active = members.count()
    with_task = due.aggregate(
        members_due=Count("pk"), members_tasked=Count("pk", filter=tasked(year=year))
    )
    return {
        **branches.aggregate(
            branches=Count("pk"), branches_covered=Count("pk", filter=Exists(assigned))
        ),
        **assignments.aggregate(cadres=Count("member", distinct=True), assignments=Count("pk")),
        "active_members": active,
        "exempt_members": active - with_task["members_due"],
        **with_task,
        "tasked_rate": _percent(with_task["members_tasked"], with_task["members_due"], places=2),
    }


def reviews(organization, *, year, on):
    """What local committees say of the cadres assigned in the subtree."""
    found = Review.objects.of_year(year).filter(
        assignment__target__in=_subtree(organization, on).values("pk")
    )
    return {"reviewed": found.count(), **_by_choice(found, "level", Level)}


def results(organization, *, year, on):
    """Levels given to the organizations below this one."""
    found = OrganizationRating.objects.filter(
        year=year, organization__in=_subtree(organization, on).values("pk")
    ).exclude(organization=organization)
    return {**_by_choice(found, "level", Level), "rated": found.count()}


def indicators(organization, *, year, on):
    """Targets of the organizations in the subtree and what was reached, as a list."""
    found = (
        Indicator.objects.of_year(year)
        .filter(organization__in=_subtree(organization, on).values("pk"))
        .order_by("organization__code", "name")
        .values_list("organization__code", "name", "target", "actual")
    )
    return [
        {
            "org_code": code,
            "name": name,
            "target": _number(target),
            "actual": _number(actual),
            "rate": _percent(actual, target, places=1),
        }
        for code, name, target, actual in found
    ]


def opinions(organization, *, year, on):
    """Opinions raised in the year in the branches of the subtree, by their state on the day."""
    return opinion_totals(organization, year=year, on=on)


def delegations(organization, *, year, on):
    """Working visits of the year to the organizations of the subtree, up to the day."""
    found = Delegation.objects.filter(
        organization__in=_subtree(organization, on).values("pk"),
        held_on__year=year,
        held_on__lte=on,
    )
    return {
        "total": found.count(),
        "organizations": found.values("organization").distinct().count(),
    }


def roster(organization, *, year, on):
    """Posts held on the day at the organization itself, and who of their holders has several."""
    held = Position.objects.valid_on(on)
    here = held.filter(organization=organization)
    counts = dict(here.values_list("rank").annotate(held=Count("pk")).order_by())
    concurrent = (
        Member.objects.filter(Exists(here.filter(member=OuterRef("pk"))))
        .annotate(held=Count("positions", filter=Q(positions__validity__contains=on)))
        .filter(held__gte=2)
        .order_by("code")
        .values_list("code", "held")
    )
    return {
        "positions": [
            {"rank": rank, "held": counts[rank]} for rank in Rank.values if rank in counts
        ],
        "concurrent": [{"member_code": code, "positions": held} for code, held in concurrent],
    }


REPORTS = {
    report.__name__: report
    for report in (coverage, reviews, results, indicators, opinions, delegations, roster)
}


def day_of_report(year, *, today):
    """The day a report looks at when none is given: today, or the last day of another year."""
    return today if year == today.year else last_day(whole_year(year))


def _subtree(organization, on):
    """With ended organizations where they stood last: what they achieved is not lost."""
    return Organization.objects.below(organization, on=on)


def _by_choice(rows, field, choices):
    counts = dict(rows.values_list(field).annotate(Count("pk")).order_by())
    return {value: counts.get(value, 0) for value in choices.values}


def _percent(part, whole, *, places):
    """100 × part / whole, rounded half up to `places`; None where there is nothing to divide."""
    if part is None or not whole:
        return None
    exact = Decimal(100) * part / whole
    return float(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def _number(value):
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
