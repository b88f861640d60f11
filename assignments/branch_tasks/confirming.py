"""Who confirms what a branch gave its members: the branch, by its secretary; for whoever may give
tasks there themself, the office of the grassroots committee above. Nobody their own."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q

from accounts.models import Grant
from branches.models import OrganizationPath

ACTION = "give_tasks"


def of_who_gives(*, on):
    """The condition, on tasks, that who is to do the task may give tasks where it was given: there
    the branch would confirm its own secretary's."""
    grants = Grant.objects.valid_on(on).that_may(ACTION)
    held = grants.filter(user__member=OuterRef(OuterRef("member"))).values("organization")
    above = OrganizationPath.objects.filter(
        organization=OuterRef("organization"),
        validity__contains=on,
        ancestors__overlap=ArraySubquery(held),
    )
    return Q(Exists(above))


def given_by_branch_of(user, *, on):
    """The condition, on tasks, that a branch gave them for which the user confirms."""
    scope = user.scope_for(ACTION, on=on).values("pk")
    mine = Q(pk__in=[]) if user.member_id is None else Q(member=user.member_id)
    return Q(assignment=None, organization__in=scope) & ~mine & ~of_who_gives(on=on)
