from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, year_constraint
from branches.models import Organization

from ..choices import RollUpState, ShardState
from ..querysets.ratings import RollUpQuerySet
from .scheme import Scheme


class RollUp(models.Model):
    """One computation of suggested ratings: an organization, a year, a cut-off, a scheme.

    It computes whole units; they are dealt out to shards, which workers lease. `warnings` is a
    list of sentences' data: {"kind": …, "member": code, …}. `error` is empty unless it failed.
    """

    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="roll_ups",
        verbose_name=_("organization"),
    )
    year = models.PositiveSmallIntegerField(_("year"))
    as_of = models.DateField(_("cut-off date"))
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="roll_ups", verbose_name=_("scheme")
    )
    state = models.CharField(
        _("state"), max_length=8, choices=RollUpState.choices, default=RollUpState.QUEUED
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    units_total = models.PositiveIntegerField(_("units"), default=0)
    warnings = models.JSONField(_("warnings"), default=list)
    error = models.TextField(_("error"), blank=True)

    objects = RollUpQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            choice_constraint("state", RollUpState, "roll_up_state_known"),
            year_constraint("roll_up_year_known"),
            models.CheckConstraint(
                condition=models.Q(as_of__year=models.F("year")), name="roll_up_cut_off_in_year"
            ),
        ]

    def __str__(self):
        return f"{self.organization} {self.year}"

    def get_absolute_url(self):
        return reverse("evaluations:roll_up", args=[self.pk])


class RollUpShard(models.Model):
    """Some whole units of a roll-up, computed in one transaction by whoever leases it.

    A lease that has run out may be taken by anyone, unless its holder has the row locked and so
    is alive. Who lost a lease cannot commit any more: the shard has another token in `leased_by`.
    """

    roll_up = models.ForeignKey(
        RollUp, on_delete=models.CASCADE, related_name="shards", db_index=False
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=ShardState.choices, default=ShardState.PENDING)
    units = models.PositiveIntegerField()
    members = models.PositiveIntegerField()
    leased_by = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            choice_constraint("state", ShardState, "shard_state_known"),
            models.UniqueConstraint(fields=["roll_up", "number"], name="shard_once"),
        ]

    def __str__(self):
        return f"{self.roll_up_id}/{self.number}"


class RollUpUnit(models.Model):
    """A unit that a roll-up computes, the shard it is dealt to, and the ids of its branches (of
    those with members) on the cut-off date."""

    roll_up = models.ForeignKey(
        RollUp, on_delete=models.CASCADE, related_name="units", db_index=False
    )
    unit = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    shard = models.ForeignKey(RollUpShard, on_delete=models.CASCADE, related_name="unit_rows")
    branches = ArrayField(models.BigIntegerField())
    members = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roll_up", "unit"], name="roll_up_unit_once"),
        ]

    def __str__(self):
        return f"{self.roll_up_id}/{self.unit_id}"


class UnitYear(models.Model):
    """The ratings of a unit in a year: its row is the lock that roll-ups of the same unit and
    year take in turn, and names the latest finished one, which is what people see."""

    unit = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="unit_years", db_index=False
    )
    year = models.PositiveSmallIntegerField()
    roll_up = models.ForeignKey(RollUp, on_delete=models.PROTECT, null=True, related_name="latest")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="unit_year_once"),
        ]

    def __str__(self):
        return f"{self.unit_id}/{self.year}"
