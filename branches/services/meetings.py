"""Planning meetings, calling them off, and the meeting that a plan becomes."""

import calendar
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import OrganizationKind, PlanState
from ..editing import lock_unchanged
from ..models import Meeting, MeetingPlan, Organization
from ..periods import covers
from ..refusals import told_at
from .members import day_text

ACTION = "keep_meetings"
PLAN_VALUES = ("planned_on", "starts_at", "place", "kind", "agenda")
MOST_DAYS_AHEAD = 2 * 366
ONE_A_DAY = {
    "plan_once": gettext_lazy("A meeting of this kind is planned for the day already."),
}


@dataclass(frozen=True)
class Planned:
    """The plans that were made, and the days that had a meeting or a plan of the kind already."""

    plans: list[MeetingPlan]
    taken: list[date]


def require_branch(branch, *, by, on):
    """Raise PermissionDenied unless `by` keeps the meetings of the branch."""
    if not by.may(ACTION, branch, on=on):
        raise PermissionDenied


@transaction.atomic
def plan_meeting(branch, *, planned_on, until=None, by, on, **values):
    """Plan a meeting of the branch; with `until`, one on the same day of each month up to that day.

    values  of PLAN_VALUES, without the day

    Months that have a meeting or a plan of the kind on that day already are left as they are; for
    the first day that is an error. Returns Planned. Raises ValidationError, PermissionDenied.
    """
    require_branch(branch, by=by, on=on)
    _lock_branch(branch)
    _check_until(planned_on, until)
    days = monthly_days(planned_on, until or planned_on)
    taken = _taken_days(branch, days, values["kind"])
    if planned_on in taken:
        raise ValidationError({"planned_on": _day_is_taken(branch, planned_on, values["kind"])})
    plans = [
        MeetingPlan(branch=branch, planned_on=day, **values) for day in days if day not in taken
    ]
    for plan in plans:
        _check_plan(plan, field="planned_on" if plan.planned_on == planned_on else "until", on=on)
    with told_at("planned_on", ONE_A_DAY):
        MeetingPlan.objects.bulk_create(plans)
    return Planned(plans, sorted(taken))


@transaction.atomic
def change_plan(plan, *, seen, by, on, **values):
    """Change a plan that bears the mark `seen`; of one that was held, all but day and kind."""
    require_branch(plan.branch, by=by, on=on)
    _lock_branch(plan.branch)
    plan = lock_unchanged(plan, seen)
    moves = (values["planned_on"], values["kind"]) != (plan.planned_on, plan.kind)
    if plan.state == PlanState.NOT_HELD:
        raise ValidationError(_("This meeting was called off: take that back first."))
    if moves and plan.state == PlanState.HELD:
        raise ValidationError({"planned_on": _("It was held: its day and kind stay.")})
    if moves and plan.check_ins.exists():
        text = _("People have checked in at this meeting: its day and kind stay.")
        raise ValidationError({"planned_on": text})
    for name in PLAN_VALUES:
        setattr(plan, name, values[name])
    if moves and _taken_days(plan.branch, [plan.planned_on], plan.kind, but=plan):
        text = _day_is_taken(plan.branch, plan.planned_on, plan.kind)
        raise ValidationError({"planned_on": text})
    _check_plan(plan, field="planned_on", on=on)
    with told_at("planned_on", ONE_A_DAY):
        plan.save()
    return plan


