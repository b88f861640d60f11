"""The steps in which a branch gives its members tasks: review, draft, discussion, resolution, and
back again with a reason. What comes after the resolution stands in branch_task_work.py.

`by` is who does it, `at` the moment; a `plan` is locked and read anew. What the rules forbid raises
PermissionDenied; a wrong step or wrong values raise ValidationError, which says what to do.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import F, Func, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.choices import OrganizationKind
from branches.periods import ONE_DAY, covers, period

from ..branch_tasks.rates import due_members, without_resolution
from ..choices import BranchTaskStep, TaskState, TaskStepKind
from ..models import BranchTaskPlan, Fitness, GivenTask, Task, TaskStep
from .branch_task_rules import (
    drafts_of,
    given_in,
    members_of,
    open_plan,
    require_day,
    require_give,
    require_step,
    require_tasks,
    say_day,
)

REVIEW, DRAFT = BranchTaskStep.REVIEW, BranchTaskStep.DRAFT
DISCUSSION, RESOLUTION = BranchTaskStep.DISCUSSION, BranchTaskStep.RESOLUTION
OWN_PLANS = BranchTaskStep.OWN_PLANS
YEARS_AROUND = 1
# What each step back takes away.
CLEARED = {
    REVIEW: ("reviewed_on", "drafted_on", "discussed_at", "resolved_on"),
    DRAFT: ("drafted_on", "discussed_at", "resolved_on"),
    DISCUSSION: ("discussed_at", "resolved_on"),
    RESOLUTION: ("resolved_on",),
}


@recorded
def begin_plan(branch, year, *, by, at):
    """The plan of the branch and year, locked; begun now if it was not."""
    on = timezone.localdate(at)
    require_give(branch, by=by, on=on)
    if branch.kind != OrganizationKind.BRANCH or not covers(branch.validity, on):
        raise ValidationError(_("Tasks are given by a branch that exists."))
    if abs(year - on.year) > YEARS_AROUND:
        raise ValidationError(
            _("Tasks are given for this year, the one before or the next one: choose one of these.")
        )
    plan, _made = BranchTaskPlan.objects.get_or_create(
        branch=branch, year=year, defaults={"begun_on": on}
    )
    return open_plan(plan, by=by, on=on)


@recorded
def save_review(plan, rows, *, by, at):
    """Write what was found out about members.

    rows  {id of a member of the branch: (circumstances, field, spared)}, texts; three empty ones
          take the row away
    """
    on = timezone.localdate(at)
    plan = open_plan(plan, by=by, on=on)
    require_step(plan, REVIEW, DRAFT, DISCUSSION, RESOLUTION)
    if members_of(plan, on=on).filter(pk__in=rows).count() != len(rows):
        raise ValidationError(
            _("Somebody here does not belong to the branch: open the page again.")
        )
    said = {pk: texts for pk, texts in rows.items() if any(texts)}
    plan.fitness.filter(member__in=rows.keys() - said.keys()).delete()
    Fitness.objects.bulk_create(
        (
            Fitness(plan=plan, member_id=pk, circumstances=how, field=field, spared=spared)
            for pk, (how, field, spared) in said.items()
        ),
        update_conflicts=True,
        unique_fields=["plan", "member"],
        update_fields=["circumstances", "field", "spared"],
    )


@recorded
def finish_review(plan, *, day, by, at):
    """The branch has looked at every member who is due a task; done on the `day`."""
    on = timezone.localdate(at)
    plan = open_plan(plan, by=by, on=on)
    require_step(plan, REVIEW)
    require_day(day, on=on)
    left = due_members(members_of(plan, on=on), on=on).exclude(fitness__plan=plan)
    if names := list(left.order_by("sort_key").values_list("full_name", flat=True)[:4]):
        named = ", ".join([*names[:3], *(["…"] if len(names) > 3 else [])])
        raise ValidationError(
            _("Nothing is written of %(names)s yet: say for each member what was found out.")
            % {"names": named}
        )
    plan.reviewed_on, plan.begun_on = day, min(plan.begun_on, day)
    plan.save(update_fields=["reviewed_on", "begun_on"])
    return plan


@recorded
def discuss(plan, *, meeting, opinions, changes, by, at):
    """A meeting of the branch discussed the draft. May be repeated until there is a resolution."""
    on = timezone.localdate(at)
    plan = open_plan(plan, by=by, on=on)
    require_step(plan, DISCUSSION, RESOLUTION)
    if meeting.branch_id != plan.branch_id or meeting.held_on > on:
        raise ValidationError({"meeting": _("Choose a meeting that the branch has held.")})
    if meeting.held_on < plan.drafted_on:
        raise ValidationError(
            {
                "meeting": _("The draft was ready on %s only: choose a later meeting.")
                % say_day(plan.drafted_on)
            }
        )
    plan.discussed_at, plan.opinions, plan.changes = meeting, opinions, changes
    plan.save(update_fields=["discussed_at", "opinions", "changes"])
    return plan


@recorded
def resolve(plan, *, number, day, by, at):
    """The branch's resolution makes the tasks binding: drafts are registered, and what had been
    announced without one is covered. Returns how many became binding."""
    on = timezone.localdate(at)
    plan = open_plan(plan, by=by, on=on)
    require_step(plan, RESOLUTION)
    require_day(day, on=on)
    number = " ".join(number.split())
    if not number:
        raise ValidationError({"number": _("Write the number of the resolution.")})
    if day < plan.discussed_at.held_on:
        raise ValidationError(
            {"day": _("It was discussed on %s: not before.") % say_day(plan.discussed_at.held_on)}
        )
    require_tasks(plan)
    plan.resolution_number, plan.resolved_on = number, day
    plan.full_clean()
    plan.save(update_fields=["resolution_number", "resolved_on"])
    return _bind(plan, by=by, at=at)


@recorded
def go_back(plan, *, step, reason, by, at):
    """Do a step that is done once more. A resolution is withdrawn by it: what nobody has begun is a
    draft again; what is begun goes on, without a resolution until there is the next one."""
    on = timezone.localdate(at)
    plan = open_plan(plan, by=by, on=on)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    order = BranchTaskStep.values
    if step not in CLEARED or order.index(step) >= order.index(plan.next_step):
        raise ValidationError({"step": _("One goes back to a step that is done.")})
    if plan.resolved_on:
        _release(plan, reason, by=by, at=at)
    plan.set_backs.create(
        on=on,
        step=step,
        reason=reason.strip(),
        **{name: getattr(plan, name) for name in ("reviewed_on", "drafted_on", "discussed_on")},
        **{name: getattr(plan, name) for name in ("resolved_on", "resolution_number")},
    )
    for name in CLEARED[step]:
        setattr(plan, name, None)
    plan.resolution_number = ""
    plan.save()
    return plan


def _bind(plan, *, by, at):
    drafts = list(drafts_of(plan).select_for_update())
    Task.objects.filter(pk__in=[task.pk for task in drafts]).update(state=TaskState.REGISTERED)
    TaskStep.objects.bulk_create(
        TaskStep(
            task=task,
            kind=TaskStepKind.REGISTERED,
            by=by,
            at=at,
            text=_("Resolution %s") % plan.resolution_number,
        )
        for task in drafts
    )
    since = max(plan.resolved_on, *_released_on(plan))
    bound = without_resolution(given_in(plan.branch, plan.year), on=since)
    rows = GivenTask.objects.bulk_create(
        GivenTask(task=task, plan=plan, validity=period(since)) for task in bound
    )
    return len(rows)


def _released_on(plan):
    """From when on tasks that were binding before may be so again, as a list of one or none."""
    ended = Func(F("validity"), function="upper")
    last = plan.given.exclude(validity__upper_inf=True).aggregate(last=Max(ended))["last"]
    return [last] if last else [date.min]


def _release(plan, reason, *, by, at):
    """The tasks are binding no more from today on."""
    on = timezone.localdate(at)
    given = plan.given.filter(validity__upper_inf=True)
    ids = list(given.values_list("task", flat=True))
    given.filter(validity__startswith__gte=on).delete()
    for row in plan.given.filter(validity__upper_inf=True):
        row.validity = period(row.validity.lower, on - ONE_DAY)
        row.save(update_fields=["validity"])
    not_begun = Task.objects.filter(pk__in=ids, state=TaskState.REGISTERED)
    tasks = list(not_begun.select_for_update())
    not_begun.update(state=TaskState.DRAFT)
    TaskStep.objects.bulk_create(
        TaskStep(task=task, kind=TaskStepKind.RETURNED, by=by, at=at, text=reason.strip())
        for task in tasks
    )
