"""Strings that pages show of packages which have no Vietnamese of their own.

Nothing imports this: `make messages` reads it, and so the strings stand in our catalogs.
"""

from django.utils.translation import gettext_noop as _

DJANGO_ALLAUTH = (
    _("Please type your current password."),
    _("You must type the same password each time."),
    _("Incorrect password."),
    _("Incorrect code."),
    _("Be patient, you are sending too many requests."),
    _("You cannot deactivate two-factor authentication."),
    _("You cannot generate recovery codes without having two-factor authentication enabled."),
)
