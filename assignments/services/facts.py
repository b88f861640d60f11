"""Assignments that are to be saved, and what is stored about their people and organizations."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Max

from branches.models import (
    Member,
    Membership,
    MemberStatus,
    Organization,
    OrganizationPath,
    Succession,
)
from branches.periods import period

from ..choices import VisitsPeriod
from ..models import Assignment, Review, Team


@dataclass
class NewAssignment:
    """What is to be saved: a cadre goes to a target from `since` to `until` (None: without end).

    ends_earlier  whether an assignment of the same cadre to the same target that overlaps ends the
                  day before this one begins
    """

    member: Member
    target: Organization
    role: str
    since: date
    until: date | None = None
    visits_due: int = 1
    visits_period: str = VisitsPeriod.MONTH
    directive: object = None
    team: Team | None = None
    confirmer: Organization | None = None
    ends_earlier: bool = False

    @property
    def validity(self):
        """Its days; of one that would end before it begins, which is refused, the first day."""
        return period(self.since, self.until and max(self.since, self.until))

    @property
    def issuing(self):
        """The directive that it is issued under: its own, or its team's."""
        return self.directive or (self.team.directive if self.team else None)


class Facts:
    """What is stored about the people and organizations of rows, looked up set-wise."""

    def __init__(self, rows, *, by, on, besides):
        self.rows, self.by, self.on = rows, by, on
        self.members = {row.member.pk for row in rows}
        self.targets = {row.target.pk for row in rows}
        self.besides = besides.pk if besides else None
        since = min((row.since for row in rows), default=on)
        self.days = period(since)

    @cached_property
    def seen_members(self):
        seen = Member.objects.visible_to(self.by, on=self.on).filter(pk__in=self.members)
        return set(seen.values_list("pk", flat=True))

    @cached_property
    def paths(self):
        """{target: ids from the root down to it, as the tree stands today}."""
        paths = OrganizationPath.objects.filter(
            organization__in=self.targets, validity__contains=self.on
        )
        return dict(paths.values_list("organization", "ancestors"))

    @cached_property
    def scope(self):
        """The ids of the organizations at hand that the user assigns for."""
        named = self.targets | {pk for path in self.paths.values() for pk in path}
        named |= {row.issuing.issuer_id for row in self.rows if row.issuing}
        scope = self.by.scope_for("assign_work", on=self.on).filter(pk__in=named)
        return set(scope.values_list("pk", flat=True))

    @cached_property
    def lasting_issuers(self):
        issuers = {row.issuing.issuer_id for row in self.rows if row.issuing}
        existing = Organization.objects.filter(pk__in=issuers).valid_on(self.on)
        return set(existing.values_list("pk", flat=True)) if issuers else set()

    @cached_property
    def of_member(self):
        """{member: assignments on one of the days or later}."""
        return self._assignments("member", self.members)

    @cached_property
    def of_target(self):
        return self._assignments("target", self.targets)

    def _assignments(self, field, ids):
        found = Assignment.objects.filter(**{f"{field}__in": ids}).valid_in(self.days)
        by_id = defaultdict(list)
        for each in found.exclude(pk=self.besides).select_related("member", "target"):
            by_id[getattr(each, f"{field}_id")].append(each)
        return by_id

    @cached_property
    def overlapping(self):
        return [other for row in self.rows for other in overlaps(row, self)]

    @cached_property
    def changeable(self):
        """The ids of the overlapping assignments that the user may end."""
        ids = [each.pk for each in self.overlapping]
        if not ids:
            return set()
        found = Assignment.objects.filter(pk__in=ids).changeable_by(self.by, on=self.on)
        return set(found.values_list("pk", flat=True))

    @cached_property
    def reviewed(self):
        """{overlapping assignment: the last year that it is reviewed for}."""
        reviews = Review.objects.filter(assignment__in=[each.pk for each in self.overlapping])
        return dict(reviews.values_list("assignment").annotate(Max("year")).order_by())

    @cached_property
    def statuses(self):
        return self._dated(MemberStatus)

    @cached_property
    def memberships(self):
        return self._dated(Membership)

    def _dated(self, model):
        by_member = defaultdict(list)
        rows = model.objects.filter(member__in=self.members, validity__overlap=self.days)
        for each in rows:
            by_member[each.member_id].append(each)
        return by_member

    @cached_property
    def successors(self):
        """{target: what became of it, as organizations}."""
        found = defaultdict(list)
        for each in Succession.objects.filter(organization__in=self.targets).select_related(
            "successor"
        ):
            found[each.organization_id].append(each.successor)
        return found


def overlaps(row, facts):
    """Assignments of the same cadre to the same target that share a day with the row."""
    return [
        each
        for each in facts.of_member[row.member.pk]
        if each.target_id == row.target.pk and share_a_day(each.validity, row.validity)
    ]


def share_a_day(one, other):
    return (one.upper is None or one.upper > other.lower) and (
        other.upper is None or other.upper > one.lower
    )


def covers(days, day):
    return (days.lower is None or days.lower <= day) and (days.upper is None or day < days.upper)
