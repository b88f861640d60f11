"""Directives, teams and assignments, and what comes of them: tasks, reviews, opinions."""

from .assigning import Assigning, AssigningRow
from .assignment import Assignment, Review
from .directive import Attachment, Directive, Team
from .results import Delegation, Indicator, Opinion
from .task import Task

__all__ = [
    "Assigning",
    "AssigningRow",
    "Assignment",
    "Attachment",
    "Delegation",
    "Directive",
    "Indicator",
    "Opinion",
    "Review",
    "Task",
    "Team",
]
