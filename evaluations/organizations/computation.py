"""Runs the SQL that rates the organizations of a cycle: their list, facts and suggestions."""

import json
from datetime import date
from pathlib import Path

from django.db import connection

from ..rules import organizations, read_organization_scheme

SQL_DIR = Path(__file__).parents[1] / "sql"
TEMPORARY_TABLES = (
    "listed_branch, organization_branch, organization_person, organization_fact,"
    " organization_indicator, organization_leader, organization_disciplined, organization_age"
)
SETTINGS = "SET LOCAL jit = off"


def write_organizations(cycle, scheme):
    """List the organizations of the cycle and suggest levels for those that are ready.

    An organization that turns out not to be rated may make the one above it ready: the suggestions
    are made again until none does.
    """
    values = _cycle_values(cycle) | _scheme_values(read_organization_scheme(scheme.definition))
    with connection.cursor() as cursor:
        cursor.execute(f"{SETTINGS};{_read('list')};{_read('facts')}", values)
        cursor.execute(_read("suggestions"), values)
        while cursor.fetchone()[0]:
            cursor.execute(_read("suggestions"), values)
        cursor.execute(f"DROP TABLE {TEMPORARY_TABLES}")


def _read(name):
    return (SQL_DIR / f"organization_{name}.sql").read_text(encoding="utf-8")


def _cycle_values(cycle):
    return {
        "cycle": cycle.pk,
        "organization": cycle.organization_id,
        "year": cycle.year,
        "first_day": date(cycle.year, 1, 1),
        "last_day": date(cycle.year, 12, 31),
        "as_of": cycle.cut_off,
    }


def _scheme_values(scheme):
    """The values of a rating set by the names that the SQL uses."""
    used = list(scheme.points)
    return {
        "criteria": used,
        "groups": [scheme.group_of[key] for key in used],
        "points": [scheme.points[key] for key in used],
        "group_points": [scheme.group_points[scheme.group_of[key]] for key in used],
        "group_number": len(scheme.group_points),
        **{
            name: json.dumps({key: str(credit) for key, credit in getattr(scheme, name).items()})
            for name in ("member_credit", "branch_credit", "indicator_credit")
        },
        **{f"least_{level}": score for level, score in scheme.minimum.items()},
        "exceeded_share": scheme.exceeded_share,
        "unmet_fail_share": scheme.unmet_fail_share,
        "failing_forms": list(scheme.failing_forms),
        "failing_organization_forms": list(scheme.failing_organization_forms),
        "leading_ranks": list(organizations.LEADING_RANKS),
        "new_months": scheme.new_months,
        "successors_are_new": scheme.successors_are_new,
        "cap_percent": scheme.cap_percent,
        "cap_base": scheme.cap_base,
        "cap_by_kind": scheme.cap_by_kind,
        "cap_within": scheme.cap_within,
    }
