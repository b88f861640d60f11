"""The cap on excellent in one cap unit. Source: docs/rating-rules.md, 7."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Candidate:
    """One rated member of a cap unit. `exceeded` is x/N and `attendance` n/d, each 0 without a
    denominator."""

    id: Hashable
    level: str
    score: Decimal
    exceeded: Fraction
    attendance: Fraction

    @property
    def key(self) -> tuple:
        return (self.score, self.exceeded, self.attendance)


@dataclass(frozen=True)
class Cap:
    """What the cap does in one cap unit.

    excellent, good  E and G: rated members at these levels before the cap
    places           k: so many may be excellent
    capped           ids that get `good` instead
    tied             those of them for whom a person must decide
    """

    excellent: int
    good: int
    percent: Decimal
    places: int
    capped: frozenset
    tied: frozenset

    @property
    def bites(self) -> bool:
        return self.excellent > self.places


def places(excellent: int, good: int, percent: Decimal, base: str) -> int:
    """k: the number that may be excellent, rounded down."""
    of = 100 if base == "good_or_better" else 100 + Fraction(percent)
    return int(Fraction(percent) * (excellent + good) // of)


def apply_cap(candidates: Iterable[Candidate], *, percent: Decimal, base: str) -> Cap:
    """Who of the rated members of one cap unit stays excellent; `candidates` in any order."""
    candidates = list(candidates)
    best = sorted(
        (each for each in candidates if each.level == "excellent"),
        key=lambda each: each.key,
        reverse=True,
    )
    good = sum(each.level == "good" for each in candidates)
    k = places(len(best), good, percent, base)
    capped, tied = frozenset(), frozenset()
    if len(best) > k:
        # The first that falls away; everybody equal to the last who would stay goes too.
        first_out = best[k].key
        straddles = k == 0 or best[k - 1].key == first_out
        if straddles:
            tied = frozenset(each.id for each in best if each.key == first_out)
        capped = tied | {each.id for each in best[k:]}
    return Cap(len(best), good, percent, k, capped, tied)
