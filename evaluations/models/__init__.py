"""Schemes, roll-ups and ratings, and the facts that only ratings use."""

from .facts import Deduction, OrganizationRating, UnitCap
from .rating import Rating
from .rollup import RollUp, RollUpShard, RollUpUnit, UnitYear
from .scheme import Scheme

__all__ = [
    "Deduction",
    "OrganizationRating",
    "Rating",
    "RollUp",
    "RollUpShard",
    "RollUpUnit",
    "Scheme",
    "UnitCap",
    "UnitYear",
]
