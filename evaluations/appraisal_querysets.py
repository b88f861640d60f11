"""Which appraisals: the ways of members through a cycle."""

from django.db import models
from django.db.models import Q


class AppraisalQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Those in branches of which the user may see ratings on the day, and one's own."""
        scope = user.scope_for("see_ratings", on=on).values("pk")
        own = Q(member=user.member_id) if user.member_id else Q(pk=None)
        return self.filter(Q(cycle_branch__branch__in=scope) | own)

    def with_people(self):
        return self.select_related("member", "cycle", "cycle_branch__branch", "decision")
