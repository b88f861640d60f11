"""Which users: those whom an administrator answers for, and those whose account they may change."""

from django.apps import apps
from django.contrib.auth import models as auth
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from branches.fields import PersonSortKey, SearchKey
from branches.models import Membership

SEARCHED = ("name", "username", "email", "member__full_name")


class UserQuerySet(models.QuerySet):
    def with_name(self):
        """Annotate name (the user's, else the linked member's, else the user name) and name_key,
        which sorts it in Vietnamese order."""
        own = Trim(Concat("last_name", Value(" "), "first_name"))
        name = Coalesce(NullIf(own, Value("")), "member__full_name", "username")
        return self.annotate(name=name, name_key=PersonSortKey(name))

    def with_second_factor(self):
        """Annotate second_factor: whether an app or a passkey is set up. Recovery codes alone are
        none."""
        factors = apps.get_model("mfa", "Authenticator").objects.exclude(type="recovery_codes")
        return self.annotate(second_factor=Exists(factors.filter(user=OuterRef("pk"))))

    def search(self, text):
        """Rows of `with_name()` in which every word of `text` stands in the name, user name,
        e-mail address or name of the linked member, without case or diacritics."""
        queryset = self
        for word in text.split():
            key = SearchKey(Value(word))
            found = Q()
            for field in SEARCHED:
                alias = f"key_{field}"
                queryset = queryset.alias(**{alias: SearchKey(F(field))})
                found |= Q(**{f"{alias}__contains": key})
            queryset = queryset.filter(found)
        return queryset

    def here_or_nowhere(self, organizations, *, on):
        """Users of `organizations` as of the day, and those who have neither a grant nor a linked
        member: an invitation with nothing to open yet."""
        return self.filter(_belongs(organizations, on) | _unattached())

    def visible_to(self, user, *, on):
        """Users of the organizations where `user` may see who has access, the ones whom they
        invited while these have neither a grant nor a member, and themself."""
        scope = user.scope_for("see_access", on=on)
        invited = Q(invited_by=user.pk) & _unattached()
        roles = user.grants.valid_on(on).that_may("see_access")
        return self.filter(Exists(roles) & (_belongs(scope, on) | invited | Q(pk=user.pk)))

    def managed_by(self, user, *, on):
        """Users whose account `user` may change or switch off: not one's own, and none who holds
        or will hold a role, or whose member belongs, outside of the organizations that `user`
        administers. Who can change an e-mail address can become its owner, and whoever manages an
        account can see what it sees: nobody gets further by managing another's."""
        scope = user.scope_for("manage_users", on=on)
        outside = Q(_open_grants_outside(scope, on)) | Q(_member_outside(scope, on))
        invited = Q(invited_by=user.pk) & _unattached()
        administers = user.grants.valid_on(on).that_may("manage_users")
        return self.filter(
            Exists(administers) & (_belongs(scope, on) | invited) & ~outside
        ).exclude(pk=user.pk)


class UserManager(auth.UserManager.from_queryset(UserQuerySet)):
    use_in_migrations = False


def _grants():
    return apps.get_model("accounts", "Grant").objects.filter(user=OuterRef("pk"))


def _belongs(organizations, on):
    """Who holds, held or will hold a role on one of `organizations` (a queryset), and whose linked
    member belongs to one of them on the day."""
    ids = organizations.values("pk")
    # Of the members only those with an account are looked at: there are far more without.
    members = Membership.objects.valid_on(on).filter(member__user__isnull=False, branch__in=ids)
    holds = Exists(_grants().filter(organization__in=ids))
    return Q(holds) | Q(member__in=members.values("member"))


def _unattached():
    return Q(member=None) & ~Exists(_grants())


def _open_grants_outside(scope, on):
    return Exists(_grants().open_on(on).exclude(organization__in=scope.values("pk")))


def _member_outside(scope, on):
    memberships = Membership.objects.valid_on(on).filter(member=OuterRef("member"))
    return Exists(memberships.exclude(branch__in=scope.values("pk")))
