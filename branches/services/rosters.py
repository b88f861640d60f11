"""What a branch says of its members at a meeting, and when it has said all."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from ..choices import AttendanceStatus
from ..models import Meeting
from .meetings import ACTION
from .members import day_text

NOT_REPORTED = ""
LONGEST_REASON = 500
SAVE_SQL = """
WITH given AS (
    SELECT * FROM unnest(%(members)s::bigint[], %(statuses)s::text[], %(reasons)s::text[])
        AS given (member_id, status, reason)
), removed AS (
    DELETE FROM branches_attendance AS a USING given AS g
    WHERE a.meeting_id = %(meeting)s AND a.member_id = g.member_id AND a.capacity = 'member'
        AND g.status = ''
    RETURNING a.id
), saved AS (
    INSERT INTO branches_attendance AS a
        (meeting_id, member_id, status, capacity, confirmed, reason)
    SELECT %(meeting)s, member_id, status, 'member', true, reason FROM given WHERE status <> ''
    ON CONFLICT (meeting_id, member_id) DO UPDATE
    SET status = EXCLUDED.status, reason = EXCLUDED.reason
    WHERE a.capacity = 'member'
        AND (a.status, a.reason) IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.reason)
    RETURNING xmax = 0 AS is_new
)
SELECT
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


@transaction.atomic
def save_roster(meeting, rows, *, by, at):
    """Say of members how they attended; rows that say what is stored already stay untouched.

    rows  [(id of the member, a value of AttendanceStatus, reason of an absence)]; the status ""
          takes back what was said of a member, who then is not reported

    Cadres who visit are not members here: their rows stay. Takes two statements. Returns Saved.
    Raises PermissionDenied, and ValidationError for a closed roster, a day to come, an unknown
    status or a reason that is too long.
    """
    locked_meeting(meeting, by=by, at=at)
    given = {member: (status, reason.strip()) for member, status, reason in rows}
    _check_rows(given.values())
    statuses, reasons = zip(*given.values(), strict=True) if given else ((), ())
    values = {
        "meeting": meeting.pk,
        "members": list(given),
        "statuses": list(statuses),
        "reasons": list(reasons),
    }
    with connection.cursor() as cursor:
        cursor.execute(SAVE_SQL, values)
        return Saved(*cursor.fetchone())


def locked_meeting(meeting, *, by, at):
    """The meeting, fresh and locked, of which `by` may enter the roster now: one statement.

    Raises PermissionDenied, and ValidationError where the roster is closed or its day is to come.
    """
    locked = _locked(meeting, by=by, on=timezone.localdate(at))
    if locked.roster_closed_at is not None:
        raise ValidationError(
            _("The roster was closed: nothing was saved. Open it again first."), code="closed"
        )
    if locked.held_on > timezone.localdate(at):
        raise ValidationError(say_too_early(locked.held_on), code="too_early")
    return locked


@transaction.atomic
def close_roster(meeting, *, by, at):
    """From now on neither secretary nor check-in changes the roster."""
    locked = locked_meeting(meeting, by=by, at=at)
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
