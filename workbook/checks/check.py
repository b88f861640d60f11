"""One rule between rows, and how what breaks it is told."""

from dataclasses import dataclass

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from assignments.choices import Level
from branches.choices import OrganizationKind
from branches.periods import first_day, last_day

from ..problems import Problem


@dataclass(frozen=True)
class Check:
    """A rule: `sql` finds the rows of `table` that break it, `column` is where to mend them."""

    table: str
    column: str
    message: str
    sql: str

    def run(self, cursor):
        cursor.execute(self.sql)
        names = [column.name for column in cursor.description]
        for values in cursor.fetchall():
            found = {name: _spoken(name, value) for name, value in zip(names, values, strict=True)}
            table = found.get("sheet") or self.table
            column = found.get("column") or self.column
            yield Problem(table, found["row"], column, str(self.message) % found)


def _spoken(name, value):
    """Periods as people say them, by the first day and the last one; kinds and levels by their
    names."""
    if name == "place" and value is None:
        return _("already stored")
    if name.endswith("kind"):
        return OrganizationKind(value).label
    if name == "level":
        return Level(value).label
    if isinstance(value, DateRange):
        return f"{first_day(value) or '…'} – {last_day(value) or '…'}"
    return value
