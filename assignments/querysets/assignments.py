from django.db import models
from django.db.models import Q

from branches.models import Membership
from branches.querysets import DatedQuerySet

from ..assigning.changing import IssuedQuerySet


class AssignmentQuerySet(IssuedQuerySet, DatedQuerySet):
    def valid_in(self, days):
        """Assignments valid on some day of `days` (a period)."""
        return self.filter(validity__overlap=days)

    def of_targets(self, organizations):
        return self.filter(target__in=organizations.values("pk"))

    def with_people(self):
        return self.select_related("member", "target", "directive")

    def visible_to(self, user, *, on):
        """Assignments to or of somebody in the organizations answered for, and one's own."""
        scope = user.scope_for("see_assignments", on=on).values("pk")
        return self.filter(
            Q(target__in=scope)
            | Q(
                member__in=Membership.objects.valid_on(on).filter(branch__in=scope).values("member")
            )
            | Q(member=user.member_id)
        )


class ReviewQuerySet(models.QuerySet):
    def of_year(self, year):
        return self.filter(year=year)


class IndicatorQuerySet(models.QuerySet):
    def of_year(self, year):
        return self.filter(year=year)
