from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Organization
from workbook.services import ExportError, export_workbook


class Command(BaseCommand):
    help = "Export the workbook of an organization and all below it, with what it refers to."

    def add_arguments(self, parser):
        parser.add_argument("--org", required=True, metavar="CODE")
        parser.add_argument(
            "--output", required=True, metavar="DIR|FILE", help="a folder, or a .xlsx or .zip file"
        )
        parser.add_argument(
            "--vi", action="store_true", help="Vietnamese names instead of English keys"
        )

    def handle(self, *args, org, output, vi, **options):
        organization = Organization.objects.filter(code=org).first()
        if organization is None:
            raise CommandError(_("There is no organization with the code %s.") % org)
        try:
            counts = export_workbook(organization, on=timezone.localdate(), output=output, vi=vi)
        except (ExportError, OSError) as error:
            raise CommandError(str(error)) from None
        for table, count in counts.items():
            self.stdout.write(f"{table}: {count}")
