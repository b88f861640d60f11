"""Which savings of many assignments, as far as a user may see them."""

from django.db import models
from django.db.models import Q


class AssigningQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """One's own, and those saved for the organizations that the user assigns for today."""
        scope = user.scope_for("assign_work", on=on).values("pk")
        return self.filter(Q(by=user) | Q(organization__in=scope))
