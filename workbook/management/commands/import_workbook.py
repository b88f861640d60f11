from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.arguments import find_user
from accounts.recording import RecordedCommand
from workbook.cells import CellError, Date
from workbook.services import WorkbookError, import_workbook


class Command(RecordedCommand):
    help = "Import a workbook: an .xlsx, a folder of .csv files, or a .zip of them. All or nothing."

    def add_arguments(self, parser):
        parser.add_argument("path")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change and save nothing"
        )
        parser.add_argument(
            "--effective",
            metavar="YYYY-MM-DD",
            help="from which day changed names, kinds and classes hold (default: today)",
        )
        parser.add_argument(
            "--user",
            metavar="NAME",
            help="reach only what this user answers for today (default: everything)",
        )

        parser.add_argument(
            "--reason", default="", metavar="TEXT", help="why, for the audit trail: of corrections"
        )

    def handle(self, *args, path, dry_run, effective, user, reason, **options):
        by, today = find_user(user), timezone.localdate()
        try:
            effective = Date().parse(effective) or today
        except CellError as error:
            raise CommandError(f"--effective: {error}") from None
        try:
            report = import_workbook(
                path, effective=effective, by=by, on=today, reason=reason, dry_run=dry_run
            )
        except WorkbookError as error:
            count = len(error.problems)
            saved_nothing = ngettext(
                "%(count)d problem; nothing was saved.",
                "%(count)d problems; nothing was saved.",
                count,
            )
            for problem in error.problems:
                self.stderr.write(str(problem))
            raise CommandError(saved_nothing % {"count": count}) from None
        for warning in report.warnings:
            self.stderr.write(_("warning: %s") % warning)
        for table, counts in report.tables.items():
            self.stdout.write(
                _("%(table)s: %(created)d created, %(updated)d updated, %(unchanged)d unchanged")
                % {"table": table, **vars(counts)}
            )
        if not report.has_changes:
            self.stdout.write(_("Nothing changed: everything was stored already."))
        elif dry_run:
            self.stdout.write(_("Dry run: nothing was saved."))
