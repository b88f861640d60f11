"""Signs of what meetings said of a branch's tasks, and the line about them on other pages."""

from django import template
from django.utils.translation import gettext as _

from assignments.branch_tasks import page as branch_tasks
from assignments.branch_tasks.steps import read_plans
from assignments.choices import CheckProgress
from branches.choices import OrganizationKind

register = template.Library()

MISSING = "missing"
ICONS = {
    CheckProgress.NOT_BEGUN: "circle-minus",
    CheckProgress.ON_TRACK: "player-play",
    CheckProgress.BEHIND: "alert-triangle",
    CheckProgress.DONE: "circle-check",
    MISSING: "circle-dashed",
}


@register.filter
def check_icon(check):
    return ICONS[check.progress if check else MISSING]


@register.simple_tag
def check_words():
    """(value, word, icon) of all that a check may say, and of none."""
    words = [*CheckProgress.choices, (MISSING, _("Not checked"))]
    return [(value, label, ICONS[value]) for value, label in words]


@register.inclusion_tag("assignments/_branch_tasks_line.html", takes_context=True)
def branch_tasks_line(context, organization):
    """How far a branch is with its tasks of the year, on the page of the organization."""
    request = context["request"]
    acting = request.acting
    # Who sees the members sees their tasks: the page has asked that already.
    if organization.kind_on != OrganizationKind.BRANCH or not context["may_see_members"]:
        return {"request": request}
    plans = read_plans([organization.pk], year=acting.on.year, on=acting.on)
    return {
        "request": request,
        "organization": organization,
        "year": acting.on.year,
        "plan": plans.get(organization.pk),
    }


@register.inclusion_tag("assignments/_branch_task_parts.html", takes_context=True)
def branch_task_parts(context, task):
    """Of a task that a branch gave: the member's own plan, and what meetings said."""
    request = context["request"]
    if task.assignment_id is not None:
        return {"request": request}
    line = branch_tasks.read_task(task, on=request.acting.on)
    return {"request": request, "task": task, "line": line}


@register.simple_tag
def last_check(checks, task):
    """What an earlier meeting said of the task, of {id of a task: TaskCheck}; or None."""
    return checks.get(task.pk)
