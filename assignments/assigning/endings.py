"""Reads about endings of assignments: tasks in progress, and what keeps one from being undone."""

from dataclasses import dataclass

from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Attendance
from branches.periods import first_day, last_day, period

from ..choices import TaskState
from ..models import Assignment, Ending, Task

# Work that somebody has still to do. What is reported waits for its confirmation, and stays with
# who did it.
IN_PROGRESS = (TaskState.DRAFT, TaskState.REGISTERED, TaskState.IN_PROGRESS, TaskState.RETURNED)


def tasks_in_progress(assignment):
    return Task.objects.filter(assignment=assignment, state__in=IN_PROGRESS).order_by(
        "year", "due_on", "code"
    )


def tasks_reported(assignment):
    return Task.objects.filter(assignment=assignment, state=TaskState.REPORTED).order_by("code")


def visits_of(member, target, *, since):
    """Rosters of meetings at or below the target where the member stands as assigned cadre, on
    `since` or later."""
    return Attendance.objects.filter(
        member=member,
        capacity="assigned",
        meeting__held_on__gte=since,
        meeting__branch__paths__ancestors__contains=[target.pk],
        meeting__branch__paths__validity__contains=F("meeting__held_on"),
    )


def ending_of(assignment):
    """The ending that gave the assignment its present last day, or None."""
    endings = assignment.endings.select_related("successor__member", "assignment__member")
    return endings.filter(last_day=last_day(assignment.validity)).first()


@dataclass(frozen=True)
class Undoing:
    """What undoing an ending gives back, and the sentences that say what keeps it from that."""

    ending: Ending
    validity: object  # of the assignment, as it was before
    closings: list
    obstacles: list[str]


def undoing_of(ending):
    closings = ending.closings.select_related("task", "successor")
    closings = list(closings.prefetch_related("successor__steps"))
    assignment = ending.assignment
    before = period(first_day(assignment.validity), ending.planned_last_day)
    return Undoing(ending, before, closings, list(_obstacles(ending, closings, before)))


def _obstacles(ending, closings, before):
    assignment = ending.assignment
    if last_day(assignment.validity) != ending.last_day:
        yield _("The days of the assignment were changed since.")
    again = Assignment.objects.filter(
        member=assignment.member_id, target=assignment.target_id, validity__overlap=before
    ).exclude(pk=assignment.pk)
    if other := again.first():
        yield _("%(cadre)s was assigned to %(target)s again, since %(day)s.") % {
            "cadre": assignment.member,
            "target": assignment.target,
            "day": date_format(first_day(other.validity), "SHORT_DATE_FORMAT"),
        }
    existed = last_day(assignment.target.validity)
    if existed and (ending.planned_last_day is None or existed < ending.planned_last_day):
        yield _("%(target)s exists until %(day)s only.") % {
            "target": assignment.target,
            "day": date_format(existed, "SHORT_DATE_FORMAT"),
        }
    for closing in closings:
        if _has_changed(closing):
            yield _("The task “%(task)s” was worked on since.") % {"task": closing.task}
    if ending.successor:
        yield from _depending(ending.successor, closings)


def _has_changed(closing):
    """Whether the task, or what it went on as, is no more as the ending left it."""
    task, successor = closing.task, closing.successor
    if task.state != TaskState.CANCELLED:
        return True
    return successor is not None and (
        bool(successor.steps.all())
        or (successor.state, successor.actual) != (closing.former_state, task.actual)
    )


def _depending(successor, closings):
    """What stands on the assignment that went on."""
    since = first_day(successor.validity)
    if visits := visits_of(successor.member_id, successor.target, since=since).count():
        yield ngettext(
            "%(cadre)s has been there %(number)s time since.",
            "%(cadre)s has been there %(number)s times since.",
            visits,
        ) % {"cadre": successor.member, "number": visits}
    if successor.reviews.exists():
        yield _("%(cadre)s has a review there.") % {"cadre": successor.member}
    taken = [closing.successor_id for closing in closings]
    if successor.tasks.exclude(pk__in=taken).exists():
        yield _("%(cadre)s has tasks of their own there.") % {"cadre": successor.member}
    if successor.endings.exists():
        yield _("The assignment of %(cadre)s was ended in turn.") % {"cadre": successor.member}
