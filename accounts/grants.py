"""Which grants: on a day, and as far as a user may see or change them."""

from django.db.models import Q

from branches.querysets import DatedQuerySet

from .rules import ROLES_FOR


class GrantQuerySet(DatedQuerySet):
    def valid_on(self, on):
        """Those that open something on the day. A withdrawal closes at once, so the day of the
        withdrawal is the first one without: what was read before it stands in the log of reads."""
        return super().valid_on(on).not_withdrawn(on)

    def not_withdrawn(self, on):
        """Those that nobody had withdrawn up to the day, whatever their validity."""
        return self.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on))

    def open_on(self, on):
        """Those valid on the day or from a later one."""
        ended = Q(validity__fully_lt=(on, None))
        return self.exclude(ended).not_withdrawn(on)

    def that_may(self, action):
        """Those of a role that may do `action` (a key of `ROLES_FOR`)."""
        return self.filter(role__in=ROLES_FOR[action])

    def in_scope(self, scope):
        """Those on one of the organizations of a queryset."""
        return self.filter(organization__in=scope.values("pk"))

    def visible_to(self, user, *, on):
        """Those on organizations where the user may see who has access; and one's own."""
        scope = user.scope_for("see_access", on=on)
        return self.filter(Q(organization__in=scope.values("pk")) | Q(user=user.pk))

    def managed_by(self, user, *, on):
        """Those that the user may withdraw: on organizations that they administer, of others."""
        return self.in_scope(user.scope_for("manage_users", on=on)).exclude(user=user.pk)

    def with_people(self):
        return self.select_related("user__member", "organization", "granted_by", "withdrawn_by")
