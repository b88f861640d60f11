import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from branches.models import Organization
from evaluations.reports import REPORTS, day_of_report


class Command(BaseCommand):
    help = "Print one of the reports on an organization and everything below it."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=REPORTS, metavar=f"NAME ({', '.join(REPORTS)})")
        parser.add_argument("--org", required=True, metavar="CODE")
        parser.add_argument("--year", type=int, metavar="YYYY", help="default: this year")
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="default: the last day of the year named, or today",
        )
        parser.add_argument("--format", choices=["json", "table"], default="table")

    def handle(self, *args, name, org, year, on, format, **options):  # noqa: A002
        organization = Organization.objects.filter(code=org).first()
        if not organization:
            raise CommandError(f"--org: there is no organization with the code {org}")
        today = timezone.localdate()
        on = on or (day_of_report(year, today=today) if year else today)
        figures = REPORTS[name](organization, year=year or today.year, on=on)
        if format == "json":
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(as_table(figures)))


def as_table(figures):
    """The lines of a report as text: `name  value`, and one line a row for lists."""
    if isinstance(figures, list):
        if not figures:
            return ["(none)"]
        rows = [list(figures[0]), *([_text(cell) for cell in row.values()] for row in figures)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
    lines = []
    for name, value in figures.items():
        if isinstance(value, list):
            lines += [f"{name}:", *(f"  {line}" for line in as_table(value))]
        else:
            lines.append(f"{name:<20}{_text(value):>10}")
    return lines


def _text(value):
    return "-" if value is None else str(value)
