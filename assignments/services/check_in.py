"""Checking in at a meeting, by whoever has seen the code of the room."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import CheckIn, Member, Membership
from branches.refusals import told_at
from branches.services.members import day_text

from ..models import Visit
from ..visits.visiting import work_at
from .visits import log_visit

CLOSED = gettext_lazy(
    "The roster of this meeting is closed. If you were there, tell the secretary."
)


def check_in(occasion, *, by, at):
    """Record that the user's member is at a meeting of today: of a member of the branch a
    check-in, which the roster decides on; of an assigned cadre a visit, which the office does.

    Once: who has checked in already gets the row that is there. Returns the CheckIn or the Visit.
    Raises ValidationError with a sentence for whom it cannot be recorded.
    """
    on = timezone.localdate(at)
    if check_who(occasion, by=by, on=on):
        return _check_in_member(occasion, by.member_id, at)
    return log_visit(
        member=Member.objects.get(pk=by.member_id),
        branch=occasion.branch,
        held_on=occasion.on,
        kind=occasion.kind,
        meeting=occasion.meeting,
        by=by,
        at=at,
    )


def check_who(occasion, *, by, on):
    """Whether the user's member checks in as one of the branch, rather than as an assigned cadre.

    Raises ValidationError for whom nothing can be recorded there on the day. To a stranger it says
    nothing of the meeting.
    """
    if by.member_id is None:
        text = _("Your account belongs to no member: ask the secretary to note you.")
        raise ValidationError(text)
    own = Membership.objects.valid_on(occasion.on).filter(branch=occasion.branch)
    is_own = own.filter(member=by.member_id).exists()
    if not is_own and not work_at(occasion.branch, [by.member_id], on=occasion.on):
        text = _("This is the code of a branch that you neither belong nor are assigned to.")
        raise ValidationError(text)
    check_takes(occasion, on=on)
    return is_own


def check_takes(occasion, *, on):
    """Raise ValidationError unless the meeting takes check-ins on the day."""
    if occasion.is_called_off:
        raise ValidationError(_("This meeting was called off."))
    if occasion.on != on:
        text = _("This meeting is not today but on %(day)s.")
        raise ValidationError(text % {"day": day_text(occasion.on)})
    if occasion.is_closed:
        raise ValidationError(CLOSED)


def checked_in(occasion, member_id):
    """When the member checked in there, or logged a visit; None."""
    found = _check_ins(occasion).filter(member=member_id).first()
    if found:
        return found.at
    visits = Visit.objects.filter(member=member_id, branch=occasion.branch, held_on=occasion.on)
    return visits.standing().values_list("claimed_at", flat=True).first()


def _check_in_member(occasion, member_id, at):
    found = _check_ins(occasion).filter(member=member_id).first()
    if found:
        return found
    place = {"meeting": occasion.meeting} if occasion.meeting else {"plan": occasion.plan}
    # Closed at this very moment: the database refuses it.
    with told_at(NON_FIELD_ERRORS, {"check_in_while_open": CLOSED}):
        return CheckIn.objects.get_or_create(member_id=member_id, **place, defaults={"at": at})[0]


def _check_ins(occasion):
    if occasion.meeting:
        return CheckIn.objects.of_meeting(occasion.meeting)
    return CheckIn.objects.filter(plan=occasion.plan)
