"""What work at the grassroots brings: indicators, opinions, visits by delegations."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, code_constraint, code_field, year_constraint
from branches.models import Meeting, Member, Organization

from ..choices import OpinionState, RaisedBy
from ..querysets import IndicatorQuerySet, OpinionQuerySet


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


class Opinion(models.Model):
    """An opinion or petition raised at a meeting, answered there or referred to a body."""

    code = code_field()
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="opinions", verbose_name=_("meeting")
    )
    raised_by = models.CharField(_("raised by"), max_length=8, choices=RaisedBy.choices, blank=True)
    topic = models.CharField(_("topic"), max_length=200)
    content = models.TextField(_("content"))
    answer = models.TextField(_("answer"), blank=True)
    referred_to = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opinions_referred",
        verbose_name=_("referred to"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=OpinionState.choices)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            code_constraint("opinion_code_form"),
            choice_constraint("state", OpinionState, "opinion_state_known"),
            models.CheckConstraint(
                condition=Q(raised_by="") | Q(raised_by__in=RaisedBy.values),
                name="opinion_raised_by_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="referred")
                | (Q(referred_to__isnull=False) & Q(due_on__isnull=False)),
                name="opinion_referred_with_body_and_day",
                violation_error_message=_(
                    "An opinion that is referred names the body and the day it is due."
                ),
            ),
        ]

    def __str__(self):
        return self.topic


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
