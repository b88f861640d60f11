"""A word and a chip for each state of a task, the same on every page."""

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html

from ..choices import TaskState, TaskStepKind
from ..models import Task
from ..registering.outcomes import due_day

register = template.Library()

CHIPS = {
    TaskState.REGISTERED: "chip-info",
    TaskState.IN_PROGRESS: "chip-info",
    TaskState.REPORTED: "chip-warning",
    TaskState.CONFIRMED: "chip-fine",
    TaskState.RETURNED: "chip-bad",
}
ICONS = {
    TaskStepKind.REGISTERED: "list-check",
    TaskStepKind.CHANGED: "pencil",
    TaskStepKind.STARTED: "player-play",
    TaskStepKind.PROGRESS: "clock",
    TaskStepKind.REPORTED: "send",
    TaskStepKind.CONFIRMED: "circle-check",
    TaskStepKind.RETURNED: "arrow-back-up",
    TaskStepKind.CANCELLED: "circle-x",
    TaskStepKind.REOPENED: "refresh",
}


@register.filter
def task_state(task):
    """The chip of a task's state."""
    return format_html(
        '<span class="chip {}">{}</span>', CHIPS.get(task.state, ""), task.get_state_display()
    )


@register.filter
def task_number(prefix):
    """Which of many lines a form is, counted from one."""
    return int(prefix.rpartition("-")[2]) + 1


@register.filter
def step_icon(step):
    return ICONS[step.kind]


@register.simple_tag
def step_changes(step):
    """(name of the field, before, after) of what a step changed, as people read it."""
    return [
        (_called(name), before or "–", after or "–")
        for name, (before, after) in step.changes.items()
    ]


def _called(name):
    label = str(Task._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


@register.filter
def due_words(task):
    """The day on which a task is due; one without a day is due when its year ends."""
    return date_format(due_day(task.due_on, year=task.year), "SHORT_DATE_FORMAT")
