from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint
from branches.models import Organization, StoredFile

from ..choices import Outcome, TaskStepKind
from .task import Task


class TaskStep(models.Model):
    """One step of a task on its way: who did what when, and said what about it. Steps are only
    added, so that a report stays as it was made when a later one says something else."""

    task = models.ForeignKey(
        Task,
        on_delete=models.CASCADE,
        related_name="steps",
        verbose_name=_("task"),
        db_index=False,  # the index below begins with it
    )
    kind = models.CharField(_("what was done"), max_length=10, choices=TaskStepKind.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    committee = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("for the committee"),
    )
    actual = models.DecimalField(
        _("quantity reached"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    text = models.CharField(_("comment or reason"), max_length=2000, blank=True)
    # {name of a field: [before, after]}, as texts, where something registered was changed.
    changes = models.JSONField(_("changes"), default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            choice_constraint("kind", TaskStepKind, "task_step_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind="confirmed") & Q(outcome__in=Outcome.values))
                | (~Q(kind="confirmed") & Q(outcome="")),
                name="task_step_outcome_when_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["returned", "cancelled", "reopened"]) | ~Q(text=""),
                name="task_step_back_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["task", "at"], name="task_step_in_order")]

    def __str__(self):
        return f"{self.task} {self.kind}"


class TaskEvidence(models.Model):
    """A photo or document sent with a report of a task: downloaded by who sees the task."""

    step = models.ForeignKey(
        TaskStep, on_delete=models.CASCADE, related_name="evidence", verbose_name=_("report")
    )
    file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return str(self.file)
