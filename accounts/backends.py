"""Whose name somebody typed, and whether the password is theirs."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model


def find_user(typed):
    """The user of this user name or e-mail address, in whatever case; None when nobody has it."""
    users = get_user_model().objects
    return (
        users.filter(username__iexact=typed).first()
        or users.exclude(email="").filter(email__iexact=typed).first()
    )


class NameOrEmailBackend(AuthenticationBackend):
    """One password is compared, or as much time spent, whoever's name was typed.

    Addresses are those that administrators put down at the user; allauth's own list of addresses
    stays empty, so that a corrected one leaves no earlier one behind that still opens the account.
    """

    def get_user(self, user_id):
        """The user of a session, with whether they have a second factor: each page asks for it."""
        user = get_user_model().objects.with_second_factor().filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def _authenticate(self, request, **credentials):
        user = find_user(credentials.get("username") or "")
        return self._check_password(user, credentials.get("password") or "")
