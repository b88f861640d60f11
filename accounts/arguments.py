"""Arguments that commands take about users."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from .models import User


def find_user(name):
    """The user of this name, None for no name. Raises CommandError when there is none."""
    if not name:
        return None
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(_("There is no active user with the name %s.") % name)
    return user
