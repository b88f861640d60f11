from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..querysets import SchemeQuerySet


class Scheme(models.Model):
    """One version of a rating set (bộ tiêu chí). `definition` is the whole rule set as data,
    in the form of `evaluations/schemes/*.json`; docs/rating-rules.md says what each value does.
    A version that a roll-up used is never edited: a change makes the next version."""

    key = models.SlugField(_("key"), max_length=50, db_index=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    definition = models.JSONField(_("definition"))

    objects = SchemeQuerySet.as_manager()

    class Meta:
        ordering = ["first_year", "key", "version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="scheme_version_once"),
            models.CheckConstraint(
                condition=Q(last_year=None) | Q(last_year__gte=models.F("first_year")),
                name="scheme_years_in_order",
            ),
        ]

    def __str__(self):
        return self.name
