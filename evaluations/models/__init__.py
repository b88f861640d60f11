"""Schemes, roll-ups and ratings, and the facts that only ratings use."""

from .facts import Deduction, OrganizationRating, UnitCap
from .objection import Objection
from .rating import Rating
from .rollup import RollUp, RollUpShard, RollUpUnit, UnitYear
from .scheme import Scheme

__all__ = [
    "Deduction",
    "Objection",
    "OrganizationRating",
    "Rating",
    "RollUp",
    "RollUpShard",
    "RollUpUnit",
    "Scheme",
    "UnitCap",
    "UnitYear",
]
