from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from branches.models import Member, Organization

from ..rules import NEVER_ON_ONESELF, ROLES_FOR
from ..users import UserManager


class User(AbstractUser):
    """Somebody who signs in. A member linked to a user sees their own record without a grant.

    Users are switched off (`is_active`), never deleted: what they did stays theirs.
    """

    member = models.OneToOneField(
        Member,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="user",
        verbose_name=_("member"),
    )
    invited_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invited",
        verbose_name=_("invited by"),
    )

    objects = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            # One signs in by either, in whatever case it is typed.
            models.UniqueConstraint(
                Lower("username"),
                name="user_name_once",
                violation_error_message=_("This user name is taken."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_once",
                violation_error_message=_("Another user has this e-mail address."),
            ),
            models.CheckConstraint(
                condition=~Q(invited_by=F("id")), name="user_not_invited_by_oneself"
            ),
        ]

    def get_full_name(self):
        """As Vietnamese names are written: family and middle names, then the given name."""
        return f"{self.last_name} {self.first_name}".strip()

    def called(self):
        """What the user is called on pages: the own name, the linked member's, the user name."""
        return self.get_full_name() or (str(self.member) if self.member_id else self.username)

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

    def may_as(self, roles, action):
        """Whether one of these roles of the user may do `action`."""
        return bool(ROLES_FOR[action] & roles)

    def may_on(self, action, organization, member, *, on):
        """Whether the user may do `action` there to a record of this member: to their own not
        what `NEVER_ON_ONESELF` names. The database refuses that as well (accounts/sql/duties.sql).
        """
        if action in NEVER_ON_ONESELF and member.pk == self.member_id:
            return False
        return self.may(action, organization, on=on)

    def own_branches(self, *, on):
        """The branch that the linked member belongs to on the day, if any."""
        if self.member_id is None:
            return Organization.objects.none()
        return Organization.objects.filter(
            memberships__member=self.member_id, memberships__validity__contains=on
        )

    def held(self, *, on):
        """Pairs (role, id of the organization) of the grants valid on the day."""
        return list(self.grants.valid_on(on).values_list("role", "organization"))

    def roles(self, *, on):
        """The set of the user's roles on the day."""
        return {role for role, _organization in self.held(on=on)}

    def list_views(self, page, *, on):
        """The saved views of a list (the name of its route) that the user sees on the day; each
        says whether it is `mine`. One without a name holds the user's columns."""
        views = apps.get_model("accounts", "SavedView").objects.of_list(page)
        return views.visible_to(self, on=on).with_mine(self)
