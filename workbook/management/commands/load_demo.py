from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.choices import Role
from evaluations.services import wait_for_roll_up
from workbook.demo import ACCOUNTS, PASSWORD, NotLocal, load_demo


class Command(BaseCommand):
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
                "The demo's password is known to everybody: it is loaded only where LOCAL is true."
            ) from None
        for roll_up in roll_ups:
            wait_for_roll_up(roll_up)
            self.stdout.write(f"{roll_up}: {roll_up.ratings.count()} ratings")

    def print_accounts(self):
        roles = dict(Role.choices)
        for account in ACCOUNTS:
            role = roles.get(account.role, "Member")
            self.stdout.write(f"  {account.username:<12} {PASSWORD:<16} {role}")
