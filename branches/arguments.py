"""What operators type as arguments of commands: found and checked, refused in plain words."""

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from . import acting
from .models import Organization


def find_organization(code):
    """The organization of `--org`."""
    organization = Organization.objects.filter(code=code).first()
    if organization is None:
        raise CommandError(_("There is no organization with the code %s.") % code)
    return organization


def check_year(year):
    """The year of `--year`, when it is one that the records can be of."""
    if not acting.FIRST_YEAR <= year <= acting.LAST_YEAR:
        raise CommandError(
            _("--year: %(year)d is not a year from %(first)d to %(last)d.")
            % {"year": year, "first": acting.FIRST_YEAR, "last": acting.LAST_YEAR}
        )
    return year


def read_day(option, text):
    """The day of an option as YYYY-MM-DD or dd/mm/yyyy; None when it is not given."""
    try:
        return acting.read_day(text)
    except ValidationError:
        raise CommandError(
            _("%(option)s: “%(text)s” is not a day: write 2026-03-05 or 5/3/2026.")
            % {"option": option, "text": text}
        ) from None
