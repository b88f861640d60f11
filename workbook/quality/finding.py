"""Reads of the board of data quality: how many rows each check finds, and one page of them."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from branches.as_of import as_of
from branches.models import Member, Organization

from ..sqltext import fill
from .checks import BY_KEY, CHECKS, HERE

PAGE_ROWS = 50
COUNT = "SELECT '{key}', count(*) FROM ({sql}) AS found"
PAGE = "SELECT * FROM ({sql}) AS found ORDER BY {order} LIMIT %(rows)s OFFSET %(first)s"


@dataclass(frozen=True)
class Finding:
    """A row that a check found; what the check does not speak of is None."""

    check: object
    member: Member | None
    other: Member | None
    organization: Organization | None
    row_id: int | None
    code: str
    day: date | None
    number: int | None

    @property
    def repair_arguments(self):
        """What the page of the repair takes in its address."""
        if self.check.key == "duplicates":
            return [self.member.pk, self.other.pk]
        if self.check.key == "closed-units":
            return [self.organization.pk]
        return [self.row_id or self.member.pk]


def count_findings(organization, *, on):
    """{key of a check: how many rows it finds at or below the organization}, in one query."""
    counted = " UNION ALL ".join(fill(COUNT, key=check.key, sql=check.sql) for check in CHECKS)
    with connection.cursor() as cursor:
        cursor.execute(HERE + counted, {"organization": organization.pk, "on": on})
        return dict(cursor.fetchall())


def find_page(key, organization, *, on, page=1):
    """The rows of one page of one check, in four queries at most."""
    check = BY_KEY[key]
    first = (page - 1) * PAGE_ROWS
    values = {"organization": organization.pk, "on": on, "first": first, "rows": PAGE_ROWS}
    with connection.cursor() as cursor:
        cursor.execute(HERE + fill(PAGE, sql=check.sql, order=check.order), values)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return _with_names(check, rows, on)


def _with_names(check, rows, on):
    people = {row[name] for row in rows for name in ("member_id", "other_id")} - {None}
    members = Member.objects.in_bulk(people) if people else {}
    ids = {row["organization_id"] for row in rows} - {None}
    organizations = Organization.objects.in_bulk(ids) if ids else {}
    as_of(organizations.values(), on=on)
    return [
        Finding(
            check,
            members.get(row["member_id"]),
            members.get(row["other_id"]),
            organizations.get(row["organization_id"]),
            row["row_id"],
            row["code"],
            row["day"],
            row["number"],
        )
        for row in rows
    ]
