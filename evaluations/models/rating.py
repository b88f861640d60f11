from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.choices import PersonClass
from branches.models import Member, Organization

from ..choices import NotRatedReason
from ..querysets.ratings import RatingQuerySet
from .rollup import RollUp

# The columns of what a roll-up counted of a member, and of the points that this gives.
FOUND = (
    "held",
    "present",
    "excused",
    "unexcused",
    "unrecorded",
    "missed_months",
    "duty_required",
    "duty_credited",
    "tasks_total",
    "tasks_exceeded",
    "tasks_met",
    "tasks_late",
    "tasks_unmet",
    "tasks_pending",
    "disciplines",
    "points_conduct",
    "points_attendance",
    "points_tasks",
    "points_duty",
    "points_review",
)


def _count(label):
    return models.SmallIntegerField(label)


def _points(label):
    return models.DecimalField(label, max_digits=6, decimal_places=2, null=True)


def _reference(to, on_delete, related_name="+"):
    """A foreign key that the database does not check: only the roll-up writes ratings, from rows
    that it has just read, and four checks a row would take longer than the rating itself."""
    return models.ForeignKey(
        to, on_delete=on_delete, related_name=related_name, db_constraint=False, db_index=False
    )


class Rating(models.Model):
    """What one roll-up suggests for one member, with the counts that it was computed from.

    Written only by `evaluations/sql`. Points and score are null when a criterion does not apply
    or the member is not rated; the level is then "".
    """

    roll_up = _reference(RollUp, models.CASCADE, "ratings")
    member = _reference(Member, models.PROTECT, "ratings")
    branch = _reference(Organization, models.PROTECT)
    unit = _reference(Organization, models.PROTECT)
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
            # In this order, for the ratings of one member over the years.
            models.UniqueConstraint(fields=["member", "roll_up"], name="rating_once_a_roll_up"),
        ]
        indexes = [
            models.Index(fields=["roll_up", "unit"], name="rating_of_unit"),
        ]

    def __str__(self):
        return f"{self.member} {self.roll_up.year}"

    def get_absolute_url(self):
        return reverse("evaluations:rating", args=[self.pk])
