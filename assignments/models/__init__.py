"""Directives, teams and assignments, and what comes of them: tasks, reviews, opinions."""

from .assigning import Assigning, AssigningRow
from .assignment import Assignment, Review
from .branch_task import BranchTaskPlan, Fitness, GivenTask, OwnPlan, PlanSetBack, TaskCheck
from .directive import Attachment, Directive, Team
from .document import DocumentTemplate, TemplateComparison
from .ending import Ending, TaskClosing
from .opinion import Opinion, OpinionStep
from .reminder import Reminder, ReminderChoice
from .results import Delegation, Indicator
from .task import Task
from .task_work import TaskEvidence, TaskStep
from .visit import Visit

__all__ = [
    "Assigning",
    "AssigningRow",
    "Assignment",
    "Attachment",
    "BranchTaskPlan",
    "Delegation",
    "Directive",
    "DocumentTemplate",
    "Ending",
    "Fitness",
    "GivenTask",
    "Indicator",
    "Opinion",
    "OpinionStep",
    "OwnPlan",
    "PlanSetBack",
    "Reminder",
    "ReminderChoice",
    "Review",
    "Task",
    "TaskCheck",
    "TaskClosing",
    "TaskEvidence",
    "TaskStep",
    "Team",
    "TemplateComparison",
    "Visit",
]
