"""Which organizations in a cycle, and which rating set rates them."""

from django.apps import apps
from django.db import models
from django.db.models import Q

from .schemes import SchemeQuerySet


class OrganizationSchemeQuerySet(SchemeQuerySet):
    def used_and_visible(self, user, *, on):
        """Those by which a cycle that the user sees rates its organizations."""
        cycles = apps.get_model("evaluations", "Cycle").objects.visible_to(user, on=on)
        return Q(rounds__cycle__in=cycles.order_by().values("pk"))


class OrganizationAppraisalQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Those of organizations of which the user may see ratings on the day."""
        return self.filter(organization__in=user.scope_for("see_ratings", on=on).values("pk"))

    def decided_by(self, user, *, on):
        """Those on which the user may decide on the day: not the organization's own leader, but
        that of the competent committee."""
        return self.filter(committee__in=user.scope_for("decide_ratings", on=on).values("pk"))

    def with_organizations(self):
        return self.select_related(
            "cycle", "organization", "committee", "cap_organization", "decision"
        )

    def decided(self):
        return self.exclude(decision=None).exclude(decision__level="")

    def open(self):
        """Those that wait for their decision: neither decided nor known as not rated."""
        undecided = Q(decision=None) | Q(decision__level="")
        return self.filter(undecided).exclude(rated=False)

    def below(self, appraisal):
        """Those of organizations below that of the appraisal, in its cycle."""
        rows = self.filter(cycle=appraisal.cycle_id)
        return rows.filter(above__contains=[appraisal.organization_id]).exclude(pk=appraisal.pk)
