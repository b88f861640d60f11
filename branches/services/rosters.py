"""What a branch says of its members at a meeting, and when it has said all."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from ..choices import AttendanceStatus, PlanState
from ..models import Meeting
from .meetings import ACTION, hold_meeting
from .members import day_text

NOT_REPORTED = ""
LONGEST_REASON = 500

# One statement, so that a roster of forty costs what a roster of four does. Nothing is written
# unless the meeting takes it: the row of the meeting is locked, and its version compared, by the
# UPDATE on which all else hangs. Of two who save at once the second waits, sees the new version,
# and writes nothing.
SAVE_SQL = """
WITH given AS (
    SELECT * FROM unnest(%(members)s::bigint[], %(statuses)s::text[], %(reasons)s::text[])
        AS given (member_id, status, reason)
), strange AS (
    SELECT FROM given AS g
    WHERE g.member_id <> ALL (%(added)s::bigint[])
        AND NOT EXISTS (
            SELECT FROM branches_meeting AS m
            JOIN branches_membership AS s
                ON s.branch_id = m.branch_id AND s.validity @> m.held_on
            WHERE m.id = %(meeting)s AND s.member_id = g.member_id
        )
        AND NOT EXISTS (
            SELECT FROM branches_attendance AS a
            WHERE a.meeting_id = %(meeting)s AND a.member_id = g.member_id
        )
), taking AS (
    UPDATE branches_meeting AS m SET roster_version = m.roster_version + 1
    WHERE m.id = %(meeting)s AND m.roster_closed_at IS NULL AND m.held_on <= %(today)s
        AND m.roster_version = coalesce(%(seen)s, m.roster_version)
        AND m.branch_id IN (:scope) AND NOT EXISTS (SELECT FROM strange)
    RETURNING m.id
), removed AS (
    DELETE FROM branches_attendance AS a USING given AS g, taking AS t
    WHERE a.meeting_id = t.id AND a.member_id = g.member_id AND a.capacity = 'member'
        AND g.status = ''
    RETURNING a.id
), saved AS (
    INSERT INTO branches_attendance AS a
        (meeting_id, member_id, status, capacity, confirmed, reason)
    SELECT t.id, g.member_id, g.status, 'member', true, g.reason
    FROM given AS g, taking AS t WHERE g.status <> ''
    ON CONFLICT (meeting_id, member_id) DO UPDATE
    SET status = EXCLUDED.status, reason = EXCLUDED.reason
    WHERE a.capacity = 'member'
        AND (a.status, a.reason) IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.reason)
    RETURNING xmax = 0 AS is_new
)
SELECT
    EXISTS (SELECT FROM taking),
    EXISTS (SELECT FROM strange),
    count(*) FILTER (WHERE is_new),
    count(*) FILTER (WHERE NOT is_new),
    (SELECT count(*) FROM removed)
FROM saved
"""


@dataclass(frozen=True)
class Saved:
    """How many rows of a roster were entered, changed and taken back."""

    entered: int
    changed: int
    taken_back: int


def save_roster(meeting, rows, *, by, at, seen=None, added=()):
    """Say of members how they attended; rows that say what is stored already stay untouched.

    meeting  of which only the id is read
    rows     [(id of the member, a value of AttendanceStatus, reason of an absence)]; the status ""
             takes back what was said of a member, who then is not reported
    seen     the `roster_version` that `by` looked at; None to save over whatever is there
    added    ids of members of other branches who may be among them; the others belong to the
             branch on the day, or stand on the roster already

    Cadres who visit are not members here: their rows stay. Takes one statement, and writes all or
    nothing. Returns Saved.

    Raises PermissionDenied, and ValidationError: "too_early", "closed", "changed_meanwhile",
    "stranger" for a member who is not one to be there, a status or reason that is none.
    """
    on = timezone.localdate(at)
    given = {member: (status, reason.strip()) for member, status, reason in rows}
    _check_rows(given.values())
    values = {
        "meeting": meeting.pk,
        "today": on,
        "seen": seen,
        "added": list(added),
        "members": list(given),
        "statuses": [status for status, _reason in given.values()],
        "reasons": [reason for _status, reason in given.values()],
    }
    is_taken, is_strange, *counts = _execute(values, by.scope_for(ACTION, on=on).values("pk"))
    if not is_taken:
        raise _why_not_taken(meeting, is_strange=is_strange, by=by, on=on)
    return Saved(*counts)


def hold_plan(plan, *, by, on, is_locked=False):
    """The meeting that a plan becomes when its roster is first taken, on its day or later; the
    transaction is the caller's, as for hold_meeting()."""
    if plan.state == PlanState.NOT_HELD:
        raise ValidationError(_("This meeting was called off: take that back first."))
    if plan.planned_on > on:
        raise ValidationError(say_too_early(plan.planned_on), code="too_early")
    return hold_meeting(
        plan.branch, held_on=plan.planned_on, kind=plan.kind, by=by, is_locked=is_locked
    )


