from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.fields import choice_constraint, no_overlap, not_empty
from branches.models import Organization
from branches.periods import always
from branches.querysets import DatedQuerySet

from ..choices import Role
from .user import User


class Grant(models.Model):
    """A role that a user holds for an organization and everything below it, for a period."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="grants", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=13, choices=Role.choices)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="grants",
        verbose_name=_("organization"),
    )
    validity = DateRangeField(_("validity"), default=always)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            choice_constraint("role", Role, "grant_role_known"),
            not_empty("validity", "grant_validity_not_empty"),
            no_overlap(
                "user",
                "role",
                "organization",
                name="grant_once_a_day",
                message=_("The user already holds this role there on that day."),
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()} @ {self.organization}"
