"""Which rows: the party organization as of a day, and as far as a user may see it.

`on` is always a date. `visible_to(user, on=…)` asks the user for the organizations answered
for (`user.scope(on=…)`, a queryset of organizations) and so needs nothing of accounts.
"""

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from .fields import SearchKey, SortKey
from .periods import period


class SearchQuerySet(models.QuerySet):
    """Search in a name without case or diacritics, or by the beginning of a code."""

    search_field = "name"

    def search(self, text):
        """Rows whose name contains every word of `text`, or whose code begins with it."""
        return self._search(text, Q(code__istartswith=text.strip()))

    def _search(self, text, also):
        if not text.split():
            return self
        queryset = self.alias(search_key=SearchKey(self.search_field))
        return queryset.filter(_holds_words(text) | also)


def _holds_words(text):
    """The condition that the alias search_key holds every word of the text."""
    found = Q()
    for word in text.split():
        # LIKE with an escaped constant: the trigram index serves it.
        found &= Q(search_key__contains=SearchKey(Value(word)))
    return found


class DatedQuerySet(models.QuerySet):
    """Rows with a `validity`."""

    def valid_on(self, on):
        return self.filter(validity__contains=on)

    def told(self, *, on, today):
        """Those that a page of the day `on` tells of: on a past day none that began later, which
        nobody knew of yet; today and on days to come also the planned ones."""
        return self.exclude(validity__fully_gt=period(on, on)) if on < today else self


def opened_to(user, action, *, on, member="pk"):
    """The condition, on rows whose member is in the column `member`, that the user may see of the
    member on the day what `action` (a key of accounts.rules) opens."""
    membership = apps.get_model("branches", "Membership").objects.filter(
        member=OuterRef(member),
        validity__contains=on,
        branch__in=user.scope_for(action, on=on).values("pk"),
    )
    return Q(Exists(membership)) | Q(**{member: user.member_id})


class OrganizationQuerySet(SearchQuerySet, DatedQuerySet):
    def named(self, text, *, on):
        """Search as of a day: rows with the facts of `on()`, by the name that they bore on it."""
        earlier = self._earlier(on).alias(search_key=SearchKey("name"))
        renamed = Exists(self._earlier(on).filter(organization=OuterRef("pk")))
        found = self.on(on).alias(search_key=SearchKey("name"))
        if words := _holds_words(text):
            found = found.filter(
                (words & ~Q(renamed))
                | Q(pk__in=earlier.filter(words).values("organization"))
                | Q(code__istartswith=text.strip())
            )
        return found.order_by(SortKey("name_on"), "code")

    def below(self, *organizations, on):
        """Those at or below any of `organizations` (rows or ids) in the tree as of `on`.

        Ended organizations are included where they stood last; add `valid_on()` for the
        tree that existed on that day.
        """
        return self._below([getattr(each, "pk", each) for each in organizations], on)

    def below_any(self, organizations, *, on):
        """Like `below()`, for a queryset of one column of ids: it stays one query."""
        return self._below(ArraySubquery(organizations), on)

    def _below(self, ids, on):
        paths = self._paths().filter(validity__contains=on, ancestors__overlap=ids)
        return self.filter(pk__in=paths.values("organization"))

    def above(self, organization, *, on):
        """The organization and those above it as of `on`, root first, with the facts of `on()`."""
        return list(self.way_to(organization, on=on))

    def way_to(self, organization, *, on):
        """Like `above()`, of a row or an id, as a queryset."""
        path = self._paths().filter(
            organization=getattr(organization, "pk", organization), validity__contains=on
        )
        above = Func("ancestors", function="unnest", output_field=models.BigIntegerField())
        depth = Func(
            Subquery(path.values("ancestors")),
            F("pk"),
            function="array_position",
            output_field=models.IntegerField(),
        )
        return self.on(on).filter(pk__in=path.values(up=above)).order_by(depth)

    def children_of(self, organization, *, on):
        """Those that stand directly under `organization` on the day and exist on it."""
        return self.valid_on(on).filter(
            placements__parent=organization, placements__validity__contains=on
        )

    def roots(self, *, on):
        """Those that exist on the day and stand alone on it."""
        placements = apps.get_model("branches", "Placement").objects
        placed = placements.filter(organization=OuterRef("pk"), validity__contains=on)
        return self.valid_on(on).exclude(Exists(placed))

    def on(self, on):
        """Annotate name_on, kind_on and grassroots_on: the facts as of the day."""
        earlier = self._earlier(on).filter(organization=OuterRef("pk"))
        return self.annotate(
            **{
                f"{fact}_on": Coalesce(Subquery(earlier.values(fact)[:1]), F(fact))
                for fact in ("name", "kind", "grassroots")
            }
        )

    def _earlier(self, on):
        """What organizations were called on the day, of those called otherwise now."""
        return apps.get_model("branches", "EarlierOrganization").objects.filter(
            validity__contains=on
        )

    def visible_to(self, user, *, on):
        """Those that the user answers for on the day."""
        return self.filter(pk__in=user.scope(on=on).values("pk"))

    def _paths(self):
        return apps.get_model("branches", "OrganizationPath").objects


