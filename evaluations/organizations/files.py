"""The list of a cycle's organizations as a file, with the values of its page."""

from django.utils.translation import gettext_lazy as _

from branches.as_of import as_of
from branches.choices import OrganizationKind
from branches.templatetags.numbers import number

from ..tables.organizations import remarks_of
from ..templatetags.ratings import short_level

AT_ONCE = 1000
HEADING = (
    _("Code"),
    _("Organization"),
    _("Kind"),
    _("Decided by"),
    _("Members"),
    _("Score"),
    _("Level before the cap"),
    _("Suggested level"),
    _("Decided level"),
    _("Decided on"),
    _("Reason"),
    _("To note"),
)


def file_rows(rows, *, on):
    """Yield the cells of HEADING of each appraisal, with the names of the day `on`."""
    part = []
    for row in rows.iterator(chunk_size=AT_ONCE):
        part.append(row)
        if len(part) == AT_ONCE:
            yield from _cells(part, on)
            part = []
    yield from _cells(part, on)


def _cells(part, on):
    as_of((each for row in part for each in (row.organization, row.committee)), on=on)
    for row in part:
        yield (
            row.organization.code,
            str(row.organization),
            OrganizationKind(row.kind).label,
            str(row.committee),
            row.members,
            "" if row.score is None else number(row.score),
            _level(row.level),
            _level(row.suggested_level),
            _level(row.decided_level),
            row.decision.decided_on if row.decided_level else None,
            row.decision.reason if row.decided_level else "",
            ", ".join(str(words) for _style, words in remarks_of(row)),
        )


def _level(level):
    return str(short_level(level)) if level else ""
