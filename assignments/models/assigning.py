from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.models import Organization

from ..querysets.assigning import AssigningQuerySet
from .assignment import Assignment


class Assigning(models.Model):
    """One save of many assignments, which can be undone as a whole.

    `token` is the mark of the page that sent it: the same page sent twice saves once.
    """

    token = models.UUIDField(unique=True)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organization"),  # the one that was acted for
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), db_default=Now())
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )

    objects = AssigningQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="assigning_undone_by_somebody",
            )
        ]

    def __str__(self):
        return str(self.token)

    def get_absolute_url(self):
        return reverse("assignments:assigned", args=[self.pk])


class AssigningRow(models.Model):
    """An assignment that an assigning made, or one that it ended, with the validity of before.

    `mark` is the mark (branches.editing.mark_of) of the assignment as it was left: as long as it
    fits, nobody has changed it since.
    """

    assigning = models.ForeignKey(Assigning, on_delete=models.CASCADE, related_name="rows")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="+")
    ended_from = DateRangeField(_("validity before"), null=True)
    mark = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assigning", "assignment"], name="assigning_row_once")
        ]

    def __str__(self):
        return f"{self.assigning} {self.assignment_id}"
