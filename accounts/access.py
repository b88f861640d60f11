"""Who can see this? And: what can this user see, and why?

Both answers come from the grants on the way from an organization up to its root, on a day, which is
what `visible_to()` asks of the same tables from the other side. A test holds the two to each other
over random trees, moves and grants.
"""

from dataclasses import dataclass

from django.db.models import Count, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from branches.models import Membership, OrganizationPath

from .choices import Role
from .models import Grant, User
from .rules import NEVER_ON_ONESELF, ROLES_FOR

# What one may see or do of a row, by the actions of the table of roles; in this order on pages.
MEMBER_PARTS = {
    "see_members": _("Record and attendance"),
    "see_assignments": _("Assignments and tasks"),
    "see_ratings": _("Ratings"),
    "see_card_number": _("Party card number"),
    "see_contact": _("Phone and e-mail"),
    "see_identity_number": _("Identity number"),
}
RATING_PARTS = {
    "see_ratings": _("See"),
    "export_ratings": _("Download in lists"),
    "decide_ratings": _("Decide"),
}
REACH_PARTS = {
    "see_organization": _("Organizations"),
    **MEMBER_PARTS,
    "manage_users": _("Users and roles"),
    "see_journal": _("Audit trail"),
}


@dataclass(frozen=True)
class Reader:
    """Somebody who can see a row, through one grant; `grant` is None for one's own record."""

    user: User
    grant: Grant | None
    parts: list  # labels of what they may see or do


def readers_of_member(member, *, on):
    """Who can see a member on the day: exactly those for whom `visible_to()` finds the member."""
    return _readers("see_members", MEMBER_PARTS, member, branch_of(member, on=on), on)


def readers_of_rating(rating, *, on):
    """Who can see a rating on the day. It belongs to the branch in which it was given, wherever
    its member went since."""
    return _readers("see_ratings", RATING_PARTS, rating.member, [rating.branch_id], on)


def may_ask(user, member, branch, *, on):
    """Whether `user` may ask who sees a row of `member`: the member may, and those who look after
    access to the branch that the row belongs to (its id, in a list or a queryset)."""
    if user.member_id == member.pk:
        return True
    return user.scope_for("see_access", on=on).filter(pk__in=branch).exists()


def branch_of(member, *, on):
    """The branch that the member belongs to on the day: a queryset of one column with its id."""
    return Membership.objects.valid_on(on).filter(member=member).values("branch")


def parts_of(role, parts):
    """The labels of what a role may see or do, of a mapping of actions to labels."""
    return [label for action, label in parts.items() if role in ROLES_FOR[action]]


def with_reach(grants, *, on):
    """Annotate organizations and members: how many each grant opens on the day, of those that exist
    and belong on it."""
    root = Func(OuterRef("organization"), template="ARRAY[%(expressions)s]")
    below = OrganizationPath.objects.filter(validity__contains=on, ancestors__contains=root)
    organizations = below.filter(organization__validity__contains=on)
    members = Membership.objects.valid_on(on).filter(
        Q(member__left_on=None) | Q(member__left_on__gt=on),
        branch__paths__ancestors__contains=root,
        branch__paths__validity__contains=on,
    )
    return grants.annotate(organizations=_count(organizations), members=_count(members))


def _readers(action, parts, member, branch, on):
    """branch: the id of the branch that the row belongs to, in a list or a queryset."""
    above = OrganizationPath.objects.filter(organization__in=branch, validity__contains=on)
    way = next(iter(above.values_list("ancestors", flat=True)), [])
    grants = Grant.objects.valid_on(on).that_may(action).filter(organization__in=way)
    people = grants.with_people().order_by("user__username")
    own = User.objects.filter(member=member).select_related("member")
    return [
        *(Reader(user, None, _own_parts(parts)) for user in own),
        *(
            Reader(grant.user, grant, parts_of(grant.role, _not_on_oneself(parts, grant, member)))
            for grant in sorted(people, key=lambda each: _place(each, way))
        ),
    ]


def _own_parts(parts):
    """Of one's own record everything may be seen, and nothing done that a role is for."""
    return [label for action, label in parts.items() if action.startswith("see_")]


def _not_on_oneself(parts, grant, member):
    if grant.user.member_id != member.pk:
        return parts
    return {action: label for action, label in parts.items() if action not in NEVER_ON_ONESELF}


def _place(grant, way):
    """From the root down, then in the order of the roles."""
    return way.index(grant.organization_id), Role.values.index(grant.role)


def _count(rows):
    rows = rows.order_by().values(together=Value(1)).annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number")), 0)
