"""What a cadre says: I was there. Only of themself."""

from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.choices import AttendanceStatus, Capacity, MeetingKind
from branches.refusals import told_at

from ..choices import Decision
from ..models import Visit
from ..visits.visiting import check_day, check_place, find_meeting, find_visit, recorded_otherwise
from .visit_changes import (
    RATED,
    UNDECIDED,
    change,
    decided_words,
    lock_visits,
    require_reason,
    settle,
)

LOG_SQL = (Path(__file__).parents[1] / "sql" / "visit_log.sql").read_text(encoding="utf-8")
CORRECTABLE = frozenset({"note", "remarks", "photo"})


@recorded
def log_visit(
    *,
    member,
    branch,
    held_on,
    kind=MeetingKind.REGULAR,
    meeting=None,
    note="",
    remarks="",
    photo=None,
    by,
    at,
):
    """The cadre says that they were at the branch's meeting of the day; returns the Visit.

    meeting  where the branch has recorded it; else it is found by branch, day and kind, if it is
             there, and joins the visit as soon as it is
    photo    a StoredFile

    Logged again, by a double tap or from a second phone, the visit that is there is returned.
    """
    claim = {"note": note, "remarks": remarks, "photo": photo}
    if visit := log_at_once(
        member.pk, branch.pk, held_on=held_on, kind=kind, meeting=meeting, by=by, at=at, **claim
    ):
        return visit
    claim["claimed_at"] = at
    meeting = meeting or find_meeting(branch, held_on, kind)
    visit = find_visit(member, branch, held_on, meeting)
    if visit is None:
        _insert(member, branch, held_on, kind, meeting, claim)
        # Ours, or that of another request that was quicker.
        visit = find_visit(member, branch, held_on, meeting)
        if meeting:
            settle([visit.pk])
    return _log_again(visit, meeting, claim)


def log_at_once(
    member, branch, *, held_on, kind, meeting=None, note="", remarks="", photo=None, by, at
):
    """The visit, logged in one statement, where nothing is in its way; else None, and log_visit()
    says what it is. Of the ids of member and branch, in a transaction that is recorded already.
    `committee` of the visit is the name of its confirmer."""
    _require_own(member, by)
    check_day(held_on, on=timezone.localdate(at))
    values = {
        "member": member,
        "branch": branch,
        "held_on": held_on,
        "kind": kind,
        "meeting": meeting and meeting.pk,
        "at": at,
        "note": note,
        "remarks": remarks,
        "photo": photo and photo.pk,
    }
    visit = next(iter(Visit.objects.raw(LOG_SQL, values)), None)
    if visit and visit.meeting_id:
        settle([visit.pk])
    return visit


@recorded
def correct_visit(visit, *, reason="", by, at, **values):
    """The cadre changes what they said (note, remarks, photo: those given). Of a visit that is
    confirmed only for a reason, and it waits for its confirmation again."""
    if unknown := values.keys() - CORRECTABLE:
        raise TypeError(f"not to be corrected: {', '.join(sorted(unknown))}")
    visit = _own(visit, by)
    values = {name: new for name, new in values.items() if getattr(visit, name) != new}
    return _change_claim(visit, values, reason) if values else visit


@recorded
def withdraw_visit(visit, *, reason="", by, at):
    """The cadre takes back what they said. What the roster states stays."""
    visit = _own(visit, by)
    return _change_claim(visit, {"withdrawn_at": at, "withdrawal_reason": reason}, reason)


def _require_own(member, by):
    """member: an id"""
    if by.member_id is None or by.member_id != member:
        raise PermissionDenied


def _own(visit, by):
    """The visit, fresh and locked, whose claim it is for `by` to change."""
    _require_own(visit.member_id, by)
    [visit] = lock_visits([visit.pk])
    if not visit.is_claimed:
        raise ValidationError(_("There is no log of yours here that could be changed."))
    if visit.decision == Decision.REFUSED:
        raise ValidationError(decided_words(visit))
    return visit


def _change_claim(visit, values, reason):
    if visit.decision:
        require_reason(reason)
        values = values | UNDECIDED
    with told_at("reason", RATED):
        return change(visit, **values)


def _insert(member, branch, held_on, kind, meeting, claim):
    assignment = check_place(member, branch, held_on)
    stated = _statement(meeting, member, claim["claimed_at"]) if meeting else {}
    visit = Visit(
        member=member,
        branch=branch,
        held_on=held_on,
        kind=meeting.kind if meeting else kind,
        meeting=meeting,
        assignment=assignment,
        confirmer_id=assignment.confirming_id,
        **claim,
        **stated,
    )
    Visit.objects.bulk_create([visit], ignore_conflicts=True)


def _statement(meeting, member, at):
    """What a roster that came from a workbook states of the cadre."""
    row = recorded_otherwise(meeting, [member.pk]).get(member.pk)
    if row is None:
        return {}
    if row.capacity != Capacity.ASSIGNED:
        raise ValidationError(
            {"branch": _("The roster of this meeting has you as a member: that is no visit.")}
        )
    if row.status == AttendanceStatus.PRESENT and row.confirmed:
        raise ValidationError(
            _("This visit is on record and confirmed: there is nothing left to log.")
        )
    return {"stated": row.status, "stated_reason": row.reason, "stated_at": at}


def _log_again(visit, meeting, claim):
    """What is logged twice stays as it was the first time; what was withdrawn, or only stated by
    the roster, is claimed now."""
    values = {}
    if visit.decision == Decision.REFUSED:
        raise ValidationError(decided_words(visit))
    if meeting and visit.meeting_id is None:
        values |= {"meeting": meeting, "kind": meeting.kind}
    if not visit.is_claimed:
        check_place(visit.member, visit.branch, visit.held_on)
        values |= claim | {"withdrawn_at": None, "withdrawal_reason": ""}
    return change(visit, **values) if values else visit
