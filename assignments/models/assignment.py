from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import (
    choice_constraint,
    code_constraint,
    code_field,
    no_overlap,
    not_empty,
    year_constraint,
)
from branches.models import Member, Organization

from ..choices import AssignmentRole, Level, VisitsPeriod
from ..querysets.assignments import AssignmentQuerySet, ReviewQuerySet
from .directive import Directive, Team


class Assignment(models.Model):
    """A member assigned to guide a target organization, with the visits due in each period."""

    code = code_field()
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("cadre")
    )
    target = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("target")
    )
    role = models.CharField(_("role"), max_length=11, choices=AssignmentRole.choices)
    directive = models.ForeignKey(
        Directive,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("directive"),
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments",
        verbose_name=_("team"),
    )
    validity = DateRangeField(_("validity"))
    visits_due = models.PositiveSmallIntegerField(_("visits due"), default=1)
    visits_period = models.CharField(
        _("visits period"), max_length=7, choices=VisitsPeriod.choices, default=VisitsPeriod.MONTH
    )
    confirmer = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments_confirmed",
        verbose_name=_("confirming committee"),
        help_text=_("Empty: the nearest grassroots committee at or above the target."),
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            code_constraint("assignment_code_form"),
            choice_constraint("role", AssignmentRole, "assignment_role_known"),
            choice_constraint("visits_period", VisitsPeriod, "assignment_visits_period_known"),
            not_empty("validity", "assignment_validity_not_empty"),
            models.CheckConstraint(
                condition=Q(validity__lower_inf=False), name="assignment_has_a_first_day"
            ),
            models.CheckConstraint(
                condition=Q(visits_due__lte=31),
                name="assignment_visits_due_0_to_31",
                violation_error_message=_("Visits due are from 0 to 31 in each period."),
            ),
            # What a task names, so that its member is the assignment's (foreign key in SQL).
            models.UniqueConstraint(fields=["id", "member"], name="assignment_of_member"),
            no_overlap(
                "member",
                "target",
                name="assignment_once_a_day",
                message=_("This member is already assigned to this target on that day."),
            ),
        ]

    def __str__(self):
        return self.code

    def get_absolute_url(self):
        return reverse("assignments:assignment", args=[self.pk])


class Review(models.Model):
    """What the local committee says of an assigned cadre's year (nhận xét)."""

    assignment = models.ForeignKey(
        Assignment,
        on_delete=models.CASCADE,
        related_name="reviews",
        verbose_name=_("assignment"),
        db_index=False,  # the unique constraint begins with it
    )
    year = models.PositiveSmallIntegerField(_("year"))
    level = models.CharField(_("level"), max_length=9, choices=Level.choices)
    comment = models.TextField(_("comment"), blank=True)
    reviewer = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews_given",
        verbose_name=_("reviewing committee"),
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_constraint("level", Level, "review_level_known"),
            year_constraint("review_year_known"),
            models.UniqueConstraint(fields=["assignment", "year"], name="review_once_a_year"),
        ]

    def __str__(self):
        return f"{self.assignment} {self.year}: {self.get_level_display()}"
