"""Registering the year's tasks, by the cadre themself: drafts first, handed to the confirming
committee together, changed afterwards with a reason that everybody sees.

`by` is the user whose member registers, `at` the moment. What the rules forbid raises
PermissionDenied; wrong values raise ValidationError, by field.
"""

import re
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.models import Organization
from branches.periods import last_day, period

from ..choices import TaskState, TaskStepKind
from ..models import Assignment, Task, TaskStep
from ..registering.states import NEEDS_A_REASON, require_state

LOCK = "assignments_task_codes"
CODE = "PV-%(year)d-%(number)05d"  # phần việc
YEARS_AHEAD = 1


@dataclass(frozen=True)
class NewTask:
    """What a cadre promises for a year under one of their assignments, at its target or a branch
    below. quantity: how much of `unit`, None for a task without figures; due_on: None for the end
    of the year."""

    assignment: Assignment
    organization: Organization
    year: int
    title: str
    category: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    weight: Decimal = Decimal(1)
    due_on: date | None = None


VALUES = tuple(each.name for each in fields(NewTask))


class TasksRefused(ValidationError):
    """`rows` holds for each task that was to be registered {field: what is wrong with it}."""

    def __init__(self, rows):
        self.rows = rows
        super().__init__(
            [
                _("Row %(number)d: %(text)s") % {"number": number, "text": text}
                for number, row in enumerate(rows, start=1)
                for text in row.values()
            ]
        )


@recorded
def register_tasks(rows, *, by, at):
    """Save tasks (NewTask, at least one) as drafts of the user's member; returns them. All or
    nothing: raises TasksRefused when one of them is wrong."""
    rows, on = list(rows), timezone.localdate(at)
    if any(row.assignment.member_id != by.member_id for row in rows):
        raise PermissionDenied
    found = check_tasks(rows, on=on)
    if not rows or any(found):
        raise TasksRefused(found)
    codes = iter(_next_codes(len(rows), year=on.year))
    return Task.objects.bulk_create(
        Task(
            code=next(codes),
            member_id=by.member_id,
            state=TaskState.DRAFT,
            **{name: getattr(row, name) for name in VALUES},
        )
        for row in rows
    )


@recorded
def change_task(task, *, reason="", by, at, **values):
    """Change what a task says, by those of NewTask. A draft or a returned one is changed freely; a
    registered one with a reason, and what was changed stands on its page from then on."""
    task = _locked_own(task, by)
    require_state("change", task)
    before = NewTask(**{name: getattr(task, name) for name in VALUES})
    after = replace(before, **values)
    if after.assignment.member_id != by.member_id:
        raise PermissionDenied
    (wrong,) = check_tasks([after], on=timezone.localdate(at), known=before)
    if wrong:
        raise ValidationError(wrong)
    if task.state in NEEDS_A_REASON and not reason:
        raise ValidationError({"reason": _("Say why: it is registered already.")})
    changes = _changes(before, after)
    for name in VALUES:
        setattr(task, name, getattr(after, name))
    task.save(update_fields=VALUES)
    if changes and task.state != TaskState.DRAFT:
        _note(TaskStepKind.CHANGED, task, by=by, at=at, text=reason, changes=changes)
    return task


@recorded
def submit_tasks(tasks, *, by, at):
    """Register drafts and returned tasks: from now on they count, and others rely on them."""
    tasks = _lock_all(tasks)
    if any(not _is_own(task, by) for task in tasks):
        raise PermissionDenied
    require_state("submit", *tasks)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(state=TaskState.REGISTERED)
    TaskStep.objects.bulk_create(
        TaskStep(task=task, kind=TaskStepKind.REGISTERED, by=by, at=at) for task in tasks
    )
    for task in tasks:
        task.state = TaskState.REGISTERED
    return tasks


@recorded
def discard_task(task, *, by, at):
    """Throw a draft away. Nobody relied on it, so that no reason is asked for."""
    task = _locked_own(task, by)
    require_state("discard", task)
    task.delete()


