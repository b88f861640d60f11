from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assignments.models import Assignment, Review, Task
from branches.fields import choice_constraint, year_constraint
from branches.models import Meeting, Member, Organization

from ..choices import Answer, Criterion
from ..querysets.ratings import ObjectionQuerySet
from .facts import Deduction

# Each criterion has lines of one kind: the column that names them.
LINES = {
    Criterion.ATTENDANCE: "meeting",
    Criterion.DUTY: "assignment",
    Criterion.TASKS: "task",
    Criterion.REVIEW: "review",
    Criterion.CONDUCT: "deduction",
}


def _to_one_line():
    found = Q()
    for criterion, column in LINES.items():
        others = {other: None for other in LINES.values() if other != column}
        found |= Q(criterion=criterion, **{f"{column}__isnull": False}, **others)
    return found


def _line(to, label):
    return models.ForeignKey(
        to, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class Objection(models.Model):
    """A member's objection to one line of their record of a year, and what was answered.

    The line is a meeting (attendance), an assignment (visits made there), a task, a review or a
    deduction. `body` answers: the branch for what it records itself, else the committee that
    confirms. The rows objected to are put right where they are entered, never here.
    """

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="objections", verbose_name=_("member")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    criterion = models.CharField(_("criterion"), max_length=10, choices=Criterion.choices)
    meeting = _line(Meeting, _("meeting"))
    assignment = _line(Assignment, _("assignment"))
    task = _line(Task, _("task"))
    review = _line(Review, _("review"))
    deduction = _line(Deduction, _("deduction"))
    body = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="objections",
        verbose_name=_("who answers"),
    )
    text = models.CharField(_("what is not right"), max_length=2000)
    raised_at = models.DateTimeField(_("raised at"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=Answer.choices, blank=True)
    answer = models.CharField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            choice_constraint("criterion", Criterion, "objection_criterion_known"),
            year_constraint("objection_year_known"),
            models.CheckConstraint(condition=~Q(text=""), name="objection_says_something"),
            models.CheckConstraint(condition=_to_one_line(), name="objection_to_one_line"),
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None, answered_by=None)
                | (
                    Q(outcome__in=Answer.values, answered_at__isnull=False)
                    & Q(answered_by__isnull=False, withdrawn_at=None)
                    & ~Q(answer="")
                ),
                name="objection_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["member", "year", "meeting", "assignment", "task", "review", "deduction"],
                condition=Q(answered_at=None, withdrawn_at=None),
                nulls_distinct=False,
                name="objection_once_to_a_line",
                violation_error_message=_("You have objected to this already: see the answer."),
            ),
        ]
        indexes = [
            models.Index(
                F("body"),
                name="objection_open",
                condition=Q(answered_at=None, withdrawn_at=None),
            ),
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("evaluations:objection", args=[self.pk])

    @property
    def line(self):
        """The row that is objected to."""
        return self.meeting or self.assignment or self.task or self.review or self.deduction

    @property
    def is_open(self):
        return self.answered_at is None and self.withdrawn_at is None
