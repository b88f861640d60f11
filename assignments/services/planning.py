"""What ending an assignment, or handing it over, will do: checked and told before it is done.

Wrong values raise ValidationError, by the field of the form that they are typed in.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branches.periods import ONE_DAY, first_day, last_day

from ..assigning.endings import ending_of, tasks_in_progress, tasks_reported, visits_of
from ..models import Assignment
from .checking import ERROR, check_rows
from .facts import NewAssignment

CHANGEABLE = ("role", "visits_due", "visits_period", "directive", "team")
# What a check of a new assignment names, where the form has another name for it.
FIELDS = {"since": "last_day", "target": None}


@dataclass(frozen=True)
class Plan:
    """What ending an assignment will do; `successor` is None when nobody goes on.

    over, closed  tasks in progress that go over, and pairs (task, reason) of those to be closed
    kept          those that the old cadre finishes
    reported      tasks that wait for their confirmation, and stay with the old cadre
    visits_after  how often the old cadre was there after the last day
    warnings      sentences about the new assignment that keep nothing from being done
    """

    assignment: Assignment
    last_day: date
    successor: NewAssignment | None
    over: list
    closed: list
    kept: list
    reported: list
    visits_after: int
    warnings: list = field(default_factory=list)


def plan_hand_over(assignment, *, member, last_day, until=None, changes=None, closed=None, by, on):
    """What `hand_over` with the same values will do."""
    _check_last_day(assignment, last_day, goes_on=True)
    if member.pk == assignment.member_id:
        raise ValidationError({"member": _("This is who goes there now: name somebody else.")})
    kept = {name: getattr(assignment, name) for name in CHANGEABLE}
    successor = NewAssignment(
        member=member,
        target=assignment.target,
        since=last_day + ONE_DAY,
        until=until,
        confirmer=assignment.confirmer,
        **(kept | (changes or {})),
    )
    warnings = _check_successor(successor, assignment, by=by, on=on)
    return _plan(assignment, last_day, closed or {}, successor=successor, warnings=warnings)


def plan_end(assignment, *, last_day, closed=None, kept=()):
    """What `end_assignment` with the same values will do."""
    _check_last_day(assignment, last_day, goes_on=False)
    return _plan(assignment, last_day, closed or {}, kept=kept)


def _plan(assignment, last_day, closed, *, kept=(), **more):
    tasks = list(tasks_in_progress(assignment))
    return Plan(
        assignment=assignment,
        last_day=last_day,
        successor=more.pop("successor", None),
        over=[task for task in tasks if task.pk not in closed and task.pk not in kept],
        closed=[(task, closed[task.pk]) for task in tasks if task.pk in closed],
        kept=[task for task in tasks if task.pk in kept],
        reported=list(tasks_reported(assignment)),
        visits_after=visits_of(
            assignment.member_id, assignment.target, since=last_day + ONE_DAY
        ).count(),
        **more,
    )


def _check_last_day(assignment, day, *, goes_on):
    first, last = first_day(assignment.validity), last_day(assignment.validity)
    if day < first:
        _refuse(_("The assignment began on %(day)s: it ends on that day or later."), first)
    if last and (day > last if goes_on else day >= last):
        _refuse(_("The assignment ends on %(day)s already: name an earlier day."), last)
    if goes_on and last and (ending := ending_of(assignment)) and ending.successor:
        _refuse(_("Somebody goes on since %(day)s: undo that first."), ending.last_day + ONE_DAY)
    review = assignment.reviews.filter(year__gt=day.year).order_by("-year").first()
    if review:
        text = _("There is a review of a later year: the last day is %(day)s or later.")
        _refuse(text, date(review.year, 1, 1))


def _refuse(text, day):
    raise ValidationError({"last_day": text % {"day": date_format(day, "SHORT_DATE_FORMAT")}})


def _check_successor(successor, assignment, *, by, on):
    """The sentences that only warn. Raises what the checks of every new assignment refuse."""
    (findings,) = check_rows([successor], by=by, on=on, besides=assignment)
    errors = defaultdict(list)
    for each in findings:
        if each.level == ERROR and each.denied:
            raise PermissionDenied
        if each.level == ERROR:
            errors[FIELDS.get(each.field, each.field)].append(each.text)
    if errors:
        raise ValidationError({name or "__all__": texts for name, texts in errors.items()})
    return [each.text for each in findings]
