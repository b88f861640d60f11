"""What the steps of a branch's tasks have in common: who may, when, and of whom."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branches.models import Member, Organization

from ..choices import BranchTaskStep, TaskState
from ..models import BranchTaskPlan, Task


def open_plan(plan, *, by, on):
    """The plan as it is now, locked, for whoever may give tasks in its branch on the day."""
    require_give(plan.branch, by=by, on=on)
    rows = BranchTaskPlan.objects.select_related("branch", "discussed_at")
    return rows.select_for_update(of=("self",)).get(pk=plan.pk)


def require_give(branch, *, by, on):
    if not by.may("give_tasks", branch, on=on):
        raise PermissionDenied


def require_step(plan, *steps):
    """Raise a ValidationError unless one of the steps is to be done next."""
    step = plan.next_step
    if step in steps:
        return
    order = BranchTaskStep.values
    if order.index(step) < order.index(steps[0]):
        words = _("Do the step “%(step)s” first.")
    else:
        words = _("This step is done. To do it again, go back to it and say why.")
    raise ValidationError(words % {"step": step.label}, code="wrong_step")


def require_day(day, *, on):
    if day is None or day > on:
        raise ValidationError({"day": _("Give a day that is not after today.")})


def require_tasks(plan):
    if not given_in(plan.branch, plan.year).exclude(state=TaskState.CANCELLED).exists():
        raise ValidationError(_("There is no task yet: draft at least one."))


def members_of(plan, *, on):
    """Who belongs to the branch on the day, as a queryset."""
    branches = Organization.objects.filter(pk=plan.branch_id)
    return Member.objects.in_branches(branches, on=on)


def drafts_of(plan):
    """The tasks of the plan that no resolution has made binding, and that were not announced."""
    return given_in(plan.branch, plan.year).filter(state=TaskState.DRAFT)


def given_in(branch, year):
    return Task.objects.filter(organization=branch, year=year, assignment=None)


def say_day(day):
    return date_format(day, "SHORT_DATE_FORMAT")
