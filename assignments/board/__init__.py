"""Reads of the assignment board: which branches have whom, what is due, and how far all is covered.

Everything is looked at as of a day; nothing that ended after a past day is told (`seen_on`).
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from branches.choices import OrganizationKind
from branches.models import Organization
from branches.periods import last_day, seen_on

from ..models import Assignment

SQL = Path(__file__).parents[1] / "sql"
COVERAGE_SQL = (SQL / "coverage.sql").read_text(encoding="utf-8")
VISITS_SQL = (SQL / "visits.sql").read_text(encoding="utf-8")
OVERDUE_SQL = f"SELECT target_id FROM ({VISITS_SQL}) visits WHERE overdue > 0"  # noqa: S608 — our own text

NAMED_VALUE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Coverage:
    branches: int
    branches_covered: int
    cadres: int
    assignments: int
    branches_with_two: int
    cadres_with_two: int

    @property
    def branches_uncovered(self):
        return self.branches - self.branches_covered


def coverage(organization, *, on):
    """Counts of the branches at or below the organization, and of who goes there, on the day."""
    with connection.cursor() as cursor:
        cursor.execute(COVERAGE_SQL, {"day": on, "organization": organization.pk})
        return Coverage(*cursor.fetchone())


def targets(acting):
    """The branches at or below the organization acted for that exist on the day, and whatever else
    somebody is assigned to; of those that the reader sees today."""
    on = acting.on
    seen = acting.user.scope_for("see_assignments", on=acting.today)
    branch = Q(kind_on=OrganizationKind.BRANCH, validity__contains=on)
    below = Organization.objects.below(acting.organization, on=on).on(on)
    return below.filter(branch | Exists(assigned(on)), pk__in=seen.values("pk")).order_by("code")


def assigned(on):
    """The assignments of the day to the organization of the outer query."""
    return Assignment.objects.valid_on(on).filter(target=OuterRef("pk"))


def without_cadre(rows, *, on):
    return rows.filter(~Exists(assigned(on)))


def with_two(rows, *, on):
    number = assigned(on).order_by().values(together=Value(1)).annotate(number=Count("pk"))
    counted = rows.alias(number=Coalesce(Subquery(number.values("number")), 0))
    return counted.filter(number__gte=2)


def overdue(rows, acting):
    """With visits due in the past months or quarters of the year that were not made."""
    named = _asked(acting.on, organization=acting.organization.pk)
    # What is made part of another query takes its values in order.
    values = [named[name] for name in NAMED_VALUE.findall(OVERDUE_SQL)]
    return rows.filter(pk__in=RawSQL(NAMED_VALUE.sub("%s", OVERDUE_SQL), values))


def ending_soon(rows, acting):
    """With an assignment that ends within some days. On a past day no end had happened yet."""
    if acting.on < acting.today:
        return rows.none()
    after = acting.on + timedelta(days=settings.ASSIGNMENT_ENDING_DAYS + 1)
    return rows.filter(Exists(assigned(acting.on).filter(validity__endswith__lte=after)))


@dataclass
class Line:
    """One assignment on the board. Visits: made and due in the month (or quarter, or year) of the
    day, and in the year up to it; `overdue` were due before and not made."""

    assignment: Assignment
    made_now: int = 0
    due_now: int = 0
    made_year: int = 0
    due_year: int = 0
    overdue: int = 0
    ends_soon: bool = False


@dataclass
class Row:
    """One target with its assignments of the day, by first day."""

    target: Organization
    exists: bool
    lines: list[Line] = field(default_factory=list)

    @property
    def overdue(self):
        return sum(line.overdue for line in self.lines)

    @property
    def ends_soon(self):
        return any(line.ends_soon for line in self.lines)


def read_rows(organizations, acting):
    """Rows for some targets (a page of them), in two queries."""
    rows = {each.pk: Row(each, _contains(each.validity, acting.on)) for each in organizations}
    visits = _visits(list(rows), acting)
    found = Assignment.objects.valid_on(acting.on).filter(target__in=list(rows))
    for each in found.select_related("member", "team").order_by("validity", "code"):
        line = Line(each, **visits.get(each.pk, {}))
        last = last_day(seen_on(each.validity, on=acting.on, today=acting.today))
        line.ends_soon = bool(last) and (last - acting.on).days <= settings.ASSIGNMENT_ENDING_DAYS
        rows[each.target_id].lines.append(line)
    return list(rows.values())


def visits_of(member, targets, *, on):
    """{assignment: its visits, as the fields of Line}, of the assignments of the day of a member
    (its id) to some targets (ids), wherever these stand."""
    return _read_visits(_asked(on, targets=list(targets), member=member))


def _visits(ids, acting):
    return _read_visits(_asked(acting.on, organization=acting.organization.pk, targets=ids))


def _asked(day, *, organization=None, targets=None, member=None):
    return {"day": day, "organization": organization, "targets": targets, "member": member}


def _read_visits(asked):
    names = ("made_year", "due_year", "made_now", "due_now", "overdue")
    with connection.cursor() as cursor:
        cursor.execute(VISITS_SQL, asked)
        return {
            pk: dict(zip(names, counts, strict=True)) for pk, _target, *counts in cursor.fetchall()
        }


def _contains(days, on):
    return (days.lower is None or days.lower <= on) and (days.upper is None or on < days.upper)
