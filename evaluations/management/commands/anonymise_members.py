from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.recording import RecordedCommand
from branches.acting import read_day
from branches.models import Member
from evaluations import anonymisation


class Command(RecordedCommand):
    help = "Anonymise members who left and whose retention period has passed."

    def add_arguments(self, parser):
        parser.add_argument(
            "--on", required=True, metavar="YYYY-MM-DD", help="the day whose periods count"
        )
        parser.add_argument("--dry-run", action="store_true", help="say who is due, change nothing")

    def handle(self, *args, on, dry_run, **options):
        try:
            on = read_day(on)
        except ValidationError as error:
            raise CommandError(f"--on: {error.messages[0]}") from None
        if on is None or on > timezone.localdate():
            raise CommandError(_("--on is a day that has come: periods do not pass beforehand."))
        if dry_run:
            return self._tell_due(on)
        done, refused = anonymisation.anonymise_due(on=on, at=timezone.now())
        for member, why in refused:
            self.stderr.write(f"{member.pk}: {why}")
        self.stdout.write(_("%(count)d members anonymised.") % {"count": len(done)})

    def _tell_due(self, on):
        due = anonymisation.due_members(Member.objects.all(), on=on)
        for member in due:
            why = anonymisation.why_not_yet(member, on=on)
            self.stdout.write(f"{member.pk}: {member.left_on.isoformat()} {why}".rstrip())
        again = len(anonymisation.due_again(on=on))
        self.stdout.write(
            _("%(count)d members are due, and other tables of %(again)d; nothing was changed.")
            % {"count": len(due), "again": again}
        )
