from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.models import Organization

from ..querysets import HeadingAliasQuerySet


class HeadingAlias(models.Model):
    """What a heading means that the workbook does not know: said once, applied ever after.

    Of one organization and all below it, or of the whole installation (`organization` is None).
    `table` is the table in which the heading stands, empty for the name of a sheet; `means` is the
    column, or for the name of a sheet the table; empty: it is left out.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("organization"),
    )
    table = models.CharField(_("table"), max_length=63, blank=True)
    heading = models.CharField(_("heading"), max_length=255)
    folded = models.CharField(max_length=255, editable=False)
    means = models.CharField(_("means"), max_length=63, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("said by"),
    )
    at = models.DateTimeField(_("said at"))

    objects = HeadingAliasQuerySet.as_manager()

    class Meta:
        ordering = ["table", "heading", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "table", "folded"],
                nulls_distinct=False,
                name="heading_means_one_thing",
            ),
            models.CheckConstraint(condition=~Q(folded=""), name="heading_has_letters"),
        ]

    def __str__(self):
        return self.heading
