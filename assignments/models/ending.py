from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint

from ..choices import TaskState
from .assignment import Assignment
from .task import Task


class Ending(models.Model):
    """That somebody ended an assignment, why, and who goes on from the next day, if anybody does.

    It keeps what undoing it needs: which last day the assignment had before (None: none).
    """

    assignment = models.ForeignKey(
        Assignment,
        on_delete=models.CASCADE,
        related_name="endings",
        verbose_name=_("assignment"),
        db_index=False,  # the unique constraint begins with it
    )
    successor = models.OneToOneField(
        Assignment,
        on_delete=models.PROTECT,
        null=True,
        related_name="taken_over",
        verbose_name=_("goes on as"),
    )
    last_day = models.DateField(_("last day"))
    planned_last_day = models.DateField(_("last day before"), null=True)
    reason = models.CharField(_("reason"), max_length=500)

    class Meta:
        ordering = ["last_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "last_day"], name="ending_once_a_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="ending_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(successor=models.F("assignment")), name="ending_by_another_assignment"
            ),
        ]

    def __str__(self):
        return f"{self.assignment} {self.last_day}"


class TaskClosing(models.Model):
    """What became of a task in progress when its assignment ended: the new cadre goes on with it as
    another task, or it was closed with a reason. The task itself stays, cancelled."""

    task = models.OneToOneField(
        Task, on_delete=models.CASCADE, related_name="closing", verbose_name=_("task")
    )
    ending = models.ForeignKey(
        Ending, on_delete=models.CASCADE, related_name="closings", verbose_name=_("ending")
    )
    former_state = models.CharField(_("state before"), max_length=11, choices=TaskState.choices)
    successor = models.OneToOneField(
        Task,
        on_delete=models.PROTECT,
        null=True,
        related_name="continues",
        verbose_name=_("goes on as"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            choice_constraint("former_state", TaskState, "task_closing_state_known"),
            models.CheckConstraint(
                condition=Q(successor__isnull=False) | ~Q(reason=""),
                name="task_closing_goes_on_or_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(successor=models.F("task")), name="task_closing_by_another_task"
            ),
        ]

    def __str__(self):
        return f"{self.task}: {self.reason}" if self.reason else str(self.task)
