"""What the roster of a branch states of the cadres who are assigned to it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import recorded
from branches.choices import AttendanceStatus, Capacity
from branches.models import Meeting, Member

from ..models import Visit
from ..visits.visiting import recorded_otherwise, work_at
from .visit_changes import decided_words, settle


@recorded
def state_visits(meeting, statements, *, by, at):
    """What the branch's roster says of assigned cadres, {member id: (status, reason)}, all at once
    in a fixed number of queries; "" as status takes it back. What is unchanged is not said again.

    Raises ValidationError for somebody who is not assigned to the branch on the day, and where the
    office has decided on a visit that the roster would state otherwise.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if not by.may("keep_meetings", meeting.branch, on=timezone.localdate(at)):
        raise PermissionDenied
    visits = _lock_visits(meeting, statements)
    said = {pk: _tidy(*words) for pk, words in statements.items()}
    said = {pk: words for pk, words in said.items() if words != _stated(visits.get(pk))}
    for pk in said.keys() & visits.keys():
        if visits[pk].decision:
            raise ValidationError(decided_words(visits[pk]))
    _leave_recorded(meeting, said, said.keys() - visits.keys())
    if said:
        _state(meeting, said, visits, by=by, at=at)


def _lock_visits(meeting, members):
    there = Q(meeting=meeting) | Q(meeting=None, branch=meeting.branch_id, held_on=meeting.held_on)
    rows = Visit.objects.filter(there, member__in=members).select_for_update(of=("self",))
    rows = list(rows.select_related("member", "confirmer").order_by("-meeting", "pk"))
    return {visit.member_id: visit for visit in rows}


def _tidy(status, reason):
    return status, reason.strip() if status != AttendanceStatus.PRESENT else ""


def _stated(visit):
    return (visit.stated, visit.stated_reason) if visit else ("", "")


def _leave_recorded(meeting, said, new):
    """Leave out of `said` those whose presence was recorded and confirmed without a visit, as
    workbooks bring it. Raises ValidationError where the roster would state otherwise."""
    for pk, row in recorded_otherwise(meeting, new).items():
        if row.capacity != Capacity.ASSIGNED:
            raise ValidationError(
                _("%(names)s: on this roster as a member of the branch, so not as a guest.")
                % {"names": row.member}
            )
        is_confirmed = row.status == AttendanceStatus.PRESENT and row.confirmed
        if is_confirmed and said.pop(pk)[0] != AttendanceStatus.PRESENT:
            raise ValidationError(
                _("%(names)s: recorded as confirmed by a workbook, which the board corrects.")
                % {"names": row.member}
            )


def _state(meeting, said, visits, *, by, at):
    """One statement for all, whether there is a visit already or not."""
    new = said.keys() - visits.keys()
    work = work_at(meeting.branch, new, on=meeting.held_on)
    _check_assigned(new - work.keys())
    loose = [visits[pk].pk for pk in said.keys() & visits.keys() if not visits[pk].meeting_id]
    Visit.objects.filter(pk__in=loose).update(meeting=meeting, kind=meeting.kind)
    rows = [
        Visit(
            member_id=pk,
            branch=meeting.branch,
            held_on=meeting.held_on,
            kind=meeting.kind,
            meeting=meeting,
            assignment=work.get(pk),
            confirmer_id=work[pk].confirming_id if pk in work else visits[pk].confirmer_id,
            stated=status,
            stated_reason=reason,
            stated_at=at if status else None,
            stated_by=by if status else None,
        )
        for pk, (status, reason) in said.items()
    ]
    saved = Visit.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["member", "meeting"],
        update_fields=["stated", "stated_reason", "stated_at", "stated_by"],
    )
    settle([visit.pk for visit in saved])


def _check_assigned(unknown):
    if unknown:
        names = Member.objects.filter(pk__in=unknown).values_list("full_name", flat=True)
        raise ValidationError(
            _("%(names)s: not assigned to this branch on the day of the meeting.")
            % {"names": ", ".join(sorted(names))}
        )
