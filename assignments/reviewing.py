"""Reviews of assigned cadres at the end of a year (nhận xét): who is reviewed by whom."""

from django.db.models import Count, OuterRef, Q, Subquery

from accounts.models import Grant
from branches.models import Organization
from branches.periods import whole_year

from .choices import Level
from .confirming.committee import confirming_id
from .models import Review

ACTION = "review_work"


def reviewing_organizations(user, *, on):
    """Committees (a queryset) for which the user reviews on the day: those where they hold a role
    for it themselves. What a committee above thinks is no review of the local one."""
    grants = Grant.objects.valid_on(on).that_may(ACTION).filter(user=user.pk)
    return Organization.objects.valid_on(on).filter(pk__in=grants.values("organization"))


def reviewable(assignments, *, user, on):
    """Of the assignments those that the user reviews on the day, each with the id of the committee
    as `committee`. Never one's own."""
    own = reviewing_organizations(user, on=on)
    with_committee = assignments.annotate(committee=confirming_id("confirmer", "target", on=on))
    return with_committee.filter(committee__in=own.values("pk")).exclude(member=user.member_id)


def of_year(assignments, *, year):
    """Those valid on some day of the year, each with its review: level, comment (None: none)."""
    reviews = Review.objects.filter(assignment=OuterRef("pk"), year=year)
    return assignments.valid_in(whole_year(year)).annotate(
        level=Subquery(reviews.values("level")),
        comment=Subquery(reviews.values("comment")),
    )


def count_levels(assignments):
    """{"assignments": number, "reviewed": number, level: number, …} of those of `of_year()`."""
    levels = {level: Count("pk", filter=Q(level=level)) for level in Level.values}
    return assignments.order_by().aggregate(
        assignments=Count("pk"), reviewed=Count("pk", filter=Q(level__isnull=False)), **levels
    )
