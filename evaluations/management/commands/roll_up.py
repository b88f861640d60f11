from django.core.management.base import CommandError
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.recording import RecordedCommand
from branches.arguments import check_year, find_organization, read_day
from evaluations.models import Scheme
from evaluations.services.roll_ups import (
    RollUpError,
    roll_up_inline,
    start_roll_up,
    wait_for_roll_up,
)


class Command(RecordedCommand):
    help = "Compute the suggested ratings of an organization and year."

    def add_arguments(self, parser):
        parser.add_argument("--org", required=True, metavar="CODE")
        parser.add_argument("--year", required=True, type=int, metavar="YYYY")
        parser.add_argument(
            "--as-of", metavar="YYYY-MM-DD", help="the cut-off date (default: 31 December)"
        )
        parser.add_argument("--scheme", metavar="KEY", help="default: the one of the year")
        parser.add_argument(
            "--inline", action="store_true", help="compute in this process, without workers"
        )

    def handle(self, *args, org, year, as_of, scheme, inline, **options):
        organization = find_organization(org)
        run = {
            "year": check_year(year),
            "as_of": read_day("--as-of", as_of),
            "scheme": _find_scheme(scheme),
        }
        try:
            if inline:
                roll_up = roll_up_inline(
                    organization, **run, at=timezone.now(), progress=self.show_progress
                )
            else:
                roll_up = start_roll_up(organization, **run, at=timezone.now())
                wait_for_roll_up(roll_up, progress=self.show_progress, warn=self.warn)
        except RollUpError as error:
            raise CommandError(str(error)) from error
        self.report(roll_up)

    def show_progress(self, roll_up):
        """A line that rewrites itself, only on a terminal."""
        if self.stderr.isatty():
            done = roll_up.shards.filter(state="done").aggregate(units=Sum("units", default=0))
            line = _("%(done)d of %(total)d units") % {
                "done": done["units"],
                "total": roll_up.units_total,
            }
            self.stderr.write(f"\r{line}", ending="")

    def warn(self, sentence):
        self.stderr.write(sentence)

    def report(self, roll_up):
        if self.stderr.isatty():
            self.stderr.write("")
        for warning in roll_up.warnings:
            self.warn(
                _(
                    "warning: %(member)s (%(name)s) belongs to %(branch)s (%(branch_name)s), which"
                    " does not exist on the cut-off date, and is rated nowhere"
                )
                % warning
            )
        self.stdout.write(
            _("%(units)d units, %(members)d members, cut-off date %(as_of)s, %(scheme)s")
            % {
                "units": roll_up.units_total,
                "members": roll_up.ratings.count(),
                "as_of": roll_up.as_of.isoformat(),
                "scheme": roll_up.scheme.key,
            }
        )


def _find_scheme(key):
    if key is None:
        return None
    newest = {scheme.key: scheme for scheme in Scheme.objects.newest()}
    if key not in newest:
        raise CommandError(
            _("There is no rating set %(key)s; there are: %(known)s")
            % {"key": key, "known": ", ".join(sorted(newest))}
        )
    return newest[key]
