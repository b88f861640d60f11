"""What changes in the tree itself: organizations, their names, places and ends, and what goes along
with them inside this room. Every function works on many rows at once, in a few statements.

`on` is the first day on which things stand as decided: what ends, ends on the day before. What
was before that day stays as it is written. Nothing is checked here beyond what the database
refuses: see assignments/reorganizing/ for the whole of a reorganization.
"""

from django.db.models import F, Func, Q, Value

from ..models import (
    CommitteeTerm,
    EarlierOrganization,
    JobDescription,
    Membership,
    Organization,
    Placement,
    Position,
    Succession,
)
from ..periods import ONE_DAY, DateRange, period

AT_ONCE = 2000  # rows written in one statement


class Before(Func):
    """The days of a period that lie before the day `on`."""

    template = "(%(expressions)s)"
    arg_joiner = " * "

    def __init__(self, field, on):
        field = F(field) if isinstance(field, str) else field
        super().__init__(field, Value(DateRange(None, on, "[)")))


def create(*, kind, name, code, parent, since, grassroots):
    """A new organization, from its first day on under `parent` (None: alone)."""
    organization = Organization(
        kind=kind, name=name, code=code, grassroots=grassroots, validity=period(since)
    )
    organization.full_clean()
    organization.save(force_insert=True)
    if parent is not None:
        Placement.objects.create(organization=organization, parent=parent, validity=period(since))
    return organization


def set_facts(organization, *, on, **facts):
    """Give an organization another name, kind or grassroots from the day on; what they were until
    then is kept. A change on the day of the last one corrects that."""
    earlier = EarlierOrganization.objects.filter(organization=organization)
    until = earlier.order_by("-validity").values_list("validity", flat=True).first()
    since = until.upper if until else None
    if since != on:
        EarlierOrganization.objects.create(
            organization=organization,
            validity=DateRange(since, on, "[)"),
            name=organization.name,
            kind=organization.kind,
            grassroots=organization.grassroots,
        )
    for fact, value in facts.items():
        setattr(organization, fact, value)
    organization.full_clean(validate_unique=False)
    organization.save(update_fields=[*facts])
    return organization


def place(parents, *, on):
    """Put organizations under other parents; {organization id: parent id, None: alone}."""
    present = Placement.objects.filter(organization__in=list(parents), validity__contains=on)
    until = dict(present.values_list("organization", "validity"))
    present.update(validity=Before("validity", on))
    Placement.objects.bulk_create(
        [
            Placement(
                organization_id=organization,
                parent_id=parent,
                validity=DateRange(on, until[organization].upper, "[)")
                if organization in until
                else period(on),
            )
            for organization, parent in parents.items()
            if parent is not None
        ],
        batch_size=AT_ONCE,
    )


def move_members(branches, *, on):
    """Members go to other branches; {member id: branch id}."""
    present = Membership.objects.filter(member__in=list(branches), validity__contains=on)
    until = dict(present.values_list("member", "validity"))
    present.update(validity=Before("validity", on))
    Membership.objects.bulk_create(
        [
            Membership(
                member_id=member,
                branch_id=branches[member],
                validity=DateRange(on, validity.upper, "[)"),
            )
            for member, validity in until.items()
        ],
        batch_size=AT_ONCE,
    )


def end_posts(organizations, *, on):
    """End who holds what post there, and what is laid down about its committee and posts."""
    for model in (Position, CommitteeTerm, JobDescription):
        model.objects.filter(organization__in=organizations, validity__contains=on).update(
            validity=Before("validity", on)
        )


def end(organizations, *, on):
    """The organizations end on the day before. They keep the place where they stood last."""
    Organization.objects.filter(pk__in=organizations).update(validity=Before("validity", on))


def succeed(pairs, *, on, kind):
    """Record what became of organizations: (organization id, successor id) each."""
    Succession.objects.bulk_create(
        [
            Succession(organization_id=organization, successor_id=successor, on=on, kind=kind)
            for organization, successor in pairs
        ]
    )


def members_of(branches, *, on):
    """{member id: branch id} of all who on the day belong to one of the branches."""
    memberships = Membership.objects.filter(
        Q(member__left_on=None) | Q(member__left_on__gt=on),
        branch__in=branches,
        validity__contains=on,
    )
    return dict(memberships.order_by("member__code").values_list("member", "branch"))


def children_of(organizations, *, on):
    """{organization id: parent id} of all that on the day exist directly under one of them."""
    placed = Placement.objects.filter(
        parent__in=organizations, validity__contains=on, organization__validity__contains=on
    )
    return dict(placed.order_by("organization__code").values_list("organization", "parent"))


def day_before(on):
    return on - ONE_DAY
