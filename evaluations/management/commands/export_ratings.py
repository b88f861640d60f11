from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.recording import log_access
from branches.arguments import check_year, find_organization
from evaluations.exports import ExportError, write_csv, write_xlsx
from evaluations.models import Rating, RollUp


class Command(BaseCommand):
    help = "Write the latest ratings of an organization and year as CSV or XLSX."

    def add_arguments(self, parser):
        parser.add_argument("--org", required=True, metavar="CODE")
        parser.add_argument("--year", required=True, type=int, metavar="YYYY")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE.csv|FILE.xlsx")

    def handle(self, *args, org, year, output, **options):
        organization = find_organization(org)
        ratings = Rating.objects.latest(check_year(year)).of_organization(organization)
        finished = RollUp.objects.filter(organization=organization, year=year, state="finished")
        if not ratings.exists() and not finished.exists():
            raise CommandError(
                _("No roll-up of %(org)s for %(year)d has finished.") % {"org": org, "year": year}
            )
        try:
            rows = self._write(ratings, output)
        except (ExportError, OSError) as error:
            raise CommandError(str(error)) from error
        log_access(
            "ratings_exported",
            by=None,
            at=timezone.now(),
            organization=organization,
            rows=rows,
            note=str(year),
        )

    def _write(self, ratings, output):
        if output.suffix.lower() == ".xlsx":
            return write_xlsx(ratings, output)
        if output.suffix.lower() == ".csv":
            with output.open("w", encoding="utf-8", newline="") as stream:
                return write_csv(ratings, stream)
        raise CommandError(_("The name of the file must end in .csv or .xlsx: %s") % output)
