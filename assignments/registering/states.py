"""The way of a task, as a table: from which states what can be done to it. No rule about persons
stands here; services/task_work.py and services/task_registering.py have those."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import TaskState

DRAFT, REGISTERED, IN_PROGRESS = TaskState.DRAFT, TaskState.REGISTERED, TaskState.IN_PROGRESS
REPORTED, CONFIRMED, RETURNED = TaskState.REPORTED, TaskState.CONFIRMED, TaskState.RETURNED
OPEN = (REGISTERED, IN_PROGRESS, RETURNED)  # work that is promised and not handed in
NEEDS_A_REASON = (REGISTERED, IN_PROGRESS)  # to be changed: somebody relies on what it says
STEPS = (DRAFT, REGISTERED, IN_PROGRESS, REPORTED, CONFIRMED)  # the straight way, for pages

FROM = {
    "change": (DRAFT, *OPEN),
    "submit": (DRAFT, RETURNED),
    "discard": (DRAFT,),
    "start": (REGISTERED, RETURNED),
    "progress": OPEN,
    "report": (*OPEN, REPORTED),
    "confirm": (REPORTED,),
    "return": (REGISTERED, IN_PROGRESS, REPORTED),
    "weigh": (*OPEN, REPORTED),
    "cancel": (*OPEN, REPORTED),
    "reopen": (CONFIRMED,),
}
REFUSALS = {
    "change": gettext_lazy("What is handed in, confirmed or cancelled is not changed any more."),
    "submit": gettext_lazy("Only a draft, or a task that came back, is registered."),
    "discard": gettext_lazy("Only a draft is discarded: what is registered is cancelled."),
    "start": gettext_lazy("Only a registered task is begun: register it first."),
    "progress": gettext_lazy("Progress is noted on a registered task that is not handed in."),
    "report": gettext_lazy("Only a registered task is reported that is not confirmed yet."),
    "confirm": gettext_lazy("Only what the cadre reported is confirmed."),
    "return": gettext_lazy("Only what is registered or reported goes back to the cadre."),
    "weigh": gettext_lazy("The weight changes between registration and confirmation only."),
    "cancel": gettext_lazy(
        "Only a registered task that is not confirmed is cancelled: open its confirmation again "
        "first."
    ),
    "reopen": gettext_lazy("Only a confirmed task is opened again."),
}


def can(action, task):
    """Whether the state of the task lets it be done (a key of FROM), whoever wants it."""
    return task.state in FROM[action]


def require_state(action, *tasks):
    """Raise a ValidationError that names the first task whose state forbids it, and says why."""
    for task in tasks:
        if not can(action, task):
            raise ValidationError(
                _("“%(task)s” is in the state “%(state)s”. %(rule)s")
                % {
                    "task": task.title,
                    "state": task.get_state_display(),
                    "rule": REFUSALS[action],
                },
                code="wrong_state",
            )
