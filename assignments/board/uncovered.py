"""What nobody covers: assignments whose cadre can go there no more, and branches without any.

A cadre leaves an assignment uncovered who on the day has left the Party, has a status without party
activity, belongs no more to the organization that issued the assignment, or has no post left there.
What somebody never was when the assignment began, they cannot have ceased to be.
"""

from dataclasses import dataclass, field

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branches.as_of import as_of
from branches.choices import ActivityStatus, OrganizationKind
from branches.models import Membership, MemberStatus, Organization, Position

from ..models import Assignment
from .suggesting import suggest

LEAVING, NOBODY = "leaving", "nobody"


def leaving(acting):
    """Assignments of the day at or below the organization acted for that their cadre leaves
    uncovered, of those that the reader sees; annotated with why: status_on, moved, lost_post."""
    on = acting.on
    below = Organization.objects.below(acting.organization, on=on)
    seen = Assignment.objects.visible_to(acting.user, on=acting.today).of_targets(below)
    return with_reasons(seen.valid_on(on), on=on).filter(
        Q(member__left_on__lte=on) | Q(status_on__isnull=False) | Q(moved=True) | Q(lost_post=True)
    )


def with_reasons(assignments, *, on):
    """Annotate status_on (a status of the day, or None), moved and lost_post."""
    status = MemberStatus.objects.valid_on(on).filter(member=OuterRef("member"))
    began = Func(F("validity"), function="lower", output_field=models.DateField())
    rows = assignments.with_issuer(on=on).annotate(
        began=began, status_on=Subquery(status.values("status")[:1])
    )
    posts = Position.objects.filter(member=OuterRef("member"), organization=OuterRef("issued_by"))
    return rows.annotate(
        moved=Exists(_belonging("began")) & ~Exists(_belonging(Value(on))),
        lost_post=Exists(posts.filter(validity__contains=OuterRef("began")))
        & ~Exists(posts.filter(validity__contains=on)),
    )


def _belonging(day):
    """Memberships on the day in a branch at or below the issuer, as the tree stood then."""
    day = OuterRef(day) if isinstance(day, str) else day
    issuer = Func(OuterRef("issued_by"), template="ARRAY[%(expressions)s]")
    return Membership.objects.filter(
        member=OuterRef("member"),
        validity__contains=day,
        branch__paths__validity__contains=day,
        branch__paths__ancestors__contains=issuer,
    )


def branches_without_cadre(acting):
    """Branches at or below the organization acted for that exist on the day and that nobody is
    assigned to, of those that the reader sees."""
    on = acting.on
    seen = acting.user.scope_for("see_assignments", on=acting.today)
    assigned = Assignment.objects.valid_on(on).filter(target=OuterRef("pk"))
    branches = acting.subtree.filter(kind_on=OrganizationKind.BRANCH, pk__in=seen.values("pk"))
    return branches.filter(~Exists(assigned))


@dataclass
class Gap:
    """A row of the page: an assignment that is left, with the reasons; or a branch, and nothing."""

    target: Organization
    assignment: Assignment | None = None
    reasons: list = field(default_factory=list)
    suggestions: list = field(default_factory=list)
    may_change: bool = False

    @property
    def pair(self):
        """Whom to assign where, as the grid takes it (`suggesting.chosen_pairs`)."""
        return f"{self.suggestions[0].member.pk}:{self.target.pk}"


def gaps(acting, *, kind=""):
    """The rows as a queryset of (target code, target id, assignment id or 0): LEAVING, NOBODY, or
    both; to be paged, then given to `read_gaps`."""
    left = leaving(acting).values_list("target__code", "target", "pk")
    nobody = branches_without_cadre(acting).values_list(
        "code", "pk", Value(0, output_field=models.BigIntegerField())
    )
    parts = {LEAVING: left.order_by("target__code", "pk"), NOBODY: nobody.order_by("code")}
    if kind in parts:
        return parts[kind]
    both = left.order_by().union(nobody.order_by(), all=True)
    return both.order_by("target__code", "pk")


def read_gaps(rows, acting, *, suggesting):
    """Gaps for some rows of `gaps`, in their order; with suggestions if `suggesting`."""
    rows = list(rows)
    on = acting.on
    targets = {target for _code, target, _assignment in rows}
    organizations = Organization.objects.in_bulk(targets)
    as_of(organizations.values(), on=on)
    found = with_reasons(Assignment.objects.filter(pk__in=[row[2] for row in rows]), on=on)
    found = found.with_may_change(acting.user, on=acting.today).select_related("member")
    assignments = {each.pk: each for each in found}
    suggested = {}
    if suggesting:
        suggested = suggest(
            targets,
            by=acting.user,
            organization=acting.organization,
            on=on,
            today=acting.today,
            most=1,
        )
    return [
        _gap(organizations[target], assignments.get(pk), suggested.get(target, []), on=on)
        for _code, target, pk in rows
    ]


def _gap(target, assignment, suggestions, *, on):
    if assignment is None:
        return Gap(target, suggestions=suggestions)
    return Gap(
        target, assignment, reasons_of(assignment, on=on), suggestions, assignment.may_change
    )


def reasons_of(assignment, *, on):
    """Why the cadre leaves it uncovered, in words."""
    left = assignment.member.left_on
    if left and left <= on:
        return [_("left the Party on %(day)s") % {"day": date_format(left, "SHORT_DATE_FORMAT")}]
    texts = {
        ActivityStatus.EXEMPT: _("is exempt from work"),
        ActivityStatus.SUSPENDED: _("is suspended"),
        ActivityStatus.AWAY: _("is active elsewhere"),
    }
    reasons = [texts[assignment.status_on]] if assignment.status_on else []
    if assignment.moved:
        reasons.append(_("belongs no more to who issued it"))
    if assignment.lost_post:
        reasons.append(_("holds no post any more at who issued it"))
    return reasons


def count_gaps(acting):
    """(assignments left uncovered, branches without a cadre)"""
    return leaving(acting).count(), branches_without_cadre(acting).count()
