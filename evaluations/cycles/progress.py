"""How far a cycle is: by step, by unit and by branch, and who is late. A fixed number of queries,
however many branches there are."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from ..choices import StepKind
from ..models import Appraisal, CycleStep, StepDone

SHORT = {
    StepKind.COLLECTIVE: pgettext_lazy("step, in short", "Collective"),
    StepKind.SELF_REVIEW: pgettext_lazy("step, in short", "Self-review"),
    StepKind.COMMENTS: pgettext_lazy("step, in short", "Comments"),
    StepKind.PROPOSAL: pgettext_lazy("step, in short", "Proposal"),
    StepKind.VOTE: pgettext_lazy("step, in short", "Vote"),
    StepKind.SECTION: pgettext_lazy("step, in short", "Sub-committee"),
    StepKind.DECISION: pgettext_lazy("step, in short", "Decision"),
    StepKind.ORGANIZATIONS: pgettext_lazy("step, in short", "Organization"),
    StepKind.NOTICE: pgettext_lazy("step, in short", "Notice"),
}


@dataclass(frozen=True)
class StepCount:
    """Of `total` branches that have the step `done` did it. `late`: how many did not, although its
    last day has passed."""

    kind: StepKind
    due_on: date | None
    done: int
    total: int
    late: int

    @property
    def label(self):
        return self.kind.label


@dataclass(frozen=True)
class UnitProgress:
    """How far the branches of one unit are: `steps` by kind; `late` of them have a late step."""

    branches: int = 0
    members: int = 0
    late: int = 0
    steps: dict = field(default_factory=dict)


@dataclass(frozen=True)
class BranchStep:
    """A step of one branch. `done` is its StepDone; `is_next` that it is the first one left."""

    kind: StepKind
    due_on: date | None
    done: StepDone | None
    is_next: bool
    is_late: bool

    @property
    def label(self):
        return self.kind.label


def with_steps(cycles):
    """A queryset of cycles whose `due_days()` takes no query more."""
    steps = CycleStep.objects.filter(cycle=OuterRef("pk")).order_by("pk")
    return cycles.annotate(
        step_kinds=ArraySubquery(steps.values("kind")),
        step_days=ArraySubquery(steps.values("due_on")),
    )


def due_days(cycle):
    """{StepKind: last day or None} of the steps of the cycle, in order."""
    if hasattr(cycle, "step_kinds"):
        days = dict(zip(cycle.step_kinds, cycle.step_days, strict=True))
    else:
        days = dict(cycle.steps.values_list("kind", "due_on"))
    return {kind: days[kind] for kind in StepKind if kind in days}


def late_branches(branches, *, days, on):
    """Of a queryset of cycle branches those that did not do a step whose last day is before `on`.

    days  `due_days()` of their cycle
    """
    return branches.alias(done_due=_done_due(days, on)).filter(_is_late(days, on))


def _due(days, on):
    return [kind for kind, day in days.items() if day and day < on]


def _done_due(days, on):
    """How many of the steps whose last day has passed a branch did."""
    return _count_of(StepDone.objects.filter(kind__in=_due(days, on)))


def _is_late(days, on):
    due = _due(days, on)
    if StepKind.SECTION not in due:
        return Q(done_due__lt=len(due))
    with_section = Q(section__isnull=False, done_due__lt=len(due))
    return with_section | Q(section=None, done_due__lt=len(due) - 1)


def _count_of(rows):
    own = rows.filter(cycle_branch=OuterRef("pk")).order_by().values("cycle_branch")
    return Coalesce(Subquery(own.annotate(count=Count("pk")).values("count")), 0)


def unit_progress(branches, *, days, on):
    """{id of the unit: UnitProgress} of a queryset of cycle branches. Two queries."""
    counted = branches.order_by().annotate(
        people=_count_of(Appraisal.objects.all()), done_due=_done_due(days, on)
    )
    units = counted.values_list("unit").annotate(
        branches=Count("pk"),
        sections=Count("section"),
        members=Sum("people"),
        late=Count("pk", filter=_is_late(days, on)),
    )
    done = defaultdict(dict)
    steps = StepDone.objects.filter(cycle_branch__in=branches.order_by().values("pk"))
    for unit, kind, count in steps.values_list("cycle_branch__unit", "kind").annotate(Count("pk")):
        done[unit][kind] = count
    return {
        unit: UnitProgress(
            branches=count,
            members=members,
            late=late,
            steps=_step_counts(days, done[unit], count, sections, on=on),
        )
        for unit, count, sections, members, late in units
    }


def _step_counts(days, done, branches, sections, *, on):
    counts = {}
    for kind, due_on in days.items():
        total = sections if kind == StepKind.SECTION else branches
        number = done.get(kind, 0)
        late = total - number if due_on and due_on < on else 0
        counts[kind] = StepCount(kind, due_on, number, total, late)
    return counts


def whole_progress(units):
    """The UnitProgress of several together."""
    steps = defaultdict(list)
    for unit in units:
        for kind, count in unit.steps.items():
            steps[kind].append(count)
    return UnitProgress(
        branches=sum(unit.branches for unit in units),
        members=sum(unit.members for unit in units),
        late=sum(unit.late for unit in units),
        steps={
            kind: StepCount(
                kind,
                counts[0].due_on,
                sum(count.done for count in counts),
                sum(count.total for count in counts),
                sum(count.late for count in counts),
            )
            for kind, counts in steps.items()
        },
    )


def branch_steps(cycle_branches, *, days, on):
    """{id of a cycle branch: [BranchStep]} of some rows at hand. One query."""
    done = defaultdict(dict)
    steps = StepDone.objects.filter(cycle_branch__in=cycle_branches)
    for each in steps.select_related("done_by__member"):
        done[each.cycle_branch_id][each.kind] = each
    return {
        branch.pk: _steps_of_branch(branch, days, done[branch.pk], on=on)
        for branch in cycle_branches
    }


def _steps_of_branch(branch, days, done, *, on):
    steps, is_first = [], True
    for kind, due_on in days.items():
        if kind == StepKind.SECTION and branch.section_id is None:
            continue
        is_next = is_first and kind not in done
        is_first = is_first and not is_next
        is_late = kind not in done and due_on is not None and due_on < on
        steps.append(BranchStep(kind, due_on, done.get(kind), is_next, is_late))
    return steps
