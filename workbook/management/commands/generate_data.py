from django.core.management.base import BaseCommand
from django.utils import timezone

from workbook.synthetic import generate_data


class Command(BaseCommand):
    help = "Write a synthetic workbook; the same size and year always give the same bytes."

    def add_arguments(self, parser):
        parser.add_argument("--members", type=int, required=True, metavar="N")
        parser.add_argument("--year", type=int, metavar="YYYY", help="default: this year")
        parser.add_argument("--output", required=True, metavar="DIR")

    def handle(self, *args, members, year, output, **options):
        year = year or timezone.localdate().year
        generate_data(members=members, year=year, output=output)
        self.stdout.write(output)
