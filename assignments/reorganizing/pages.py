"""What the pages of reorganizations show of the lines: sections of some length, and downloads."""

import csv
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from . import showing
from .plans import END, REISSUE

ROWS_SHOWN = 50
MOST_TO_CHOOSE = 200  # assignments of which each may be decided on its own


@dataclass(frozen=True)
class Section:
    """One part of what is touched: `rows` are (Line, choices or None), `more` are not shown."""

    key: str
    name: str
    count: int
    rows: list

    @property
    def more(self):
        return self.count - len(self.rows)


def sections(lines, plan=None):
    """Sections of the lines; with a plan, what becomes of each assignment may be chosen."""
    choices = {"assignments": choices_of(lines, plan)}
    return [
        Section(part, showing.PARTS[part], len(rows), _shown(rows, choices.get(part)))
        for part, rows in lines.items()
    ]


def _shown(rows, choices):
    if not choices:
        return [(line, None) for line in rows[:ROWS_SHOWN]]
    # The choice is made there, so all of them are shown.
    return [(line, choices.get(line.pk)) for line in rows]


def choices_of(lines, plan):
    """{id of an assignment: [(value, words, whether it is so)]} of those that may be decided."""
    rows = [line for line in lines.get("assignments", ()) if line.pk]
    parts = getattr(plan, "parts", ())
    if not getattr(plan, "ended", ()) or not parts or len(rows) > MOST_TO_CHOOSE:
        return {}
    offered = [(part.code, _("goes on at %(name)s") % {"name": part.name}) for part in parts]
    offered.append((END, _("ends")))
    heir = getattr(plan, "rest", "") or parts[0].code
    rule = heir if plan.work.assignments == REISSUE else END
    return {
        line.pk: [
            (value, words, value == plan.work.chosen.get(line.pk, rule)) for value, words in offered
        ]
        for line in rows
    }


def as_csv(lines, name):
    """A download of all lines."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response.write("\ufeff")  # else Excel reads another encoding
    writer = csv.writer(response, lineterminator="\n")
    writer.writerow([_("What"), _("Code"), _("Name"), _("Before"), _("After")])
    for part, rows in lines.items():
        for line in rows:
            cells = [showing.PARTS[part], line.code, line.name, line.before, line.after]
            writer.writerow([_guarded(cell) for cell in cells])
    return response


def _guarded(text):
    """Else a sheet would read a name that begins so as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
