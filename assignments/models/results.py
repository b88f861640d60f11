"""What work at the grassroots brings: indicators, visits by delegations."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.fields import code_constraint, code_field, year_constraint
from branches.models import Member, Organization

from ..querysets.assignments import IndicatorQuerySet


class Indicator(models.Model):
    """One target of an organization in a year, and what was reached."""

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="indicators",
        verbose_name=_("organization"),
        db_index=False,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    name = models.CharField(_("name"), max_length=300, db_collation="C")
    target = models.DecimalField(
        _("target"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    actual = models.DecimalField(
        _("actual"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    unit = models.CharField(_("unit"), max_length=50, blank=True)
    period_end = models.DateField(_("end of the period"), null=True, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        constraints = [
            year_constraint("indicator_year_known"),
            models.UniqueConstraint(fields=["organization", "year", "name"], name="indicator_once"),
        ]

    def __str__(self):
        return self.name


class Delegation(models.Model):
    """A working visit of a delegation to an organization (đoàn công tác)."""

    code = code_field()
    lead = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="delegations_led", verbose_name=_("lead")
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="delegations",
        verbose_name=_("organization"),
    )
    held_on = models.DateField(_("held on"))
    purpose = models.CharField(_("purpose"), max_length=500)
    conclusion = models.TextField(_("conclusion"), blank=True)

    class Meta:
        ordering = ["-held_on", "code"]
        constraints = [code_constraint("delegation_code_form")]

    def __str__(self):
        return self.code
