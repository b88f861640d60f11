"""The draft of the tasks that a branch gives its members.

`by` is who does it, `at` the moment; a `plan` is locked and read anew. What the rules forbid raises
PermissionDenied; a wrong step or wrong values raise ValidationError, which says what to do.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import recorded

from ..branch_tasks.rates import due_members
from ..choices import BranchTaskStep, TaskState
from ..models import Task
from .branch_task_rules import (
    drafts_of,
    given_in,
    members_of,
    open_plan,
    require_day,
    require_step,
    require_tasks,
    say_day,
)

DRAFT, DISCUSSION = BranchTaskStep.DRAFT, BranchTaskStep.DISCUSSION
RESOLUTION = BranchTaskStep.RESOLUTION
LOCK = "assignments_branch_task_codes"
CODE = "NV-%(year)d-%(number)05d"  # nhiệm vụ


@dataclass(frozen=True)
class TaskValues:
    """What one task says: what, of which category, until when, how much it weighs."""

    title: str
    category: str = ""
    due_on: date | None = None
    weight: Decimal = Decimal(1)


@recorded
def save_draft(plan, *, changed=None, dropped=(), new=(), by, at):
    """Change the draft, which the meeting may still change as well.

    changed  {id of a drafted task: TaskValues}
    dropped  ids of drafted tasks
    new      pairs (id of a member, TaskValues)

    Returns the new tasks. All or nothing.
    """
    on, changed, new = timezone.localdate(at), changed or {}, list(new)
    plan = open_plan(plan, by=by, on=on)
    require_step(plan, DRAFT, DISCUSSION, RESOLUTION)
    for values in [*changed.values(), *(values for _member, values in new)]:
        _check_values(values, year=plan.year)
    drafts = drafts_of(plan).select_for_update().in_bulk()
    if not drafts.keys() >= {*changed, *dropped}:
        raise ValidationError(_("The draft has changed meanwhile: open the page again."))
    due = due_members(members_of(plan, on=on), on=on).filter(pk__in={pk for pk, _values in new})
    if due.count() != len({pk for pk, _values in new}):
        raise ValidationError(_("Tasks go to members of the branch who are not exempt."))
    drafts_of(plan).filter(pk__in=dropped).delete()
    _change_drafts(drafts, changed)
    return _add_drafts(plan, new)


@recorded
def copy_last_year(plan, *, by, at):
    """Begin with the tasks of the year before, for those members who have none yet in this one.
    Returns the new tasks."""
    on = timezone.localdate(at)
    plan = open_plan(plan, by=by, on=on)
    require_step(plan, DRAFT, DISCUSSION, RESOLUTION)
    due = due_members(members_of(plan, on=on), on=on)
    without = due.exclude(pk__in=given_in(plan.branch, plan.year).values("member"))
    last = given_in(plan.branch, plan.year - 1).counted().filter(member__in=without)
    spared = plan.fitness.exclude(spared="").values("member")
    rows = last.exclude(member__in=spared).order_by("member__sort_key", "code")
    new = [
        (
            task.member_id,
            TaskValues(task.title, task.category, _a_year_on(task.due_on), task.weight),
        )
        for task in rows
    ]
    return save_draft(plan, new=new, by=by, at=at)


@recorded
def finish_draft(plan, *, day, by, at):
    """The draft is ready for the meeting, on the `day`."""
    on = timezone.localdate(at)
    plan = open_plan(plan, by=by, on=on)
    require_step(plan, DRAFT)
    require_day(day, on=on)
    if day < plan.reviewed_on:
        raise ValidationError(
            {"day": _("The members were reviewed on %s: not before.") % say_day(plan.reviewed_on)}
        )
    require_tasks(plan)
    plan.drafted_on = day
    plan.save(update_fields=["drafted_on"])
    return plan


def _check_values(values, *, year):
    if not values.title.strip():
        raise ValidationError({"title": _("Say what is to be done.")})
    if values.due_on and values.due_on.year != year:
        raise ValidationError(
            {"due_on": _("A task of %(year)s is due in that year.") % {"year": year}}
        )
    if values.weight is None or values.weight <= 0:
        raise ValidationError({"weight": _("A weight is more than 0.")})


def _change_drafts(drafts, changed):
    rows = []
    for pk, values in changed.items():
        if (
            TaskValues(*(getattr(drafts[pk], name) for name in TaskValues.__annotations__))
            == values
        ):
            continue
        for name in TaskValues.__annotations__:
            setattr(drafts[pk], name, getattr(values, name))
        rows.append(drafts[pk])
    if rows:
        Task.objects.bulk_update(rows, list(TaskValues.__annotations__))


def _add_drafts(plan, new):
    codes = iter(_next_codes(len(new), year=plan.year)) if new else iter(())
    return Task.objects.bulk_create(
        Task(
            code=next(codes),
            member_id=member,
            organization_id=plan.branch_id,
            year=plan.year,
            state=TaskState.DRAFT,
            **{name: getattr(values, name) for name in TaskValues.__annotations__},
        )
        for member, values in new
    )


def _a_year_on(day):
    if day is None:
        return None
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def _next_codes(count, *, year):
    """Codes like NV-2026-00001, after the last one of the year; the others wait meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
    beginning = f"NV-{year}-"
    used = Task.objects.filter(
        code__startswith=beginning, code__regex=rf"^{re.escape(beginning)}[0-9]{{5,9}}$"
    )
    code = used.order_by(Length("code").desc(), "-code").values_list("code", flat=True).first()
    last = int(code.rpartition("-")[2]) if code else 0
    return [CODE % {"year": year, "number": last + each} for each in range(1, count + 1)]
