"""The five steps in which a branch gives its members tasks, and which comes when: plain values."""

from .choices import BranchTaskStep

# In their order; what one has a day for is done.
DATED = (
    BranchTaskStep.REVIEW,
    BranchTaskStep.DRAFT,
    BranchTaskStep.DISCUSSION,
    BranchTaskStep.RESOLUTION,
)


def step_after(*days):
    """The step to do next, of the days on which the first four were done (None: not yet)."""
    return next(
        (step for step, day in zip(DATED, days, strict=True) if day is None),
        BranchTaskStep.OWN_PLANS,
    )


def days_on(days, on):
    """The days as they stood on the day `on`: what was done later had not been done."""
    return tuple(day if day and day <= on else None for day in days)
