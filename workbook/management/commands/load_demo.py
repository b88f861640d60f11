from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.recording import RecordedCommand
from evaluations.services.roll_ups import wait_for_roll_up
from workbook.demo import ACCOUNTS, PASSWORD, NotLocal, load_demo
from workbook.demo_year_end import load_year_end_demo


class Command(RecordedCommand):
    help = "Load the demo data, its accounts and its ratings; running it again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--print-accounts", action="store_true", help="only print the demo accounts"
        )

    def handle(self, *args, print_accounts, **options):
        if not print_accounts:
            self.load()
        self.print_accounts()

    def load(self):
        try:
            roll_ups = load_demo(on=timezone.localdate(), at=timezone.now())
        except NotLocal:
            raise CommandError(
                _("The demo's password is known to everybody: it is for a local machine only.")
            ) from None
        for roll_up in roll_ups:
            wait_for_roll_up(roll_up)
            self.stdout.write(
                _("%(roll_up)s: %(number)d ratings")
                % {"roll_up": roll_up, "number": roll_up.ratings.count()}
            )
        load_year_end_demo(on=timezone.localdate(), at=timezone.now())

    def print_accounts(self):
        roles = dict(Role.choices)
        for account in ACCOUNTS:
            role = roles.get(account.role, _("Member"))
            self.stdout.write(f"  {account.username:<12} {PASSWORD:<16} {role}")
