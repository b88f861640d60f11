"""What a ballot says: its base, whether it adds up, and the level it carries.

Source: docs/year-end.md, 3. Levels and ways of counting are the keys of `assignments.choices.Level`
and `evaluations.choices.VoteCounting`.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

LEVELS = ("excellent", "good", "completed", "failed")  # best first
FIRST, SECOND = 1, 2
YES, NO = "excellent", "good"  # the columns of the second ballot
NOT_THIS_BALLOT = "level"  # kinds of what is wrong with a count
SUM = "sum"


@dataclass(frozen=True)
class Count:
    """How many valid papers said what of one member; `blank` said nothing of them."""

    excellent: int = 0
    good: int = 0
    completed: int = 0
    failed: int = 0
    blank: int = 0

    @property
    def total(self) -> int:
        return self.excellent + self.good + self.completed + self.failed + self.blank


def base(convened: int, away: int, absent_exempt: int) -> int:
    """Official members convened, less those away and the exempt who did not come."""
    return convened - away - absent_exempt


def is_carried(votes: int, base: int, share: Decimal) -> bool:
    """Whether more than `share` of the base agree; compared exactly."""
    return votes > Fraction(share) * base


def votes_needed(base: int, share: Decimal) -> int:
    """The least number of votes that carries a level."""
    return int(Fraction(share) * base) + 1


def columns(ballot: int, *, second_ballot: bool) -> tuple[str, ...]:
    """What a paper of the ballot offers. Where a second ballot picks the excellent from the good,
    the first has no excellent."""
    if ballot == SECOND:
        return (YES, NO)
    return LEVELS[1:] if second_ballot else LEVELS


def count_problem(count: Count, *, ballot: int, valid: int, second_ballot: bool) -> str:
    """What is wrong with a count: NOT_THIS_BALLOT when it has votes for a level that the paper does
    not offer, SUM when its numbers are not the valid papers together; "" when nothing is.

    valid  papers returned less the invalid ones
    """
    offered = columns(ballot, second_ballot=second_ballot)
    if any(getattr(count, level) for level in LEVELS if level not in offered):
        return NOT_THIS_BALLOT
    return "" if count.total == valid else SUM


def carried_level(count: Count, *, base: int, share: Decimal, at_least: bool) -> str:
    """The best level that a first ballot carries, "" when none has enough votes.

    at_least  whether votes for better levels count for a level too
    """
    votes = 0
    for level in LEVELS:
        votes = getattr(count, level) + (votes if at_least else 0)
        if is_carried(votes, base, share):
            return level
    return ""


def voted_level(first: str, second: Count | None, *, base: int, share: Decimal) -> str:
    """The level after both ballots: `first` is what the first carried, `second` how the second
    voted on the member, and `base` that of the second."""
    if first == NO and second and is_carried(second.excellent, base, share):
        return YES
    return first
