"""The five steps in which a branch gives its members tasks, and which was reached when."""

from dataclasses import dataclass
from datetime import date

from django.apps import apps

from ..choices import BranchTaskStep

# In their order; one that has its day is done. The last goes on until every task is.
DATED = (
    BranchTaskStep.REVIEW,
    BranchTaskStep.DRAFT,
    BranchTaskStep.DISCUSSION,
    BranchTaskStep.RESOLUTION,
)


def step_after(days):
    """The step to do next, of the days on which the first four were done (None: not yet)."""
    return next(
        (step for step, day in zip(DATED, days, strict=True) if day is None),
        BranchTaskStep.OWN_PLANS,
    )


@dataclass(frozen=True)
class PlanOn:
    """A plan as it stood on a day: the days of the first four steps as far as they were done."""

    days: tuple[date | None, ...]
    resolution_number: str

    @property
    def step(self):
        return step_after(self.days)

    @property
    def place(self):
        """The number of the step, from 1."""
        return BranchTaskStep.values.index(self.step) + 1

    @property
    def resolved_on(self):
        return self.days[-1]

    @property
    def lines(self):
        """For pages, for each step: (step, its day or None, "done", "now" or "later")."""
        days = (*self.days, None)
        return [
            (step, day, "done" if day else "now" if step == self.step else "later")
            for step, day in zip(BranchTaskStep, days, strict=True)
        ]


def plan_on(plan, *, on, set_backs):
    """The plan (a row) as it stood on the day, None where it was not begun.

    set_backs  its rows of PlanSetBack in their order: what it was before it was set back stands in
               them
    """
    if plan.begun_on > on:
        return None
    row = next((each for each in set_backs if each.on > on), plan)
    days = (row.reviewed_on, row.drafted_on, row.discussed_on, row.resolved_on)
    days = tuple(day if day and day <= on else None for day in days)
    return PlanOn(_without_gaps(days), row.resolution_number if days[-1] else "")


def read_plans(branches, *, year, on):
    """{id of a branch: PlanOn} of those of the branches (ids) that had begun. Two queries."""
    rows = apps.get_model("assignments", "BranchTaskPlan").objects.filter(
        year=year, branch__in=list(branches), begun_on__lte=on
    )
    rows = rows.select_related("discussed_at").prefetch_related("set_backs")
    return {row.branch_id: plan_on(row, on=on, set_backs=row.set_backs.all()) for row in rows}


def _without_gaps(days):
    """A step counts as done when those before it are: a meeting may be dated before the draft."""
    step = step_after(days)
    done = BranchTaskStep.values.index(step)
    return tuple(day if place < done else None for place, day in enumerate(days))
