"""Which cycles, and which of their branches."""

from django.db import models


class CycleQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Cycles that hold a branch of which the user may see ratings on the day, and those that
        the user's own member is in."""
        scope = user.scope_for("see_ratings", on=on).values("pk")
        own = models.Q(appraisals__member=user.member_id) if user.member_id else models.Q(pk=None)
        seen = self.model.objects.filter(
            models.Q(organization__in=scope) | models.Q(branches__branch__in=scope) | own
        )
        return self.filter(pk__in=seen.values("pk"))

    def open(self):
        return self.filter(locked_at=None)


class CycleBranchQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Branches of which the user may see ratings on the day."""
        return self.filter(branch__in=user.scope_for("see_ratings", on=on).values("pk"))
