from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.arguments import find_user
from accounts.recording import log_access
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
            "--user",
            metavar="NAME",
            help="only what this user may export today (default: everything)",
        )
        parser.add_argument(
            "--vi", action="store_true", help="Vietnamese names instead of English keys"
        )

    def handle(self, *args, org, output, vi, user, **options):
        today, by = timezone.localdate(), find_user(user)
        organization = Organization.objects.filter(code=org).first()
        # What a user may not export is to them as if it were not there.
        if organization is None or (by and not by.may("export_workbook", organization, on=today)):
            raise CommandError(_("There is no organization with the code %s.") % org)
        try:
            counts = export_workbook(organization, on=today, output=output, vi=vi, by=by)
        except (ExportError, OSError) as error:
            raise CommandError(str(error)) from None
        log_access(
            "workbook_exported",
            by=by,
            at=timezone.now(),
            organization=organization,
            rows=sum(counts.values()),
        )
        for table, count in counts.items():
            self.stdout.write(f"{table}: {count}")
