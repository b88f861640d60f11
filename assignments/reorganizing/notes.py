"""What a reorganization does not change, but whoever decides it should know."""

from django.db.models import Q
from django.utils.translation import gettext as _

from branches.models import Meeting, Member, Organization, Position
from branches.templatetags.numbers import number

from ..models import Assignment, Task
from .work import OPEN_STATES


def notes_of(changes, ended, *, on):
    """Sentences; `ended` are the ids of the organizations that end."""
    yield from _meetings(ended, on)
    yield from _along(changes, ended, on)
    yield from _posts_of_leavers(changes, ended, on)


def _meetings(ended, on):
    if count := Meeting.objects.filter(branch__in=ended, held_on__lt=on).count():
        yield _("%(count)s meetings stay with what ends, with their rosters.") % {
            "count": number(count)
        }


def _along(changes, ended, on):
    """What stands below organizations that get another place goes along as it is."""
    moved = {
        change.row["organization_id"]
        for change in changes
        if change.table == "branches_placement" and change.before is not None
    } - set(ended)
    if not moved:
        return
    below = Organization.objects.below(*moved, on=on).valid_on(on)
    assignments = Assignment.objects.valid_on(on).of_targets(below)
    tasks = Task.objects.filter(organization__in=below.values("pk"), state__in=OPEN_STATES)
    yield _(
        "Along with what gets another place, unchanged: %(organizations)s organizations, "
        "%(members)s members, %(assignments)s assignments, %(tasks)s open tasks."
    ) % {
        "organizations": number(below.count()),
        "members": number(Member.objects.in_branches(below, on=on).count()),
        "assignments": number(assignments.count()),
        "tasks": number(tasks.count()),
    }


def _posts_of_leavers(changes, ended, on):
    """Who leaves a branch that goes on keeps a post there until somebody ends it."""
    left = Q(pk__in=[])
    for change in changes:
        if change.table == "branches_membership" and change.before and change.after:
            row = change.before
            if row["branch_id"] not in ended and change.after["validity"] != row["validity"]:
                left |= Q(member=row["member_id"], organization=row["branch_id"])
    if count := Position.objects.filter(left, validity__contains=on).count():
        yield _(
            "%(count)s posts are held where their holders leave: they go on until they are ended."
        ) % {"count": number(count)}
