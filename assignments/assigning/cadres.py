"""Who is a cadre: somebody with a post of those that guide branches, or who is assigned already."""

from django.db.models import Q

from branches.choices import Rank
from branches.models import Member, Organization, Position

from ..models import Assignment

# Committee members, and heads of departments with their deputies; secretaries of branches guide
# their own one.
GUIDING_RANKS = (
    Rank.SECRETARY,
    Rank.DEPUTY_SECRETARY,
    Rank.STANDING_MEMBER,
    Rank.COMMITTEE_MEMBER,
    Rank.DEPARTMENT_HEAD,
    Rank.DEPARTMENT_DEPUTY,
)


def cadres_of(organization, *, on):
    """Members who on the day hold such a post at or below the organization, or are assigned to
    something there."""
    below = Organization.objects.below(organization, on=on).values("pk")
    posts = Position.objects.valid_on(on).filter(rank__in=GUIDING_RANKS, organization__in=below)
    assigned = Assignment.objects.valid_on(on).filter(target__in=below)
    present = Q(left_on=None) | Q(left_on__gt=on)
    return Member.objects.filter(
        present & Q(pk__in=posts.values("member")) | Q(pk__in=assigned.values("member"))
    )
