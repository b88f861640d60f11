from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint
from branches.models import Organization

from ..choices import SchemeState
from ..querysets.schemes import SchemeQuerySet


class Scheme(models.Model):
    """One version of a rating set (bộ tiêu chí). `definition` is the whole rule set as data,
    in the form of `evaluations/schemes/*.json`; docs/rating-rules.md says what each value does.

    A draft may be changed and tried, and rates nobody. An adopted version is never changed: a
    copy of it becomes the next one. `organization` is the one that made it, None for those that
    come with the software. Docs: docs/rating-sets.md.
    """

    key = models.SlugField(_("key"), max_length=50, db_index=False)
    version = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    definition = models.JSONField(_("definition"))
    state = models.CharField(
        _("state"), max_length=7, choices=SchemeState.choices, default=SchemeState.ADOPTED
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="schemes",
        verbose_name=_("organization"),
    )
    based_on = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        verbose_name=_("made from"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("adopted by"),
    )
    adopted_at = models.DateTimeField(_("adopted at"), null=True, blank=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        ordering = ["first_year", "key", "version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="scheme_version_once"),
            models.CheckConstraint(
                condition=Q(last_year=None) | Q(last_year__gte=models.F("first_year")),
                name="scheme_years_in_order",
            ),
            choice_constraint("state", SchemeState, "scheme_state_known"),
            # Those that come with the software were made and adopted by nobody here.
            models.CheckConstraint(
                condition=Q(organization=None, made_at=None, adopted_at=None, state="adopted")
                | Q(organization__isnull=False, made_at__isnull=False)
                & (
                    Q(state="draft", adopted_at=None) | Q(state="adopted", adopted_at__isnull=False)
                ),
                name="scheme_adoption_known",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("evaluations:scheme", args=[self.pk])

    @property
    def is_draft(self):
        return self.state == SchemeState.DRAFT

    def holds_year(self, year):
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)
