"""Directives, teams and assignments, and what comes of them: tasks, reviews, opinions."""

from .assignment import Assignment, Directive, Review, Team
from .results import Delegation, Indicator, Opinion
from .task import Task

__all__ = [
    "Assignment",
    "Delegation",
    "Directive",
    "Indicator",
    "Opinion",
    "Review",
    "Task",
    "Team",
]
