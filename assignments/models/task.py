from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, code_constraint, code_field, year_constraint
from branches.models import Member, Organization

from ..choices import Outcome, TaskState
from ..querysets.tasks import TaskQuerySet
from .assignment import Assignment


class Task(models.Model):
    """A piece of work of one member in one year: registered by a cadre under an assignment, or
    given by a branch to its member (no assignment)."""

    code = code_field()
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("member")
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="tasks", verbose_name=_("where")
    )
    assignment = models.ForeignKey(
        Assignment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("assignment"),
        # The database has the stronger one: (assignment, member) as a pair.
        db_constraint=False,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=500)
    category = models.CharField(_("category"), max_length=200, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=12, decimal_places=4, default=1)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=11, choices=TaskState.choices)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    quantity = models.DecimalField(
        _("target quantity"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    actual = models.DecimalField(
        _("actual quantity"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=50, blank=True)
    confirmed_by = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks_confirmed",
        verbose_name=_("confirmed by"),
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            code_constraint("task_code_form"),
            choice_constraint("state", TaskState, "task_state_known"),
            year_constraint("task_year_known"),
            models.CheckConstraint(
                condition=Q(weight__gt=0),
                name="task_weight_positive",
                violation_error_message=_("A weight is more than 0."),
            ),
            models.CheckConstraint(
                condition=(Q(state="confirmed") & Q(outcome__in=Outcome.values))
                | (~Q(state="confirmed") & Q(outcome="")),
                name="task_outcome_when_confirmed",
                violation_error_message=_("A task has an outcome exactly when it is confirmed."),
            ),
        ]
        indexes = [models.Index(fields=["year", "state"], name="task_year_state")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("assignments:task", args=[self.pk])
