"""How a member stands in a year that is not over: the rating as a roll-up of today would suggest
it, computed from the records and stored nowhere. The cap on excellent is left to the year's end: it
needs everybody's ratings."""

from datetime import date

from branches.models import Organization

from ..choices import Criterion
from ..models import Rating, RollUp, Scheme
from . import explain_alone
from .lines import Explanation


def explain_standing(member, *, year: int, on: date) -> Explanation:
    """The explanation of an unsaved rating of the member for `year` up to `on`.

    Raises Scheme.DoesNotExist when no rating set is loaded. A fixed number of queries.
    """
    as_of = min(on, date(year, 12, 31))
    roll_up = RollUp(scheme=Scheme.objects.for_year(year), year=year, as_of=as_of)
    rating = Rating(roll_up=roll_up, member=member, branch=_branch_of(member, as_of))
    explanation, suggestion = explain_alone(rating)
    _fill(rating, suggestion)
    return explanation


def _branch_of(member, on):
    return Organization.objects.filter(
        memberships__member=member, memberships__validity__contains=on
    ).first()


def _fill(rating, suggestion):
    """What a roll-up would store, but for the cap."""
    rating.rated = suggestion.rated
    rating.not_rated_reason = suggestion.not_rated_reason
    rating.score, rating.level = suggestion.score, suggestion.level
    rating.suggested_level, rating.capped = suggestion.level, False
    rating.needs_decision = bool(suggestion.undecided)
    for name, value in suggestion.facts.counts().items():
        setattr(rating, name, value)
    for key in Criterion.values:
        line = suggestion.criteria.get(key)
        setattr(rating, f"points_{key}", line.points if line and suggestion.rated else None)
