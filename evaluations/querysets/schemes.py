"""Which rating sets."""

from django.apps import apps
from django.db import models
from django.db.models import Q


def _visible(model, user, on):
    """The ids of the sets of those cycles or roll-ups that the user sees."""
    rows = apps.get_model("evaluations", model).objects
    return rows.visible_to(user, on=on).order_by().values("scheme")


class SchemeQuerySet(models.QuerySet):
    def adopted(self):
        """Those that roll-ups and cycles may use."""
        return self.filter(state="adopted")

    def newest(self):
        """The newest adopted version of each key."""
        return self.adopted().order_by("key", "-version").distinct("key")

    def for_year(self, year):
        """The newest version of the scheme whose years hold `year`, of those that come with the
        software; before the first, the first. What organizations adopt, their cycles name.

        Raises Scheme.DoesNotExist when no scheme is loaded.
        """
        central = self.filter(organization=None)
        fitting = central.filter(
            Q(first_year__lte=year) & (Q(last_year=None) | Q(last_year__gte=year))
        ).order_by("-first_year", "-version")
        return fitting.first() or central.order_by("first_year", "-version")[:1].get()

    def offered_to(self, organizations):
        """The newest adopted versions for an organization: those that come with the software, and
        those of `organizations`, itself and those above it."""
        own = Q(organization=None) | Q(organization__in=[each.pk for each in organizations])
        return self.filter(pk__in=self.filter(own).newest().values("pk"))

    def concerning(self, above, below):
        """Those that come with the software, and those of organizations above and below one."""
        ids = [each.pk for each in above]
        return self.filter(
            Q(organization=None) | Q(organization__in=ids) | Q(organization__in=below)
        )

    def visible_to(self, user, *, on):
        """Those that come with the software; those of organizations whose ratings the user may
        see on the day; and those by which they and the user's own member are rated."""
        scope = user.scope_for("see_ratings", on=on).values("pk")
        used = self.model.objects.filter(self.used_and_visible(user, on=on), state="adopted")
        rates = Q(pk__in=used.order_by().values("pk"))
        return self.filter(Q(organization=None) | Q(organization__in=scope) | rates)

    def used_and_visible(self, user, *, on):
        """The condition of those by which the user and what they see is rated."""
        return Q(pk__in=_visible("Cycle", user, on)) | Q(pk__in=_visible("RollUp", user, on))

    def editable_by(self, user, *, on):
        """Drafts of organizations whose rating sets the user may edit on the day."""
        scope = user.scope_for("edit_schemes", on=on).values("pk")
        return self.filter(state="draft", organization__in=scope)
