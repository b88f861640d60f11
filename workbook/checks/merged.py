"""Codes of members who were entered twice and merged: nothing is written for them any more."""

from django.utils.translation import gettext_lazy as _

from ..sqltext import fill
from ..tables import TABLES
from .check import Check

MESSAGE = _("%(code)s was entered twice and merged into %(kept)s: write %(kept)s")


def _of_references():
    for table in TABLES:
        for column in table.references:
            if column.to == "members":
                yield Check(
                    table.name,
                    column.name,
                    MESSAGE,
                    fill(SQL, rows=table.name, id=f"{column.name}_id"),
                )


SQL = """
SELECT r.row, m.code, kept.code AS kept
FROM branches_member AS m
JOIN branches_member AS kept ON kept.id = m.merged_into_id
JOIN row_{rows} AS r ON r.{id} = m.id
"""
MERGED_CHECKS = (
    Check("members", "code", MESSAGE, fill(SQL, rows="members", id="id")),
    *_of_references(),
)
