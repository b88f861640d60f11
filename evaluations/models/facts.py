from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assignments.choices import Level
from branches.fields import choice_constraint, code_constraint, code_field, year_constraint
from branches.models import Member, Organization

from ..choices import Criterion


class Deduction(models.Model):
    """Points taken off a member's conduct for something that occurred."""

    code = code_field()
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="deductions", verbose_name=_("member")
    )
    criterion = models.CharField(
        _("criterion"), max_length=10, choices=Criterion.choices, default=Criterion.CONDUCT
    )
    occurred_on = models.DateField(_("occurred on"))
    points = models.DecimalField(_("points"), max_digits=12, decimal_places=4)
    reason = models.CharField(_("reason"), max_length=500)

    class Meta:
        ordering = ["occurred_on", "code"]
        constraints = [
            code_constraint("deduction_code_form"),
            models.CheckConstraint(
                condition=Q(criterion="conduct"),
                name="deduction_from_conduct",
                violation_error_message=_("Points are deducted from conduct only."),
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0),
                name="deduction_points_not_negative",
                violation_error_message=_("Points are not negative."),
            ),
        ]

    def __str__(self):
        return self.reason


class OrganizationRating(models.Model):
    """The level that an organization was given for a year, as decided elsewhere."""

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="ratings",
        verbose_name=_("organization"),
        db_index=False,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    level = models.CharField(_("level"), max_length=9, choices=Level.choices)

    class Meta:
        constraints = [
            choice_constraint("level", Level, "organization_rating_level_known"),
            year_constraint("organization_rating_year_known"),
            models.UniqueConstraint(
                fields=["organization", "year"], name="organization_rating_once_a_year"
            ),
        ]

    def __str__(self):
        return f"{self.organization} {self.year}: {self.get_level_display()}"


class UnitCap(models.Model):
    """A unit's own cap on excellent for a year, in percent (25 for an outstanding unit)."""

    unit = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="caps",
        verbose_name=_("unit"),
        db_index=False,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    percent = models.DecimalField(_("percent"), max_digits=7, decimal_places=4)

    class Meta:
        constraints = [
            year_constraint("unit_cap_year_known"),
            models.UniqueConstraint(fields=["unit", "year"], name="unit_cap_once_a_year"),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=Decimal(100)),
                name="unit_cap_percent_0_to_100",
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.year}: {self.percent} %"