class MemberQuerySet(SearchQuerySet):
    search_field = "full_name"

    def search(self, text, *, by=None, on=None):
        """Rows whose name contains every word of `text`; for a user `by` who may see it on the
        day, also those whose party card begins with it: a masked number finds nobody."""
        if by is None:
            return self._search(text, Q())
        opened = opened_to(by, "see_card_number", on=on)
        return self._search(text, Q(code__istartswith=text.strip()) & opened)

    def in_branches(self, branches, *, on):
        """Those who on the day belong to one of `branches` (a queryset of organizations)."""
        return self._on_day(on).filter(
            memberships__branch__in=branches.values("pk"), memberships__validity__contains=on
        )

    def in_organization(self, organization, *, on):
        """Those who on the day belong to a branch at or below `organization` that exists."""
        organizations = apps.get_model("branches", "Organization").objects
        return self.in_branches(organizations.below(organization, on=on).valid_on(on), on=on)

    def _on_day(self, on):
        return self.filter(Q(left_on=None) | Q(left_on__gt=on))

    def with_status(self, *statuses, on):
        return self.filter(
            Exists(
                apps.get_model("branches", "MemberStatus").objects.filter(
                    member=OuterRef("pk"), status__in=statuses, validity__contains=on
                )
            )
        )

    def with_branch(self, *, on):
        """Annotate branch_id_on, branch_code_on and branch_name_on: the branch of the day, if any,
        as it was called on it."""
        membership = apps.get_model("branches", "Membership").objects.filter(
            member=OuterRef("pk"), validity__contains=on
        )
        earlier = apps.get_model("branches", "EarlierOrganization").objects.filter(
            organization=OuterRef("branch"), validity__contains=on
        )
        name = Coalesce(Subquery(earlier.values("name")[:1]), F("branch__name"))
        return self.annotate(
            branch_id_on=Subquery(membership.values("branch")[:1]),
            branch_code_on=Subquery(membership.values("branch__code")[:1]),
            branch_name_on=Subquery(membership.values(called=name)[:1]),
        )

    def with_class(self, *, on):
        """Annotate person_class_on: the person class as of the day."""
        earlier = apps.get_model("branches", "EarlierPersonClass").objects.filter(
            member=OuterRef("pk"), validity__contains=on
        )
        return self.annotate(
            person_class_on=Coalesce(Subquery(earlier.values("person_class")[:1]), "person_class")
        )

    def visible_to(self, user, *, on):
        """Members of the branches that the user answers for on the day, also those who left
        from there, and the user's own record."""
        membership = apps.get_model("branches", "Membership").objects.filter(
            member=OuterRef("pk"),
            validity__contains=on,
            branch__in=user.scope_for("see_members", on=on).values("pk"),
        )
        return self.filter(Exists(membership) | Q(pk=user.member_id))


class ReorganizationQuerySet(models.QuerySet):
    def within(self, organizations):
        """Those that touched none but these (a queryset of organizations)."""
        return self.filter(organization_ids__contained_by=ArraySubquery(organizations.values("pk")))

    def visible_to(self, user, *, on):
        return self.within(user.scope_for("see_organization", on=on))


class MeetingQuerySet(models.QuerySet):
    def held_in(self, days):
        """Meetings held on one of `days` (a period)."""
        queryset = self
        if days.lower:
            queryset = queryset.filter(held_on__gte=days.lower)
        if days.upper:
            queryset = queryset.filter(held_on__lt=days.upper)
        return queryset

    def of_branches(self, branches):
        return self.filter(branch__in=branches.values("pk"))

    def visible_to(self, user, *, on):
        """Meetings of the branches answered for, and those where the user is on the roster."""
        roster = apps.get_model("branches", "Attendance").objects.filter(
            meeting=OuterRef("pk"), member=user.member_id
        )
        return self.filter(
            Q(branch__in=user.scope_for("see_members", on=on).values("pk"))
            | Exists(roster)
            | Q(branch__in=user.own_branches(on=on).values("pk"))
        )


class MeetingPlanQuerySet(models.QuerySet):
    def planned_in(self, days):
        """Plans for one of `days` (a closed period)."""
        return self.filter(planned_on__gte=days.lower, planned_on__lt=days.upper)

    def of_branches(self, branches):
        return self.filter(branch__in=branches.values("pk"))

    def of_existing_branches(self):
        """Without those for days on which their organization does not exist, or is no branch."""
        earlier = apps.get_model("branches", "EarlierOrganization").objects.filter(
            organization=OuterRef("branch"), validity__contains=OuterRef("planned_on")
        )
        kind = Coalesce(Subquery(earlier.values("kind")[:1]), F("branch__kind"))
        plans = self.filter(branch__validity__contains=F("planned_on"))
        return plans.alias(kind_on=kind).filter(kind_on="branch")

    def visible_to(self, user, *, on, branches=None):
        """Plans of the branches answered for, of the user's own branch of today or of the planned
        day, and of `branches` (a queryset of organizations): those that the user is assigned to,
        which a later room knows."""
        then = apps.get_model("branches", "Membership").objects.filter(
            member=user.member_id,
            branch=OuterRef("branch"),
            validity__contains=OuterRef("planned_on"),
        )
        seen = (
            Q(branch__in=user.scope_for("see_members", on=on).values("pk"))
            | Q(branch__in=user.own_branches(on=on).values("pk"))
            | Exists(then)
        )
        return self.filter(seen if branches is None else seen | Q(branch__in=branches.values("pk")))


class CheckInQuerySet(models.QuerySet):
    def of_meeting(self, meeting):
        """Those at a meeting, and at what it was while it was planned."""
        return self.filter(Q(meeting=meeting) | Q(plan__meeting=meeting))


class AttendanceQuerySet(models.QuerySet):
    def visits(self):
        """Confirmed presence of assigned cadres: what counts as a duty visit."""
        return self.filter(capacity="assigned", status="present", confirmed=True)
