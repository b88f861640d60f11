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

from ..choices import AssignmentRole, DirectiveKind, Level, VisitsPeriod
from ..querysets import AssignmentQuerySet, DirectiveQuerySet, ReviewQuerySet


class Directive(models.Model):
    """A document under which people are assigned; numbers begin again each term."""

    number = models.CharField(_("number"), max_length=100)
    issuer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="directives", verbose_name=_("issuer")
    )
    issued_on = models.DateField(_("issued on"))
    kind = models.CharField(_("kind"), max_length=10, choices=DirectiveKind.choices)
    title = models.CharField(_("title"), max_length=500)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = DirectiveQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "number"]
        constraints = [
            choice_constraint("kind", DirectiveKind, "directive_kind_known"),
            models.CheckConstraint(condition=~Q(number=""), name="directive_has_a_number"),
            models.UniqueConstraint(
                fields=["issuer", "number", "issued_on"], name="directive_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("issued_on")),
                name="directive_ends_after_issue",
                violation_error_message=_("The last day is before the first day."),
            ),
        ]

    def __str__(self):
        return self.number


class Team(models.Model):
    """A team (đoàn cán bộ) sent to a target under a directive; its leader is a
    standing-committee member of the issuer on the directive's date."""

    code = code_field()
    name = models.CharField(_("name"), max_length=300)
    directive = models.ForeignKey(
        Directive, on_delete=models.PROTECT, related_name="teams", verbose_name=_("directive")
    )
    target = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="teams", verbose_name=_("target")
    )
    leader = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="teams_led", verbose_name=_("leader")
    )

    class Meta:
        ordering = ["code"]
        constraints = [code_constraint("team_code_form")]

    def __str__(self):
        return self.name


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