@transaction.atomic
def call_off(plan, *, reason, by, on):
    """Say that a planned meeting is not held, and why. Check-ins at it go."""
    plan = _locked_plan(plan, by=by, on=on)
    if plan.state != PlanState.PLANNED:
        raise ValidationError(_("Only a planned meeting can be called off."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the meeting is not held.")})
    plan.check_ins.all().delete()
    plan.state, plan.reason = PlanState.NOT_HELD, reason.strip()
    plan.save(update_fields=["state", "reason"])
    return plan


@transaction.atomic
def take_back_calling_off(plan, *, by, on):
    """The meeting is planned again, unless another took its day."""
    plan = _locked_plan(plan, by=by, on=on)
    if plan.state != PlanState.NOT_HELD:
        raise ValidationError(_("This meeting was not called off."))
    if _taken_days(plan.branch, [plan.planned_on], plan.kind):
        raise ValidationError(_day_is_taken(plan.branch, plan.planned_on, plan.kind))
    plan.state, plan.reason = PlanState.PLANNED, ""
    plan.save(update_fields=["state", "reason"])
    return plan


# Of two who hold the same meeting at once the second waits for the lock on the branch, and finds
# the meeting of the first: a statement sees what was committed before it began.
LOCK_SQL = "SELECT FROM branches_organization WHERE id = %s FOR NO KEY UPDATE"
HOLD_SQL = """
WITH held AS (
    SELECT id, code FROM branches_meeting
    WHERE branch_id = %(branch)s AND held_on = %(held_on)s AND kind = %(kind)s
    ORDER BY code LIMIT 1
), made AS (
    INSERT INTO branches_meeting (code, branch_id, held_on, kind, resolution_number)
    SELECT free.code, %(branch)s, %(held_on)s, %(kind)s, ''
    FROM (
        SELECT %(code)s || CASE WHEN number = 1 THEN '' ELSE '-' || number END AS code
        FROM generate_series(1, 1000) AS number
    ) AS free
    WHERE NOT EXISTS (SELECT FROM held)
        AND NOT EXISTS (SELECT FROM branches_meeting AS m WHERE m.code = free.code)
    ORDER BY length(free.code), free.code LIMIT 1
    RETURNING id, code
)
SELECT id, code FROM held UNION ALL SELECT id, code FROM made
"""


def hold_meeting(branch, *, held_on, kind, by, is_locked=False):
    """The branch's meeting of that day and kind, made with a code of its own if there is none. The
    database links the plan, if there is one (branches/sql/meetings.sql).

    is_locked  whether the present transaction holds the lock on the branch's row already

    Whether `by` may do what the meeting is held for, the caller has asked; and so is a transaction
    the caller's. Takes two statements, or one.
    """
    given = {
        "branch": branch.pk,
        "held_on": held_on,
        "kind": kind,
        "code": f"SH-{branch.pk}-{held_on:%Y-%m-%d}",
    }
    if not is_locked:
        _lock_branch(branch)
    with connection.cursor() as cursor:
        cursor.execute(HOLD_SQL, given)
        pk, code = cursor.fetchone()
    return Meeting(pk=pk, code=code, branch=branch, held_on=held_on, kind=kind)


def monthly_days(first, last):
    """`first` and the same day of each month after it, up to `last`: where a month is shorter, its
    last day."""
    days, number = [], 0
    while True:
        year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
        longest = calendar.monthrange(year, month + 1)[1]
        day = date(year, month + 1, min(first.day, longest))
        if day > last:
            return days
        days.append(day)
        number += 1


def check_branch_on(branch, day):
    """Raise ValidationError unless the organization is a branch that exists on the day."""
    kind = Organization.objects.on(day).filter(pk=branch.pk).values_list("kind_on", flat=True)
    if not covers(branch.validity, day):
        text = _("%(branch)s does not exist on %(day)s.")
    elif kind.get() != OrganizationKind.BRANCH:
        text = _("%(branch)s is no branch on %(day)s.")
    else:
        return
    raise ValidationError(text % {"branch": branch, "day": day_text(day)})


def _lock_branch(branch):
    """Plans and meetings of one branch are made one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_SQL, [branch.pk])


def _locked_plan(plan, *, by, on):
    require_branch(plan.branch, by=by, on=on)
    _lock_branch(plan.branch)
    locked = MeetingPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    locked.branch = plan.branch
    return locked


def _check_until(planned_on, until):
    if until is None:
        return
    if until < planned_on:
        raise ValidationError({"until": _("The last day is before the first day.")})
    if (until - planned_on).days > MOST_DAYS_AHEAD:
        raise ValidationError({"until": _("Repeat a meeting for two years at most.")})


def _check_plan(plan, *, field, on):
    if (plan.planned_on - on).days > MOST_DAYS_AHEAD:
        raise ValidationError({field: _("Plan a meeting at most two years ahead.")})
    try:
        check_branch_on(plan.branch, plan.planned_on)
    except ValidationError as error:
        raise ValidationError({field: error.messages}) from error
    plan.full_clean(validate_constraints=False, validate_unique=False)


def _taken_days(branch, days, kind, *, but=None):
    """Those of `days` that have a meeting or a plan of the kind, apart from the plan `but`."""
    plans = MeetingPlan.objects.filter(branch=branch, kind=kind, planned_on__in=days)
    plans = plans.exclude(state=PlanState.NOT_HELD)
    if but is not None:
        plans = plans.exclude(pk=but.pk)
    meetings = Meeting.objects.filter(branch=branch, kind=kind, held_on__in=days)
    held = meetings.values_list("held_on", flat=True)
    return {*plans.values_list("planned_on", flat=True), *held}


def _day_is_taken(branch, day, kind):
    if Meeting.objects.filter(branch=branch, held_on=day, kind=kind).exists():
        return _("The branch held a meeting of this kind on %(day)s: open that one.") % {
            "day": day_text(day)
        }
    return ONE_A_DAY["plan_once"]
