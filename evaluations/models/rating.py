from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import PersonClass
from branches.models import Member, Organization

from ..choices import NotRatedReason
from ..querysets import RatingQuerySet
from .rollup import RollUp


def _count(label):
    return models.PositiveIntegerField(label)


def _points(label):
    return models.DecimalField(label, max_digits=6, decimal_places=2, null=True)


def _quantity(label):
    """A numerator or denominator, kept exact: weights and credits have up to 4 places each."""
    return models.DecimalField(label, max_digits=24, decimal_places=8)


class Rating(models.Model):
    """What one roll-up suggests for one member, with every fact that it was computed from.

    Written only by `evaluations/sql`. Points and score are null when a criterion does not apply
    or the member is not rated. The pairs `…_n`, `…_d` are numerator and denominator of a
    criterion where the counts beside them do not give it already.
    """

    roll_up = models.ForeignKey(
        RollUp, on_delete=models.CASCADE, related_name="ratings", db_index=False
    )
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="ratings")
    branch = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    unit = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person_class = models.CharField(_("person class"), max_length=7, choices=PersonClass.choices)
    rated = models.BooleanField(_("rated"))
    not_rated_reason = models.CharField(
        _("reason for not being rated"), max_length=10, choices=NotRatedReason.choices, blank=True
    )

    held = _count(_("meetings required"))
    present = _count(_("present"))
    excused = _count(_("absent with reason"))
    unexcused = _count(_("absent without reason"))
    unrecorded = _count(_("not recorded"))
    missed_months = _count(_("months missed"))
    duty_required = _count(_("visits due"))
    duty_credited = _count(_("visits made"))
    tasks_total = _count(_("tasks"))
    tasks_exceeded = _count(_("tasks exceeded"))
    tasks_met = _count(_("tasks met"))
    tasks_late = _count(_("tasks late"))
    tasks_unmet = _count(_("tasks not met"))
    tasks_pending = _count(_("tasks waiting for confirmation"))
    disciplines = _count(_("disciplines"))

    conduct_n = _quantity(_("conduct left"))
    attendance_n = _quantity(_("attendance credited"))
    tasks_n = _quantity(_("task weight credited"))
    tasks_d = _quantity(_("task weight"))
    review_n = _quantity(_("review credited"))
    review_d = _quantity(_("reviews"))

    points_conduct = _points(_("points for conduct"))
    points_attendance = _points(_("points for attendance"))
    points_tasks = _points(_("points for tasks"))
    points_duty = _points(_("points for duty visits"))
    points_review = _points(_("points for the review"))
    score = _points(_("score"))
    level = models.CharField(_("level"), max_length=9, choices=Level.choices, blank=True)
    capped = models.BooleanField(_("capped"))
    suggested_level = models.CharField(
        _("suggested level"), max_length=9, choices=Level.choices, blank=True
    )
    needs_decision = models.BooleanField(_("needs a decision"))

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roll_up", "member"], name="rating_once_a_roll_up"),
        ]
        indexes = [
            models.Index(fields=["roll_up", "unit"], name="rating_of_unit"),
        ]

    def __str__(self):
        return f"{self.member} {self.roll_up.year}"

    def get_absolute_url(self):
        return reverse("evaluations:rating", args=[self.pk])
