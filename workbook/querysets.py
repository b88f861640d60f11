"""Which imports, and which remembered headings."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from .choices import UNDER_WAY


class ImportQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Imports for organizations for which the user may import today."""
        scope = user.scope_for("import_workbook", on=on)
        return self.filter(organization__in=scope.values("pk"))

    def under_way(self):
        return self.filter(state__in=UNDER_WAY)

    def with_people(self):
        """With what pages show; a file's content stays where it is until somebody asks for it."""
        related = self.select_related("organization", "by", "undone_by", "file__stored_by")
        return related.defer("file__content")


class ImportJobQuerySet(models.QuerySet):
    def waiting(self):
        """Jobs with something to do that nobody holds a lease of."""
        free = Q(leased_until=None) | Q(leased_until__lt=Now())
        return self.filter(free, upload__state__in=UNDER_WAY)

    def held(self):
        """Jobs that somebody works on."""
        return self.filter(leased_until__gte=Now(), upload__state__in=UNDER_WAY)


class ImportLineQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("row", "pk")


class HeadingAliasQuerySet(models.QuerySet):
    def visible_to(self, user, *, on):
        """Those of organizations for which the user may import, and of the whole installation."""
        scope = user.scope_for("import_workbook", on=on)
        return self.filter(Q(organization=None) | Q(organization__in=scope.values("pk")))

    def applying_to(self, organizations):
        """Those of the whole installation and of the organizations, by table and heading."""
        applying = self.filter(Q(organization=None) | Q(organization__in=organizations))
        return applying.order_by("table", "heading", "pk")
