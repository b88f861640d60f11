"""What the page of one rating shows: plain lines, each with the rows behind it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assignments.models import Assignment, Review, Task
from branches.models import Discipline, Meeting, MemberStatus

from ..models import Deduction, Rating
from ..rules import LevelStep


@dataclass(frozen=True)
class CriterionLine:
    """One criterion: `points` = round_half_up(most × group × n / (applying × d), 2).

    `points` is None when it does not apply (d is 0); `label` is the scheme's own name for it.
    """

    key: str
    label: str
    most: Decimal
    group: Decimal
    applying: Decimal
    n: Decimal
    d: Decimal
    points: Decimal | None

    @property
    def applies(self) -> bool:
        return self.points is not None


@dataclass(frozen=True)
class GroupLines:
    """A group of criteria. `points` is what the group can give, `applying` is A of the formula."""

    key: str
    label: str
    points: Decimal
    applying: Decimal
    criteria: tuple[CriterionLine, ...]


@dataclass(frozen=True)
class MeetingLine:
    """A meeting that the member had to attend; `status` is "" when nothing was recorded."""

    meeting: Meeting
    status: str
    status_label: str


@dataclass(frozen=True)
class DutyPeriodLine:
    """One month, quarter or year of a duty: L = `length`, D = `days`, h = `held`, v = `visited`."""

    first: date
    last: date
    length: int
    days: int
    held: int
    visited: int
    due: int
    made: int
    visits: tuple[Meeting, ...]


@dataclass(frozen=True)
class DutyLine:
    """Assignments to one target that continue each other, and their periods in the year."""

    assignments: tuple[Assignment, ...]
    target: object
    visits_due: int
    visits_period: str
    periods: tuple[DutyPeriodLine, ...]

    @property
    def due(self) -> int:
        return sum(each.due for each in self.periods)

    @property
    def made(self) -> int:
        return sum(each.made for each in self.periods)


@dataclass(frozen=True)
class TaskLine:
    """A task of the year. `result` is an outcome, "pending", or "" when it is not counted;
    `credited` is weight × credit, None when it earns and costs nothing."""

    task: Task
    result: str
    credit: Decimal | None
    credited: Decimal | None


@dataclass(frozen=True)
class ReviewLine:
    review: Review
    credit: Decimal


@dataclass(frozen=True)
class ConditionLine:
    """`rows` is where on the page the rows stand that it counts."""

    text: str
    met: bool
    rows: str


@dataclass(frozen=True)
class LevelLine:
    """One step of the ladder to the level; the first that holds is `chosen`. `needs` is "all" or
    "any" of the conditions; a step without conditions is the case the documents leave open."""

    level: str
    needs: str
    conditions: tuple[ConditionLine, ...]
    holds: bool
    chosen: bool


@dataclass(frozen=True)
class CapLine:
    """The cap on excellent in this member's cap unit.

    excellent, good  E and G, rated members at these levels before the cap
    percent          p; `own` when it is the unit's own
    places           k
    place            the member's first place among the excellent, None for another level
    tied             whether a person must choose between this member and equals
    person_class     "" when the cap counts the whole unit
    """

    excellent: int
    good: int
    percent: Decimal
    own: bool
    base: str
    places: int
    place: int | None
    capped: bool
    tied: bool
    person_class: str

    @property
    def bites(self) -> bool:
        return self.excellent > self.places


@dataclass(frozen=True)
class Explanation:
    """One rating with everything behind it.

    rating       the stored rating
    groups       criteria by group, in the scheme's order
    meetings     the required meetings, in order of day
    missed       months (1–12) that count as missed
    levels, cap  empty and None when the member is not rated
    steps        what `levels` say in words, as values
    lost         {criterion: points that it is short of}, most first
    undecided    (key, label) of each reason why a person must decide
    changed      names of stored values that the records of today no longer give
    """

    rating: Rating
    groups: tuple[GroupLines, ...]
    meetings: tuple[MeetingLine, ...]
    missed: tuple[int, ...]
    duties: tuple[DutyLine, ...]
    tasks: tuple[TaskLine, ...]
    reviews: tuple[ReviewLine, ...]
    deductions: tuple[Deduction, ...]
    disciplines: tuple[Discipline, ...]
    statuses: tuple[MemberStatus, ...]
    levels: tuple[LevelLine, ...]
    steps: tuple[LevelStep, ...]
    lost: dict[str, Decimal]
    cap: CapLine | None
    undecided: tuple[tuple[str, str], ...]
    changed: tuple[str, ...]

    @property
    def organizations(self):
        """All that its rows name: where tasks were done, targets of duties and of reviews."""
        return [
            *(line.task.organization for line in self.tasks),
            *(line.target for line in self.duties),
            *(line.review.assignment.target for line in self.reviews),
        ]
