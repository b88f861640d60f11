"""Assigning many cadres at once, undoing that, and changing one assignment.

Whoever assigns waits for whoever does at the same moment, so that the second sees what the first
has saved and is told. All or nothing: one error keeps every row from being saved.
"""

import re
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from branches.editing import mark_of
from branches.periods import last_day, period

from ..models import Assigning, AssigningRow, Assignment
from .checking import ERROR, ONE_DAY, check_rows, has_errors
from .facts import NewAssignment

__all__ = [
    "AssigningRefused",
    "NewAssignment",
    "assign",
    "change_assignment",
    "check_rows",
    "reasons_to_keep",
    "undo_assigning",
]

LOCK = "assignments_assigning"
CODE = "PC-%(year)d-%(number)05d"
CHANGED_BY = {  # which of the new values can be the cause of what is found at a field
    "member": {"since"},
    "target": {"since", "directive", "team"},
    "since": {"since", "until"},
    "until": {"since", "until"},
    "directive": {"directive", "team", "since"},
    "team": {"team", "role"},
    "role": {"role", "team"},
    "visits_due": {"visits_due"},
}


class AssigningRefused(ValidationError):
    """`findings` holds what `check_rows` found of each row."""

    def __init__(self, findings):
        self.findings = findings
        super().__init__(
            [
                _("Row %(number)d: %(text)s") % {"number": number, "text": each.text}
                for number, row in enumerate(findings, start=1)
                for each in row
                if each.level == ERROR
            ]
        )


@transaction.atomic
def assign(rows, *, by, on, token=None, organization=None):
    """Save assignments and end earlier ones that they ask to end; returns the Assigning.

    rows          NewAssignment, at least one
    by, on        the user, and today
    token         a UUID of the page that asks: what was saved under it is not saved again
    organization  the one acted for (default: the target of the first row)

    Raises PermissionDenied for rows that the user may not save, AssigningRefused when a row has an
    error.
    """
    rows, token = list(rows), token or uuid4()
    _wait_for_others()
    if saved := Assigning.objects.filter(token=token, by=by).first():
        return saved
    found = check_rows(rows, by=by, on=on)
    if any(each.denied for findings in found for each in findings):
        raise PermissionDenied
    if not rows or has_errors(found):
        raise AssigningRefused(found)
    assigning = Assigning.objects.create(
        token=token, by=by, organization=organization or rows[0].target
    )
    before = _end_earlier(found, rows)
    _keep(assigning, _make(rows, year=on.year), before)
    return assigning


def _wait_for_others():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])


def _end_earlier(found, rows):
    """End what the rows ask to end; returns {id: validity before}."""
    ended, before = {}, {}
    for row, findings in zip(rows, found, strict=True):
        for earlier in [each.ends for each in findings if each.ends]:
            before.setdefault(earlier.pk, earlier.validity)
            last = min(row.since - ONE_DAY, last_day(earlier.validity) or date.max)
            earlier.validity = period(earlier.validity.lower, last)
            ended[earlier.pk] = earlier
    with _refusing_clashes():
        Assignment.objects.bulk_update(ended.values(), ["validity"])
    return before


