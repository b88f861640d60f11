"""Schemes, roll-ups and ratings, facts that only ratings use, and the cycles of the year end."""

from .appraisal import Appraisal, Comment, Proposal, SelfReview
from .cycle import Cycle, CycleBranch, CycleStep, StepDone
from .decision import CapOverride, Decision
from .facts import Deduction, OrganizationRating, UnitCap
from .objection import Objection
from .organization_appraisal import (
    OrganizationAppraisal,
    OrganizationDecision,
    OrganizationPlaces,
    OrganizationRound,
    OrganizationScheme,
    Shortcomings,
)
from .organization_discipline import OrganizationDiscipline
from .paper_job import PaperJob, PaperPart
from .rating import Rating
from .rollup import RollUp, RollUpShard, RollUpUnit, UnitYear
from .scheme import Scheme
from .vote import NotVoted, Vote, VoteCount

__all__ = [
    "Appraisal",
    "CapOverride",
    "Comment",
    "Cycle",
    "CycleBranch",
    "CycleStep",
    "Decision",
    "Deduction",
    "NotVoted",
    "Objection",
    "OrganizationAppraisal",
    "OrganizationDecision",
    "OrganizationDiscipline",
    "OrganizationPlaces",
    "OrganizationRating",
    "OrganizationRound",
    "OrganizationScheme",
    "PaperJob",
    "PaperPart",
    "Proposal",
    "Rating",
    "RollUp",
    "RollUpShard",
    "RollUpUnit",
    "Scheme",
    "SelfReview",
    "Shortcomings",
    "StepDone",
    "UnitCap",
    "UnitYear",
    "Vote",
    "VoteCount",
]
