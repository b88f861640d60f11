"""Directives, teams and assignments, and what comes of them: tasks, reviews, opinions."""

from .assigning import Assigning, AssigningRow
from .assignment import Assignment, Review
from .directive import Attachment, Directive, Team
from .document import DocumentTemplate
from .ending import Ending, TaskClosing
from .reminder import Reminder, ReminderChoice
from .results import Delegation, Indicator, Opinion
from .task import Task
from .task_work import TaskEvidence, TaskStep

__all__ = [
    "Assigning",
    "AssigningRow",
    "Assignment",
    "Attachment",
    "Delegation",
    "Directive",
    "DocumentTemplate",
    "Ending",
    "Indicator",
    "Opinion",
    "Reminder",
    "ReminderChoice",
    "Review",
    "Task",
    "TaskClosing",
    "TaskEvidence",
    "TaskStep",
    "Team",
]
