import json

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.arguments import check_year, find_organization, read_day
from evaluations.reports import REPORTS, day_of_report


class Command(BaseCommand):
    help = "Print one of the reports on an organization and everything below it."

    def add_arguments(self, parser):
        parser.add_argument("name", choices=REPORTS, metavar=f"NAME ({', '.join(REPORTS)})")
        parser.add_argument("--org", required=True, metavar="CODE")
        parser.add_argument("--year", type=int, metavar="YYYY", help="default: this year")
        parser.add_argument(
            "--on",
            metavar="YYYY-MM-DD",
            help="default: the last day of the year named, or today",
        )
        parser.add_argument("--format", choices=["json", "table"], default="table")

    def handle(self, *args, name, org, year, on, format, **options):  # noqa: A002
        organization = find_organization(org)
        today = timezone.localdate()
        year = today.year if year is None else check_year(year)
        on = read_day("--on", on) or day_of_report(year, today=today)
        figures = REPORTS[name](organization, year=year, on=on)
        if format == "json":
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(as_table(figures)))


def as_table(figures):
    """The lines of a report as text: `name  value`, and one line a row for lists."""
    if isinstance(figures, list):
        if not figures:
            return [_("(none)")]
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
