from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.invitations import invitation_path
from accounts.models import Grant, User
from accounts.recording import RecordedCommand
from accounts.second_factor import remove_second_factor
from branches.models import Organization
from branches.periods import period

REASON = "manage.py invite_administrator"


class Command(RecordedCommand):
    help = (
        "Make somebody administrator of an organization, or let an administrator back in who lost "
        "everything, and print the one-time link by which they set a password. For the first "
        "administrator of a site, whom no other one can invite."
    )

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--org", required=True, metavar="CODE")
        parser.add_argument("--site", metavar="URL", help="such as https://chibo.example.vn")

    @transaction.atomic
    def handle(self, *args, username, org, site, **options):
        organization = Organization.objects.filter(code=org).first()
        if organization is None:
            raise CommandError(_("No organization has the code %(code)s.") % {"code": org})
        user = User.objects.filter(username__iexact=username).first() or _make_user(username)
        if not user.is_active:
            raise CommandError(_("This account is switched off."))
        _make_administrator(user, organization, on=timezone.localdate())
        remove_second_factor(user)
        site = (site or _site()).rstrip("/")
        self.stdout.write(site + invitation_path(user))


def _make_user(username):
    user = User(username=username)
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    user.save()
    return user


def _make_administrator(user, organization, *, on):
    held = user.grants.valid_on(on).filter(role=Role.ADMINISTRATOR, organization=organization)
    if not held.exists():
        Grant.objects.create(
            user=user,
            role=Role.ADMINISTRATOR,
            organization=organization,
            validity=period(on, None),
            reason=REASON,
        )


def _site():
    """The site's address, as far as the settings say it."""
    names = [name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))]
    if not names:
        raise CommandError(_("Say which site the link is for: --site https://…"))
    return f"http://{names[0]}:8000" if settings.LOCAL else f"https://{names[0]}"