def check_tasks(rows, *, on, known=None):
    """What is wrong with each of the tasks, as {field: sentence}; {} where nothing is.

    rows   NewTask
    on     today
    known  the NewTask that a stored task says now, whose place and year may stay
    """
    below = _places({row.assignment.target_id for row in rows}, on=on)
    return [_check(row, below=below, on=on, known=known) for row in rows]


def _check(row, *, below, on, known):
    wrong = {}
    moved = known is None or (row.assignment, row.organization, row.year) != (
        known.assignment,
        known.organization,
        known.year,
    )
    if not row.title.strip():
        wrong["title"] = _("Say what is to be done.")
    if moved:
        wrong |= _check_place(row, below=below, on=on)
    if row.due_on and row.due_on.year != row.year:
        wrong["due_on"] = _("A task of %(year)s is due in that year.") % {"year": row.year}
    elif row.due_on and row.due_on < on and (known is None or known.due_on != row.due_on):
        wrong["due_on"] = _("This day has passed.")
    if row.quantity is not None and row.quantity <= 0:
        wrong["quantity"] = _("A quantity is more than 0; leave it empty for work without figures.")
    if row.weight <= 0:
        wrong["weight"] = _("A weight is more than 0.")
    return wrong


def _check_place(row, *, below, on):
    if not on.year <= row.year <= on.year + YEARS_AHEAD:
        return {"year": _("Tasks are registered for this year or the next one.")}
    ended = last_day(row.assignment.validity)
    rest = period(max(on, date(row.year, 1, 1)), date(row.year, 12, 31))
    if row.assignment.validity.lower >= rest.upper or (ended and ended < rest.lower):
        return {
            "organization": _("You are not assigned there in what is left of %(year)s.")
            % {"year": row.year}
        }
    if row.organization.pk not in below.get(row.assignment.target_id, ()):
        return {"organization": _("This is not where the assignment leads.")}
    return {}


def _places(targets, *, on):
    """{id of a target: ids of those at or below it that exist on the day}. One query."""
    rows = Organization.objects.below(*targets, on=on).valid_on(on)
    found = {target: set() for target in targets}
    rows = rows.filter(paths__validity__contains=on)
    for pk, above in rows.values_list("pk", "paths__ancestors"):
        for target in targets.intersection(above):
            found[target].add(pk)
    return found


def _is_own(task, by):
    """Whether the user's member registered it. What a branch gave is changed by the branch."""
    return (
        by.member_id is not None
        and task.member_id == by.member_id
        and task.assignment_id is not None
    )


def _locked_own(task, by):
    (task,) = _lock_all([task])
    if not _is_own(task, by):
        raise PermissionDenied
    return task


def _lock_all(tasks):
    """The tasks as they are now, locked in one order, so that two who do this wait for each other
    and do not stand in each other's way."""
    rows = Task.objects.filter(pk__in=[task.pk for task in tasks]).order_by("pk")
    return list(rows.select_related("assignment", "organization").select_for_update(of=("self",)))


def _changes(before, after):
    """{field: [before, after]} of what differs, as texts that need no other row to be read."""
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in VALUES)
    return {name: [_text(old), _text(new)] for name, old, new in pairs if old != new}


def _text(value):
    if value is None:
        return ""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _note(kind, task, **values):
    return TaskStep.objects.create(task=task, kind=kind, **values)


def _next_codes(count, *, year):
    """Codes like PV-2026-00001, after the last one of the year; the others wait meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
    beginning = f"PV-{year}-"
    used = Task.objects.filter(
        code__startswith=beginning, code__regex=rf"^{re.escape(beginning)}[0-9]{{5,9}}$"
    )
    code = used.order_by(Length("code").desc(), "-code").values_list("code", flat=True).first()
    last = int(code.rpartition("-")[2]) if code else 0
    return [CODE % {"year": year, "number": last + each} for each in range(1, count + 1)]
