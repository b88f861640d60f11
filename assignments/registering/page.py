"""Reads for the pages of tasks: the way that one has gone, and what its reader may do to it."""

from dataclasses import dataclass

from branches.as_of import as_of

from ..choices import TaskState
from ..models import Task
from ..services.task_work import may_cancel, suggested_outcome
from .states import FROM, STEPS, can

OWN = ("change", "submit", "discard", "start", "progress", "report")
DECIDED = ("confirm", "return", "reopen", "weigh")
BY_BRANCH = ("confirm", "return", "reopen")  # its weight stands in the resolution


@dataclass(frozen=True)
class TaskPage:
    """steps  TaskStep rows, the last one first, each with its evidence
    way       (state, whether it was reached, whether it is the present one) along the straight way
    may       the actions (keys of task_states.FROM) that the reader may do now
    suggested what the figures speak for, where the reader may confirm it
    """

    steps: list
    way: list
    may: frozenset
    suggested: str


def task_page(task, *, user, on, today):
    """task: from `with_reported_at()`; what came after a past day `on` is left out."""
    steps = task.steps.select_related("by__member", "committee").prefetch_related("evidence__file")
    if on < today:
        steps = steps.filter(at__date__lte=on)
    # Files are listed by name here: what is in them is read when one is downloaded.
    steps = list(steps.order_by("-at", "-pk"))
    as_of((step.committee for step in steps), on=on)
    may = actions_on(task, user=user, today=today)
    return TaskPage(
        steps=steps,
        way=_way(task),
        may=may,
        suggested=suggested_outcome(task) if "confirm" in may else "",
    )


def actions_on(task, *, user, today):
    """The actions (keys of task_states.FROM) that the user may do to the task as it stands."""
    wanted = set()
    if is_own(task, user):
        wanted.update(OWN if task.assignment_id else ("start", "progress", "report"))
    elif decides_on(task, user=user, on=today):
        wanted.update(BY_BRANCH if is_by_branch(task) else DECIDED)
    wanted = {action for action in wanted if can(action, task)}
    if task.state in FROM["cancel"] and may_cancel(task, by=user, on=today):
        wanted.add("cancel")
    return frozenset(wanted)


def decides_on(task, *, user, on):
    """Whether the user confirms the task, or sends it back."""
    return Task.objects.filter(pk=task.pk).confirmable_by(user, on=on).exists()


def is_by_branch(task):
    """Whether the branch that gave the task decides on it: `task` from `with_committee()`."""
    return task.assignment_id is None and task.committee == task.organization_id


def is_own(task, user):
    return user.member_id is not None and task.member_id == user.member_id


def _way(task):
    """A returned task stands where it was registered, a cancelled one nowhere any more."""
    state = TaskState.REGISTERED if task.state == TaskState.RETURNED else task.state
    reached = STEPS.index(state) if state in STEPS else -1
    return [
        (TaskState(each), place <= reached, place == reached) for place, each in enumerate(STEPS)
    ]


@dataclass(frozen=True)
class Sheet:
    """The tasks of a member in a year, as they are registered on one sheet of paper.

    committees  those that confirm them
    years       those that there are tasks of, newest first, and the ones to register for
    """

    tasks: list
    drafts: list
    weight: object
    committees: list
    years: list


def task_sheet(tasks, *, member, year, on, today, organizations):
    """tasks: a queryset of those that the reader may see; organizations: a queryset of all."""
    own = tasks.filter(member=member)
    rows = list(
        own.filter(year=year)
        .exclude(state=TaskState.CANCELLED)
        .with_committee(on=on)
        .select_related("organization", "assignment__target")
        .order_by("due_on", "code")
    )
    as_of((row.organization for row in rows), on=on)
    known = set(own.order_by().values_list("year", flat=True).distinct())
    committees = organizations.filter(pk__in={row.committee for row in rows})
    return Sheet(
        tasks=rows,
        drafts=[row for row in rows if row.state == TaskState.DRAFT],
        weight=sum(row.weight for row in rows),
        committees=list(committees.order_by("code")),
        years=sorted(known | {year, today.year}, reverse=True),
    )
