from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..choices import ReorganizationKind
from ..fields import choice_constraint
from ..querysets import ReorganizationQuerySet


class Reorganization(models.Model):
    """One change of the tree, with everything that was changed along with it.

    `on` is the first day on which things stand as decided. `changes` is a list of
    {"table", "id", "before", "after"}, whole rows as the database writes them as JSON, None for
    a row that was not there: what is shown of it. Its rows hold no names of people. `entries` are
    the ids of the entries of the audit trail that it left: what an undo plays backwards.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=ReorganizationKind.choices)
    on = models.DateField(_("from"))
    what = models.TextField(_("what"))
    decision = models.CharField(_("decision number"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    organization_ids = ArrayField(models.BigIntegerField(), editable=False)
    changes = models.JSONField(encoder=DjangoJSONEncoder, editable=False)
    entries = ArrayField(models.BigIntegerField(), default=list, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    done_at = models.DateTimeField(_("at"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undo_reason = models.CharField(_("reason for undoing"), max_length=500, blank=True)

    objects = ReorganizationQuerySet.as_manager()

    class Meta:
        ordering = ["-done_at", "-pk"]
        constraints = [
            choice_constraint("kind", ReorganizationKind, "reorganization_kind_known"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="reorganization_has_a_reason",
                violation_error_message=_("A reorganization has a reason."),
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undo_reason="")
                | (Q(undone_at__isnull=False) & ~Q(undo_reason="")),
                name="reorganization_undone_with_reason",
                violation_error_message=_("An undo has a time and a reason."),
            ),
        ]
        indexes = [
            GinIndex(fields=["organization_ids"], name="reorganization_touched"),
            models.Index(fields=["-done_at", "-id"], name="reorganization_latest"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.what}"
