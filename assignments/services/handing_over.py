"""Ending assignments, with or without somebody who goes on. `by` is who does it, `on` the day.

What the rules forbid raises PermissionDenied; wrong values raise ValidationError, by field. Whoever
calls these has locked the assignment, so that of two who end it the second is told.
"""

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.periods import first_day, last_day, period

from ..assigning.endings import undoing_of
from ..choices import TaskState
from ..models import Assignment, Ending, Task, TaskClosing
from .planning import CHANGEABLE, plan_end, plan_hand_over

COUNTED = re.compile(r"^(?P<base>.+)_(?P<number>[0-9]{1,4})$")
BASE_LENGTH = 58  # of 64: room for what counts


@recorded
def hand_over(
    assignment, *, member, last_day, until=None, changes=None, closed=None, reason, by, on
):
    """End an assignment on `last_day` and let `member` go on from the next day to `until` (None: no
    end) with the same target and confirming committee.

    changes  {role, visits_due, visits_period, directive or team: value}; the others stay
    closed   {task id: reason} of the tasks in progress that are closed; the others go over

    Returns the Ending, whose `successor` is the new assignment.
    """
    _require(assignment, by=by, on=on)
    plan = plan_hand_over(
        assignment,
        member=member,
        last_day=last_day,
        until=until,
        changes=changes,
        closed=closed,
        by=by,
        on=on,
    )
    planned = _shorten(assignment, last_day)
    successor = _make_successor(plan)
    ending = _record(assignment, last_day, planned, reason, successor=successor)
    _take_over(plan.over, ending)
    _close(plan.closed, ending)
    return ending


@recorded
def end_assignment(assignment, *, last_day, closed=None, kept=(), reason, by, on):
    """End an assignment on `last_day`, before its time, without anybody who goes on.

    closed  {task id: reason} of the tasks in progress that are closed
    kept    ids of those that the cadre finishes; every other one is closed for the same `reason`

    Returns the Ending.
    """
    _require(assignment, by=by, on=on)
    plan = plan_end(assignment, last_day=last_day, closed=closed, kept=kept)
    ending = _record(assignment, last_day, _shorten(assignment, last_day), reason)
    _close([*plan.closed, *((task, reason) for task in plan.over)], ending)
    return ending


@recorded
def undo_ending(ending, *, reason, by, on):
    """Give the assignment its days back, and the tasks their states; take back what went on.

    Raises ValidationError with a sentence for everything that depends on the ending by now.
    """
    assignment = ending.assignment
    _require(assignment, by=by, on=on)
    undoing = undoing_of(ending)
    if undoing.obstacles:
        raise ValidationError(undoing.obstacles)
    successor, closings = ending.successor, undoing.closings
    ending.delete()
    for closing in closings:
        Task.objects.filter(pk=closing.task_id).update(state=closing.former_state)
    taken = [closing.successor_id for closing in closings if closing.successor_id]
    Task.objects.filter(pk__in=taken).delete()
    if successor:
        successor.delete()
    assignment.validity = undoing.validity
    assignment.save(update_fields=["validity"])
    return assignment


def _require(assignment, *, by, on):
    if not Assignment.objects.changeable_by(by, on=on).filter(pk=assignment.pk).exists():
        raise PermissionDenied


def _shorten(assignment, day):
    """End the assignment on the day; returns the last day that it had before (None: none)."""
    planned = last_day(assignment.validity)
    assignment.validity = period(first_day(assignment.validity), day)
    assignment.save(update_fields=["validity"])
    return planned


def _record(assignment, day, planned, reason, *, successor=None):
    # One whose days were changed afterwards says nothing of the present last day.
    assignment.endings.filter(last_day=day).delete()
    return Ending.objects.create(
        assignment=assignment,
        last_day=day,
        planned_last_day=planned,
        reason=reason,
        successor=successor,
    )


def _make_successor(plan):
    former, new = plan.assignment, plan.successor
    successor = Assignment(
        code=next_codes(Assignment, [former.code])[former.code],
        member=new.member,
        target=former.target,
        validity=new.validity,
        confirmer=former.confirmer,
        **{name: getattr(new, name) for name in CHANGEABLE},
    )
    try:
        with transaction.atomic():
            successor.save()
    except IntegrityError as error:
        # Somebody assigned the same person there while this was on its way.
        if "assignment_once_a_day" not in str(error):
            raise
        message = _("%(cadre)s is assigned to %(target)s in these days already.")
        names = {"cadre": new.member, "target": former.target}
        raise ValidationError({"member": message % names}) from error
    return successor


def _take_over(tasks, ending):
    """The new cadre goes on with each as a task of their own, from where it stands."""
    codes = next_codes(Task, [task.code for task in tasks])
    year = ending.successor.validity.lower.year
    successors = Task.objects.bulk_create(
        _continue(task, codes[task.code], ending.successor, year) for task in tasks
    )
    TaskClosing.objects.bulk_create(
        TaskClosing(task=task, ending=ending, former_state=task.state, successor=successor)
        for task, successor in zip(tasks, successors, strict=True)
    )
    _cancel(tasks)


def _continue(task, code, assignment, year):
    """A task counts in one year: what goes over into the next one counts there."""
    return Task(
        code=code,
        member=assignment.member,
        assignment=assignment,
        organization_id=task.organization_id,
        year=max(task.year, year),
        **{name: getattr(task, name) for name in KEPT_OF_A_TASK},
    )


KEPT_OF_A_TASK = (
    "title",
    "category",
    "weight",
    "due_on",
    "state",
    "quantity",
    "actual",
    "unit",
)


def _close(pairs, ending):
    """pairs of (task, reason)"""
    TaskClosing.objects.bulk_create(
        TaskClosing(task=task, ending=ending, former_state=task.state, reason=reason)
        for task, reason in pairs
    )
    _cancel([task for task, _reason in pairs])


def _cancel(tasks):
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(state=TaskState.CANCELLED)


def next_codes(model, codes):
    """{code: the next free one that tells where it comes from}: A7 → A7_2 → A7_3. One query."""
    bases = {code: _base(code) for code in codes}
    if not bases:
        return {}
    pattern = "^(" + "|".join(re.escape(base) for base in set(bases.values())) + ")_[0-9]{1,4}$"
    taken = set(model.objects.filter(code__regex=pattern).values_list("code", flat=True))
    fresh = {}
    for code, base in bases.items():
        number = 2
        while f"{base}_{number}" in taken:
            number += 1
        fresh[code] = f"{base}_{number}"
        taken.add(fresh[code])
    return fresh


def _base(code):
    counted = COUNTED.match(code)
    return (counted["base"] if counted else code)[:BASE_LENGTH]