@contextmanager
def _refusing_clashes():
    """An import may have entered the same meanwhile: it waits for nobody."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise ValidationError(
            _("Somebody else has entered assignments at the same moment: check again.")
        ) from None


def _make(rows, *, year):
    codes = next_codes(len(rows), year=year)
    made = [
        Assignment(
            code=code,
            member=row.member,
            target=row.target,
            role=row.role,
            directive=row.issuing,
            team=row.team,
            validity=row.validity,
            visits_due=row.visits_due,
            visits_period=row.visits_period,
            confirmer=row.confirmer,
        )
        for code, row in zip(codes, rows, strict=True)
    ]
    with _refusing_clashes():
        return Assignment.objects.bulk_create(made)


def next_codes(count, *, year):
    """Codes like PC-2026-00001, after the last one of the year. Whoever calls holds the lock."""
    beginning = f"PC-{year}-"
    used = Assignment.objects.filter(
        code__startswith=beginning, code__regex=rf"^{re.escape(beginning)}[0-9]{{5,9}}$"
    )
    code = used.order_by(Length("code").desc(), "-code").values_list("code", flat=True).first()
    last = int(code.rpartition("-")[2]) if code else 0
    return [CODE % {"year": year, "number": last + each} for each in range(1, count + 1)]


def _keep(assigning, made, before):
    """Note what was saved, as it is stored now, so that it can be undone."""
    ids = [each.pk for each in made] + list(before)
    AssigningRow.objects.bulk_create(
        AssigningRow(
            assigning=assigning,
            assignment=each,
            ended_from=before.get(each.pk),
            mark=mark_of(each),
        )
        for each in Assignment.objects.filter(pk__in=ids).order_by("pk")
    )


@transaction.atomic
def undo_assigning(assigning, *, by, on, at):
    """Take back exactly what was saved: the assignments made are deleted, those ended go on as
    before. Undoing it a second time changes nothing.

    Raises PermissionDenied unless the user may change all of them, ValidationError with the reasons
    when something depends on one of them or somebody has changed it since.
    """
    _wait_for_others()
    assigning = Assigning.objects.select_for_update(of=("self",)).get(pk=assigning.pk)
    if assigning.undone_at:
        return assigning
    rows = list(assigning.rows.select_related("assignment"))
    ids = [row.assignment_id for row in rows]
    changeable = Assignment.objects.filter(pk__in=ids).changeable_by(by, on=on)
    if len(changeable.select_for_update(of=("self",))) < len(ids):
        raise PermissionDenied
    if reasons := reasons_to_keep(assigning):
        raise ValidationError(reasons)
    Assignment.objects.filter(
        pk__in=[row.assignment_id for row in rows if not row.ended_from]
    ).delete()
    ended = [row.assignment for row in rows if row.ended_from]
    for row in rows:
        row.assignment.validity = row.ended_from or row.assignment.validity
    Assignment.objects.bulk_update(ended, ["validity"])
    assigning.undone_at, assigning.undone_by = at, by
    assigning.save(update_fields=["undone_at", "undone_by"])
    return assigning


def reasons_to_keep(assigning):
    """Why it cannot be undone, in sentences: what hangs on it, what was changed since."""
    rows = list(assigning.rows.select_related("assignment").order_by("assignment__code"))
    changed = [row.assignment for row in rows if mark_of(row.assignment) != row.mark]
    reasons = [
        _("%(assignment)s was changed since.") % {"assignment": each} for each in changed[:5]
    ]
    made = {row.assignment_id: row.assignment for row in rows if row.ended_from is None}
    for relation in Assignment._meta.get_fields(include_hidden=True):
        hangs = relation.auto_created and relation.is_relation and not relation.concrete
        if hangs and relation.related_model is not AssigningRow:
            reasons += _say_hanging(relation, made)
    return reasons


def _say_hanging(relation, made):
    name = relation.field.attname
    rows = relation.related_model._base_manager.filter(**{f"{name}__in": list(made)})
    ids = sorted(set(rows.values_list(name, flat=True)[:50]))[:5]
    return [
        _("%(assignment)s is named in: %(what)s.")
        % {"assignment": made[pk], "what": relation.related_model._meta.verbose_name}
        for pk in ids
    ]


@transaction.atomic
def change_assignment(assignment, *, by, on, since, until=None, **values):
    """Change the role, visits, validity, directive, team or confirmer of one assignment.

    assignment  as stored, locked by the caller
    values      role, visits_due, visits_period, directive, team, confirmer

    Raises PermissionDenied unless the user may change it, ValidationError by field.
    """
    stored = Assignment.objects.filter(pk=assignment.pk)
    if not stored.changeable_by(by, on=on).exists():
        raise PermissionDenied
    row = NewAssignment(assignment.member, assignment.target, since=since, until=until, **values)
    changed = {name for name, value in values.items() if getattr(assignment, name) != value}
    if row.until and row.until < row.since:
        raise ValidationError({"until": _("The last day is before the first day.")})
    if row.since != assignment.validity.lower:
        changed.add("since")
    if row.validity.upper != assignment.validity.upper:
        changed.add("until")
    _check_change(assignment, row, changed, by=by, on=on)
    for name, value in values.items():
        setattr(assignment, name, value)
    assignment.validity = row.validity
    with _refusing_clashes():
        assignment.save()
    return assignment


def _check_change(assignment, row, changed, *, by, on):
    """What was wrong before, and is not touched, keeps nobody from putting the rest right."""
    errors = {}
    (findings,) = check_rows([row], by=by, on=on, besides=assignment)
    for each in findings:
        causes = CHANGED_BY[each.field] & changed
        if each.level == ERROR and causes and not (each.denied and each.field == "member"):
            field = each.field if each.field in changed else min(causes)
            errors.setdefault(field, []).append(each.text)
    years = assignment.reviews.values_list("year", flat=True)
    for year in sorted(years):
        if not _touches(row, year):
            field = "until" if row.until and row.until.year < year else "since"
            text = _("It is reviewed for %(year)s: it lasts at least into that year.")
            errors.setdefault(field, []).append(text % {"year": year})
    if errors:
        raise ValidationError(errors)


def _touches(row, year):
    return row.since.year <= year and (row.until is None or row.until.year >= year)
