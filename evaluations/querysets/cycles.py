"""Which cycles, and which of their branches."""

from django.apps import apps
from django.db import models


def _rows(model):
    return apps.get_model("evaluations", model).objects


class CycleQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Cycles that hold a branch of which the user may see ratings on the day, and those that
        the user's own member is in."""
        scope = user.scope_for("see_ratings", on=on).values("pk")
        # Looked up apart: joined to both, a cycle would have a row for each branch and member.
        branches = _rows("CycleBranch").filter(branch__in=scope)
        seen = models.Q(organization__in=scope) | models.Q(pk__in=branches.values("cycle"))
        if user.member_id:
            own = _rows("Appraisal").filter(member=user.member_id)
            seen |= models.Q(pk__in=own.values("cycle"))
        return self.filter(seen)

    def open(self):
        return self.filter(locked_at=None)

    def holding(self, organization, *, year, on):
        """The one of the year that an organization (a row or an id) is in, as the tree stood on
        the day: opened for it or for one above it."""
        path = apps.get_model("branches", "OrganizationPath").objects.filter(
            organization=getattr(organization, "pk", organization), validity__contains=on
        )
        above = models.Func("ancestors", function="unnest", output_field=models.BigIntegerField())
        return self.filter(year=year, organization__in=path.values(above=above))


class CycleBranchQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Branches of which the user may see ratings on the day."""
        return self.filter(branch__in=user.scope_for("see_ratings", on=on).values("pk"))

    def below(self, cycle, organization):
        """Those of the cycle at or below the organization, as the tree stood at its cut-off."""
        below = apps.get_model("branches", "Organization").objects.below(
            organization, on=cycle.cut_off
        )
        return self.filter(cycle=cycle, branch__in=below.values("pk"))
