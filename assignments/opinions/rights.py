"""Who may do what with an opinion, and which bodies it can be referred to."""

from django.conf import settings

from branches.choices import OrganizationKind
from branches.models import Organization

from ..models import Assignment
from .terms import after_working_days, level_of


def may_raise(user, branch, *, held_on, on):
    """Whether the user may take down what was raised in the branch on the day `held_on`: the
    secretary of today, or a cadre whose assignment covered the branch on that day."""
    return may_keep(user, branch, on=on) or is_assigned(user.member_id, branch, on=held_on)


def may_raise_on(user, visit, *, on):
    """The same on a visit: also its cadre, as long as they have not withdrawn it."""
    if visit.member_id == user.member_id:
        return visit.withdrawn_at is None
    return may_raise(user, visit.branch, held_on=visit.held_on, on=on)


def may_keep(user, branch, *, on):
    """Whether the user keeps the meetings of the branch, and so tells it the answers."""
    return user.may("keep_meetings", branch, on=on)


def may_answer(user, opinion, *, on):
    """Whether the user answers for the body that the opinion is referred to."""
    body = opinion.referred_to
    return body is not None and user.may("answer_opinions", body, on=on)


def is_assigned(member, branch, *, on):
    """Whether the member (an id, or None) was assigned on the day to the branch or above it. Nobody
    is assigned to their own branch: there they are a member like the others."""
    if member is None:
        return False
    above = Organization.objects.way_to(branch, on=on).order_by().values("pk")
    own = branch.memberships.filter(member=member, validity__contains=on).exists()
    assigned = Assignment.objects.valid_on(on).filter(member=member, target__in=above)
    return not own and assigned.exists()


def bodies_for(branch, *, on):
    """Organizations that an opinion of the branch can be referred to: those at or above it on the
    day, the nearest first, with the facts of the day."""
    return Organization.objects.above(branch, on=on)[::-1]


def usual_body(bodies):
    """The one that answers where nobody says otherwise: the grassroots committee, else the
    organization above the branch, else the branch."""
    committees = (each for each in bodies if each.kind_on == OrganizationKind.GRASSROOTS_COMMITTEE)
    return next(committees, bodies[min(1, len(bodies) - 1)])


def last_day_of_term(body, *, on):
    """The day by which the body answers what is referred to it on the day `on`."""
    kind = getattr(body, "kind_on", body.kind)
    count = settings.OPINION_WORKING_DAYS[level_of(kind)]
    return after_working_days(on, count, holidays=settings.HOLIDAYS)
