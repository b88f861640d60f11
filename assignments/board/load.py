"""How much each cadre carries: assignments, visits due a month, visits made, and how far it is."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Case, Count, DecimalField, F, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce

from branches.as_of import as_of
from branches.models import Attendance, Organization, OrganizationPath, Position
from branches.periods import ONE_DAY

from ..assigning.cadres import cadres_of
from ..choices import VisitsPeriod
from ..duty import MONTHS_IN
from ..models import Assignment

DECIMAL = DecimalField(max_digits=9, decimal_places=4)


def with_load(acting):
    """The cadres of the organization acted for, annotated with what they carry at or below it.

    number     assignments of the day
    due_month  visits due a month, of all of them together
    visits     visits made in the year up to the day
    """
    on = acting.on
    below = Organization.objects.below(acting.organization, on=on).values("pk")
    assigned = Assignment.objects.valid_on(on).filter(member=OuterRef("pk"), target__in=below)
    visits = Attendance.objects.visits().filter(
        member=OuterRef("pk"),
        meeting__held_on__gte=on.replace(month=1, day=1),
        meeting__held_on__lt=on + ONE_DAY,
        meeting__branch__in=below,
    )
    return (
        cadres_of(acting.organization, on=on)
        .with_branch(on=on)
        .annotate(
            number=_one(assigned, Count("pk"), 0),
            due_month=_one(assigned, Sum(_a_month()), Value(0, output_field=DECIMAL)),
            visits=_one(visits, Count("pk"), 0),
        )
    )


def _one(rows, aggregate, none):
    rows = rows.order_by().values(together=Value(1)).annotate(value=aggregate)
    return Coalesce(Subquery(rows.values("value")), none)


def _a_month():
    """Visits due a month: a third of those of a quarter."""
    due = Cast(F("visits_due"), DECIMAL)
    whens = [
        When(visits_period=each, then=due / MONTHS_IN[each])
        for each in VisitsPeriod.values
        if MONTHS_IN[each] > 1
    ]
    return Case(*whens, default=due, output_field=DECIMAL)


@dataclass
class Cadre:
    """What the row of a cadre names beside its numbers.

    posts    positions of the day
    targets  pairs (assignment, steps in the tree from the own branch or nearest post; None where
             the cadre belongs nowhere)
    """

    posts: list = field(default_factory=list)
    targets: list = field(default_factory=list)

    @property
    def farthest(self):
        return max(
            (steps for _assignment, steps in self.targets if steps is not None), default=None
        )


def read_cadres(members, acting):
    """{id: Cadre} for some members of `with_load` (a page of them), in four queries."""
    on = acting.on
    ids = [member.pk for member in members]
    cadres = {pk: Cadre() for pk in ids}
    posts = Position.objects.valid_on(on).filter(member__in=ids).select_related("organization")
    posts = list(posts.order_by("rank", "title", "pk"))
    homes = defaultdict(set)
    for member in members:
        homes[member.pk] |= {member.branch_id_on} - {None}
    for post in posts:
        cadres[post.member_id].posts.append(post)
        homes[post.member_id].add(post.organization_id)
    below = Organization.objects.below(acting.organization, on=on)
    assigned = Assignment.objects.valid_on(on).filter(member__in=ids).of_targets(below)
    assigned = list(assigned.select_related("target").order_by("target__code"))
    paths = _paths({each.target_id for each in assigned}.union(*homes.values()), on=on)
    for each in assigned:
        steps = [_steps(paths[home], paths[each.target_id]) for home in homes[each.member_id]]
        cadres[each.member_id].targets.append((each, min(steps, default=None)))
    organizations = [each.target for each in assigned]
    as_of([*organizations, *(post.organization for post in posts)], on=on)
    return cadres


def _paths(ids, *, on):
    paths = OrganizationPath.objects.filter(organization__in=ids, validity__contains=on)
    return dict(paths.values_list("organization", "ancestors"))


def _steps(one, other):
    """Up from one organization to what both stand below, and down to the other."""
    shared = sum(here == there for here, there in zip(one, other, strict=False))
    return len(one) + len(other) - 2 * shared
