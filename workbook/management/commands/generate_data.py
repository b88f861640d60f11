from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from workbook.reform import generate_reform
from workbook.synthetic import generate_data


class Command(BaseCommand):
    help = "Write a synthetic workbook; the same size and year always give the same bytes."

    def add_arguments(self, parser):
        parser.add_argument(
            "--members", type=int, required=True, metavar="N", help="with --reform: of each branch"
        )
        parser.add_argument("--year", type=int, metavar="YYYY", help="default: this year")
        parser.add_argument(
            "--reform",
            type=int,
            metavar="BRANCHES",
            help="write two workbooks of so many branches: a province before the reform of 2025, "
            "and the file that reorganizes it",
        )
        parser.add_argument("--output", required=True, metavar="DIR")

    def handle(self, *args, members, year, reform, output, **options):
        year = timezone.localdate().year if year is None else year
        if members < 1 or not 1930 <= year <= 2100:
            raise CommandError(_("At least one member, and a year from 1930 to 2100."))
        try:
            if reform:
                generate_reform(branches=reform, members=members, output=output)
            else:
                generate_data(members=members, year=year, output=output)
        except OSError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(output)