@transaction.atomic
def close_roster(meeting, *, by, at):
    """From now on neither secretary nor check-in changes the roster."""
    locked = _locked(meeting, by=by, on=timezone.localdate(at))
    if locked.roster_closed_at is not None:
        raise say_closed()
    if locked.held_on > timezone.localdate(at):
        raise ValidationError(say_too_early(locked.held_on), code="too_early")
    locked.roster_closed_at, locked.roster_closed_by = at, by
    locked.save(update_fields=["roster_closed_at", "roster_closed_by"])
    return locked


@transaction.atomic
def reopen_roster(meeting, *, by, at):
    """Let a closed roster take changes again. Why, the caller gives to the trail."""
    locked = _locked(meeting, by=by, on=timezone.localdate(at))
    if locked.roster_closed_at is None:
        raise ValidationError(_("The roster is open."))
    locked.roster_closed_at = locked.roster_closed_by = None
    locked.save(update_fields=["roster_closed_at", "roster_closed_by"])
    return locked


def say_too_early(day):
    return _("The meeting is on %(day)s; take the roster then.") % {"day": day_text(day)}


def say_closed():
    text = _("The roster is closed: nothing was saved. Reopen it first.")
    return ValidationError(text, code="closed")


def _execute(values, scope):
    """Run SAVE_SQL. The parameters of the queryset `scope` stand in its SQL by position, those of
    the statement by name: so they get names as well."""
    sql, parameters = scope.query.sql_with_params()
    names = [f"scope_{number}" for number in range(len(parameters))]
    sql %= tuple(f"%({name})s" for name in names)
    values |= dict(zip(names, parameters, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(SAVE_SQL.replace(":scope", sql), values)
        return cursor.fetchone()


def _why_not_taken(meeting, *, is_strange, by, on):
    fresh = Meeting.objects.select_related("branch").get(pk=meeting.pk)
    if not by.may(ACTION, fresh.branch, on=on):
        return PermissionDenied()
    if fresh.held_on > on:
        return ValidationError(say_too_early(fresh.held_on), code="too_early")
    if fresh.roster_closed_at is not None:
        return say_closed()
    if is_strange:
        return ValidationError(_("Somebody named is none of the branch."), code="stranger")
    return ValidationError(
        _(
            "Somebody else has saved the roster since you opened it, so nothing was saved. Look "
            "at what differs from yours below, and save again what is right."
        ),
        code="changed_meanwhile",
    )


def _locked(meeting, *, by, on):
    may = Exists(by.scope_for(ACTION, on=on).filter(pk=OuterRef("branch")))
    found = Meeting.objects.select_for_update(of=("self",)).annotate(may=may)
    locked = found.get(pk=meeting.pk)
    if not locked.may:
        raise PermissionDenied
    return locked


def _check_rows(rows):
    for status, reason in rows:
        if status != NOT_REPORTED and status not in AttendanceStatus:
            raise ValidationError(_("“%(status)s” is no answer.") % {"status": status[:40]})
        if len(reason) > LONGEST_REASON:
            text = _("A reason has at most %(number)d characters.")
            raise ValidationError(text % {"number": LONGEST_REASON})
