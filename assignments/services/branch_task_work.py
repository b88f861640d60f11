"""What follows the resolution of a branch: each member's own plan, the check at every meeting, and
the report of members who have no account. The member's own report, confirming and returning are
those of every task (task_work.py).

`by` is who does it, `at` the moment. What the rules forbid raises PermissionDenied; wrong values
raise ValidationError, by field.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import recorded

from ..choices import CheckProgress, TaskState, TaskStepKind
from ..models import OwnPlan, Task, TaskCheck, TaskStep
from ..registering.states import OPEN, require_state
from .branch_task_rules import require_give


@recorded
def write_own_plan(task, *, steps, begins_on, ends_on, by, at):
    """Write how the member will do the task, or write it anew: by the member, or by the secretary
    for one without an account. What was agreed before is agreed no more. Returns the plan."""
    on = timezone.localdate(at)
    task = _lock(task)
    if not speaks_for(task, by=by, on=on):
        raise PermissionDenied
    _require_open(task)
    if not steps.strip():
        raise ValidationError({"steps": _("Say in which steps.")})
    if ends_on < begins_on:
        raise ValidationError({"ends_on": _("The last day is before the first day.")})
    plan, _made = OwnPlan.objects.update_or_create(
        task=task,
        defaults={
            "steps": steps.strip(),
            "begins_on": begins_on,
            "ends_on": ends_on,
            "written_on": on,
            "agreed_on": None,
        },
    )
    return plan


@recorded
def agree_own_plan(task, *, by, at):
    """The branch agrees to a member's own plan; nobody to their own. Agreeing twice changes
    nothing."""
    on = timezone.localdate(at)
    task = _lock(task)
    if _is_own(task, by) or not by.may("give_tasks", task.organization, on=on):
        raise PermissionDenied
    _require_open(task)
    plan = OwnPlan.objects.filter(task=task).first()
    if plan is None:
        raise ValidationError(_("There is no plan yet: the member writes it first."))
    if plan.agreed_on is None:
        plan.agreed_on = on
        plan.save(update_fields=["agreed_on"])
    return plan


@recorded
def check_tasks(meeting, rows, *, by, at):
    """Write down what the meeting said about the branch's open tasks.

    rows  {id of a task: (a CheckProgress or "", note)}; "" takes the check of this meeting away

    All or nothing, set-wise.
    """
    on = timezone.localdate(at)
    require_give(meeting.branch, by=by, on=on)
    if meeting.held_on > on:
        raise ValidationError(_("This meeting has not been held yet."))
    tasks = tasks_to_check(meeting).filter(pk__in=rows)
    if tasks.count() != len(rows):
        raise ValidationError(_("A task here is not to be checked any more: open the page again."))
    for progress, note in rows.values():
        if note and not progress:
            raise ValidationError(_("A note needs a word about the progress beside it."))
    said = {
        pk: (CheckProgress(progress), note) for pk, (progress, note) in rows.items() if progress
    }
    meeting.task_checks.filter(task__in=rows.keys() - said.keys()).delete()
    TaskCheck.objects.bulk_create(
        (
            TaskCheck(task_id=pk, meeting=meeting, progress=progress, note=note.strip())
            for pk, (progress, note) in said.items()
        ),
        update_conflicts=True,
        unique_fields=["task", "meeting"],
        update_fields=["progress", "note"],
    )
    return len(said)


@recorded
def report_for_member(task, *, comment, by, at):
    """The secretary reports the task as done for a member who has no account."""
    on = timezone.localdate(at)
    task = _lock(task)
    if _is_own(task, by) or not speaks_for(task, by=by, on=on):
        raise PermissionDenied
    require_state("report", task)
    task.state = TaskState.REPORTED
    task.save(update_fields=["state"])
    TaskStep.objects.create(task=task, kind=TaskStepKind.REPORTED, by=by, at=at, text=comment)
    return task


def tasks_to_check(meeting):
    """The tasks (a queryset) to be checked at the meeting: what the branch gave, in the year of the
    meeting or the one before, that is not done; and what was checked at it."""
    earlier = TaskCheck.objects.filter(
        task=OuterRef("pk"), progress=CheckProgress.DONE, meeting__held_on__lt=meeting.held_on
    )
    checked = TaskCheck.objects.filter(task=OuterRef("pk"), meeting=meeting)
    years = (meeting.held_on.year - 1, meeting.held_on.year)
    is_open = Q(state__in=[*OPEN, TaskState.REPORTED]) & (
        ~Exists(earlier) | Q(state=TaskState.RETURNED)
    )
    return Task.objects.filter(
        is_open | Exists(checked),
        organization=meeting.branch_id,
        assignment=None,
        year__in=years,
    )


def speaks_for(task, *, by, on):
    """Whether the user writes the plan and the report of a task that a branch gave: its member, or
    who gives tasks there for a member without an account."""
    if task.assignment_id is not None:
        return False
    if _is_own(task, by):
        return True
    has_account = User.objects.filter(member=task.member_id, is_active=True).exists()
    return not has_account and by.may("give_tasks", task.organization, on=on)


def _is_own(task, by):
    return by.member_id is not None and by.member_id == task.member_id


def _lock(task):
    rows = Task.objects.select_related("organization").select_for_update(of=("self",))
    return rows.get(pk=task.pk)


def _require_open(task):
    if task.state not in OPEN:
        raise ValidationError(
            _("A plan is written once the branch has resolved on the task, until it is reported."),
            code="wrong_state",
        )
