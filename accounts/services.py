"""What changes together in accounts: one function, one transaction, one entry of the audit trail.

`by` is who does it, `on` the day on which it is done. What the rules of docs/access.md forbid
raises PermissionDenied; what is wrong in the values raises ValidationError, by field.
"""

from functools import wraps

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from branches.models import Member, Membership, Organization
from branches.periods import period

from .models import Grant, User
from .recording import recording
from .second_factor import remove_second_factor
from .sessions import end_sessions


def recorded(service):
    """Run a service in one transaction, whose changes are put down to its `by` and `reason`."""

    @wraps(service)
    def run(*args, **kwargs):
        with recording(kwargs["by"], kwargs.get("reason", "")):
            return service(*args, **kwargs)

    return run


@recorded
def invite_user(*, username, full_name="", email="", member=None, by, on):
    """Create a user without a password, who comes in by an invitation link; returns the user.

    The address is kept in lower case, as it is looked for when somebody signs in.
    """
    _lock(by, on=on)
    if not administers(by, on=on):
        raise PermissionDenied
    user = User(username=username, email=email.lower(), invited_by=by)
    user.set_unusable_password()
    _set_name(user, full_name)
    _link(user, member, by=by, on=on)
    user.full_clean(exclude=["password"])
    user.save()
    return user


@recorded
def change_user(user, *, full_name, email, member, by, on):
    """Change the name, the e-mail address and the linked member (None: none) of a user. An earlier
    address opens nothing any more, neither by signing in nor by a forgotten password."""
    user = _managed(user, by=by, on=on)
    user.email = email.lower()
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    _set_name(user, full_name)
    if member != user.member:
        _link(user, member, by=by, on=on)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["email", "first_name", "last_name", "member"])
    return user


@recorded
def switch_user(user, *, active, reason, by, on):
    """Switch an account on, or off: then it is signed out everywhere at once. One that is so
    already stays as it is."""
    user = _managed(user, by=by, on=on)
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])
    if not active:
        end_sessions(user)
    return user


@recorded
def forget_second_factor(user, *, by, on):
    """For who has lost phone, passkeys and recovery codes alike."""
    remove_second_factor(_managed(user, by=by, on=on))


@recorded
def give_grant(user, *, role, organization, since=None, until=None, reason, by, on):
    """Give a user a role on an organization from `since` (default: `on`) to `until`, both included
    (default: without end). Returns the grant."""
    _lock(by, user, on=on)
    if user == by or not User.objects.visible_to(by, on=on).filter(pk=user.pk).exists():
        raise PermissionDenied
    if not by.may("manage_users", organization, on=on):
        raise PermissionDenied
    since = since or on
    _check_days(organization, since=since, until=until, on=on)
    grant = Grant(
        user=user,
        role=role,
        organization=organization,
        validity=period(since, until),
        granted_by=by,
        reason=reason,
    )
    grant.full_clean()
    grant.save()
    return grant


@recorded
def withdraw_grant(grant, *, reason, by, on):
    """End a grant at once, also one that begins later, and sign its user out everywhere.

    Withdrawing it a second time, or after its last day, changes nothing. There is always an
    administrator left: the one who withdraws is one, and nobody withdraws a role of their own.
    """
    _lock(by, grant.user, on=on)
    grant = Grant.objects.managed_by(by, on=on).filter(pk=grant.pk).first()
    if grant is None:
        raise PermissionDenied
    if Grant.objects.open_on(on).filter(pk=grant.pk).exists():
        grant.withdrawn_on, grant.withdrawn_by, grant.withdrawal_reason = on, by, reason
        grant.full_clean()
        grant.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawal_reason"])
        end_sessions(grant.user)
    return grant


def _lock(*users, on):
    """Hold the accounts until the end of the transaction, always in the same order. Of two
    administrators who withdraw each other's role at once the second then finds themself without."""
    ids = [user.pk for user in users]
    locked = User.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    active = {user.pk: user.is_active for user in locked}
    if not active[users[0].pk]:
        raise PermissionDenied


def _managed(user, *, by, on):
    """The user as stored, locked. Raises PermissionDenied unless `by` manages the account."""
    _lock(by, user, on=on)
    managed = User.objects.managed_by(by, on=on).filter(pk=user.pk).first()
    if managed is None:
        raise PermissionDenied
    return managed


def administers(user, *, on):
    return user.grants.valid_on(on).that_may("manage_users").exists()


def _set_name(user, full_name):
    """The last word is the given name; a name of one word is a given name."""
    user.last_name, _space, user.first_name = " ".join(full_name.split()).rpartition(" ")


def find_member(code, *, by, on):
    """The member of this party card in the organizations that `by` administers, or None. One of
    elsewhere is answered like one who does not exist."""
    scope = by.scope_for("manage_users", on=on).values("pk")
    there = Membership.objects.valid_on(on).filter(branch__in=scope).values("member")
    return Member.objects.filter(code=code, pk__in=there).first()


def _link(user, member, *, by, on):
    if member is not None:
        if find_member(member.code, by=by, on=on) is None:
            raise PermissionDenied
        taken = User.objects.filter(member=member).exclude(pk=user.pk)
        if taken.exists():
            raise ValidationError({"member": _("This member is linked to another user.")})
    user.member = member


def _check_days(organization, *, since, until, on):
    if since < on:
        raise ValidationError(
            {"since": _("A role begins today or later: what people could see is not rewritten.")}
        )
    if until and until < since:
        raise ValidationError({"until": _("The last day is before the first day.")})
    if not Organization.objects.filter(pk=organization.pk).valid_on(since).exists():
        raise ValidationError({"organization": _("It does not exist on the first day.")})
