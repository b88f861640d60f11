"""What stands on the pages of assignments and tasks about their endings."""

from django import template
from django.db.models import Q

from assignments.board.uncovered import leaving
from assignments.models import Assignment, Ending, TaskClosing
from branches.periods import last_day

register = template.Library()


@register.simple_tag(takes_context=True)
def assignment_ending(context, assignment):
    """Who went there before and who goes on, why it ended, and what the reader may do about it."""
    request = context["request"]
    acting = request.acting
    endings = Ending.objects.filter(Q(assignment=assignment) | Q(successor=assignment))
    endings = list(endings.select_related("assignment__member", "successor__member"))
    changeable = Assignment.objects.changeable_by(request.user, on=acting.today)
    may = changeable.filter(pk=assignment.pk).exists()
    last = last_day(assignment.validity)
    ended = next((each for each in endings if _ended(each, assignment, last)), None)
    return {
        "before": next((each for each in endings if each.successor_id == assignment.pk), None),
        # On a past day nothing is told of what came later.
        "ended": ended if ended and (acting.is_today or ended.last_day < acting.on) else None,
        "may": may,
        "may_undo": may and ended is not None,
        "may_end": may and (last is None or last > acting.today),
        "may_hand_over": may and (ended is None or ended.successor_id is None),
    }


@register.inclusion_tag("assignments/_task_closing.html", takes_context=True)
def task_closing(context, task):
    """Why the task was closed, or who went on with it, and which it continues."""
    closings = TaskClosing.objects.filter(Q(task=task) | Q(successor=task))
    closings = closings.select_related("task__member", "successor__member", "ending")
    return {
        "request": context["request"],
        "closing": next((each for each in closings if each.task_id == task.pk), None),
        "continues": next((each for each in closings if each.successor_id == task.pk), None),
    }


def _ended(ending, assignment, last):
    return ending.assignment_id == assignment.pk and ending.last_day == last


@register.inclusion_tag("assignments/_leaving.html", takes_context=True)
def leaving_cadres(context):
    """How many assignments here are left uncovered by a cadre who can go there no more: so that it
    is seen where one begins the day. One query."""
    request = context["request"]
    acting = request.acting
    number = leaving(acting).count() if acting.may("see_assignments") else 0
    return {"request": request, "number": number}
