from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models import Member, Organization

from ..rules import ROLES_FOR


class User(AbstractUser):
    """Somebody who signs in. A member linked to a user sees their own record without a grant."""

    member = models.OneToOneField(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="user",
        verbose_name=_("member"),
    )

    def scope(self, *roles, on):
        """Organizations that the user answers for on the day, through any of `roles` (default:
        through any role): the subtrees of the grants valid on that day, as the tree stands."""
        grants = self.grants.valid_on(on)
        if roles:
            grants = grants.filter(role__in=roles)
        return Organization.objects.below_any(grants.values("organization"), on=on)

    def scope_for(self, action, *, on):
        """Organizations on which the user may do `action` (a key of `ROLES_FOR`) on the day."""
        return self.scope(*ROLES_FOR[action], on=on)

    def may(self, action, organization, *, on):
        """Whether the user may do `action` on this organization on the day."""
        return self.scope_for(action, on=on).filter(pk=organization.pk).exists()

    def own_branches(self, *, on):
        """The branch that the linked member belongs to on the day, if any."""
        if self.member_id is None:
            return Organization.objects.none()
        return Organization.objects.filter(
            memberships__member=self.member_id, memberships__validity__contains=on
        )

    def roles(self, *, on):
        """The set of the user's roles on the day."""
        return set(self.grants.valid_on(on).values_list("role", flat=True))
