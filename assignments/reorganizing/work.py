"""What becomes of assignments and tasks at organizations that end."""

from copy import copy
from itertools import chain, count

from django.db.models import Q

from branches.services.organizing import AT_ONCE, Before

from ..choices import TaskState
from ..models import Assignment, Task
from .plans import END, GO_OVER, REISSUE, Work

CODE_LENGTH, DAY_AND_NUMBER = 64, 14
ENDING = Work(assignments=END)
OPEN_STATES = (
    TaskState.DRAFT,
    TaskState.REGISTERED,
    TaskState.IN_PROGRESS,
    TaskState.REPORTED,
    TaskState.RETURNED,
)


def open_assignments(organizations, *, on):
    """Assignments to one of the organizations (ids) that would go on past the day before."""
    return Assignment.objects.filter(target__in=organizations, validity__contains=on)


def hand_on(work, *, successors, main, on):
    """End the assignments to organizations that end, and issue them again where they go on.

    successors  {id of an organization that ends: id of its successor, or None}
    main        {code: organization} of all successors that `work.chosen` may name

    Returns {id of an ended assignment: the new one}.
    """
    ended = list(open_assignments(list(successors), on=on).order_by("code"))
    elsewhere = list(_confirmed_by(successors, on=on))
    goes_on = {each.pk: _goes_on(each, work, successors, main) for each in ended}
    goes_on |= {each.pk: each.target_id for each in elsewhere}
    every = sorted([*ended, *elsewhere], key=lambda each: each.code)
    Assignment.objects.filter(pk__in=goes_on).update(validity=Before("validity", on))
    return _issue_again(every, goes_on, successors, on)


def hand_over_tasks(work, reissued, *, successors, members, on):
    """Take the open tasks to where the work goes on, if that was chosen; see plans.Work.

    members  {id of a member: id of their new branch}, where that is not the same for all
    """
    if work.tasks != GO_OVER:
        return
    rows = Task.objects.filter(state__in=OPEN_STATES, year__gte=on.year)
    moved = [
        *rows.filter(organization__in=list(successors)),
        *rows.filter(assignment__in=list(reissued)).exclude(organization__in=list(successors)),
    ]
    changed = []
    for task in moved:
        there = members.get(task.member_id) or successors.get(task.organization_id)
        if task.organization_id in successors and there:
            task.organization_id = there
            changed.append(task)
        if task.assignment_id in reissued:
            task.assignment_id = reissued[task.assignment_id].pk
            changed.append(task)
    Task.objects.bulk_update(
        {task.pk: task for task in changed}.values(),
        ["organization", "assignment"],
        batch_size=AT_ONCE,
    )


def take_tasks_along(members, sources, *, on):
    """Open tasks that a branch gave its members go with those who leave it while it goes on;
    {id of a member: id of their new branch}."""
    rows = Task.objects.filter(
        state__in=OPEN_STATES,
        year__gte=on.year,
        assignment=None,
        member__in=list(members),
        organization__in=sources,
    )
    tasks = list(rows)
    for task in tasks:
        task.organization_id = members[task.member_id]
    Task.objects.bulk_update(tasks, ["organization"], batch_size=AT_ONCE)


def _confirmed_by(organizations, *, on):
    """Assignments that one of them confirms, but that are to another: these go on as they are,
    under the confirming committee of after."""
    rows = Assignment.objects.filter(confirmer__in=list(organizations), validity__contains=on)
    return rows.exclude(target__in=list(organizations))


def _goes_on(assignment, work, successors, main):
    """The id of the organization where the assignment goes on, or None."""
    chosen = work.chosen.get(assignment.pk)
    if chosen == END or (chosen is None and work.assignments != REISSUE):
        return None
    if chosen is not None:
        return main[chosen].pk
    return successors[assignment.target_id]


def _issue_again(assignments, goes_on, successors, on):
    taken = _taken(goes_on, on)
    fresh = {}
    for each in assignments:
        target = goes_on[each.pk]
        # Who went to two that are merged goes to what became of them once.
        if target is None or (each.member_id, target) in taken:
            continue
        taken.add((each.member_id, target))
        again = copy(each)
        again.pk, again.target_id = None, target
        again.confirmer_id = successors.get(each.confirmer_id, each.confirmer_id)
        again.validity = type(each.validity)(on, each.validity.upper, "[)")
        fresh[each.pk] = again
    for pk, code in _new_codes(fresh, on).items():
        fresh[pk].code = code
    Assignment.objects.bulk_create(fresh.values(), batch_size=AT_ONCE)
    return fresh


def _taken(goes_on, on):
    """Pairs of member and target that are assigned from the day on already."""
    targets = {target for target in goes_on.values() if target}
    goes_past = Q(validity__upper_inf=True) | Q(validity__endswith__gt=on)
    rows = Assignment.objects.filter(goes_past, target__in=targets)
    return set(rows.values_list("member", "target"))


def _new_codes(fresh, on):
    """{id of the former: code}: its code with the day, and a number where that is taken."""
    taken, codes = set(), {}
    begun = {
        pk: f"{each.code[: CODE_LENGTH - DAY_AND_NUMBER]}-{on:%Y%m%d}" for pk, each in fresh.items()
    }
    stored = Q()
    for code in set(begun.values()):
        stored |= Q(code=code) | Q(code__startswith=f"{code}-")
    if begun:
        taken = set(Assignment.objects.filter(stored).values_list("code", flat=True))
    for pk, code in begun.items():
        every = chain([code], (f"{code}-{number}" for number in count(2)))
        codes[pk] = next(each for each in every if each not in taken)
        taken.add(codes[pk])
    return codes
