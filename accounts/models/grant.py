from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, not_empty
from branches.models import Organization
from branches.periods import always

from ..choices import Role
from ..grants import GrantQuerySet
from .user import User


class Grant(models.Model):
    """A role that a user holds for an organization and everything below it, for a period.

    Rows are never deleted. One that is withdrawn keeps its validity, what was once given, and says
    since which day it opens nothing; `valid_on()` honours both. So a grant can be withdrawn on the
    day on which it began, which a shortened validity could not tell from one never given.
    No giver and no withdrawer: somebody at the command line of the server.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="grants", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=13, choices=Role.choices)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="grants",
        verbose_name=_("organization"),
    )
    validity = DateRangeField(_("validity"), default=always)
    granted_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grants_given",
        verbose_name=_("given by"),
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grants_withdrawn",
        verbose_name=_("withdrawn by"),
    )
    withdrawal_reason = models.CharField(_("reason for withdrawal"), max_length=500, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_constraint("role", Role, "grant_role_known"),
            not_empty("validity", "grant_validity_not_empty"),
            ExclusionConstraint(
                name="grant_once_a_day",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("organization", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_on=None),
                violation_error_message=_("The user already holds this role there on that day."),
            ),
            models.CheckConstraint(
                condition=~Q(granted_by=F("user")),
                name="grant_not_to_oneself",
                violation_error_message=_("Nobody gives a role to themself."),
            ),
            models.CheckConstraint(
                condition=~Q(withdrawn_by=F("user")),
                name="grant_not_withdrawn_by_oneself",
                violation_error_message=_("Nobody withdraws a role of their own."),
            ),
            models.CheckConstraint(
                condition=(Q(withdrawn_on=None) & Q(withdrawn_by=None) & Q(withdrawal_reason=""))
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawal_reason="")),
                name="grant_withdrawn_with_reason",
                violation_error_message=_("A withdrawal has a day and a reason."),
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()} @ {self.organization}"
