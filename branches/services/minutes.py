"""Keeping the minutes of a meeting."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..models import Meeting, Minutes
from .meetings import require_branch

VALUES = (
    "number",
    "opened_at",
    "closed_at",
    "place",
    "chair",
    "recorder",
    "guests",
    "agenda",
    "discussion",
    "conclusions",
    "resolution",
    "votes_for",
    "votes_against",
    "votes_abstained",
)


def draft_minutes(meeting):
    """New minutes of the meeting, not saved: with what its plan says, if there was one."""
    plan = getattr(meeting, "plan", None)
    if plan is None:
        return Minutes(meeting=meeting)
    return Minutes(meeting=meeting, opened_at=plan.starts_at, place=plan.place, agenda=plan.agenda)


@transaction.atomic
def save_minutes(meeting, *, resolution_number="", by, on, **values):
    """Enter or change the minutes of a meeting, and the number of its resolution.

    values  of VALUES; votes are numbers or None

    Returns the minutes. Raises PermissionDenied for who does not keep the meetings of the branch,
    ValidationError for what does not fit together.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    require_branch(meeting.branch, by=by, on=on)
    minutes = Minutes.objects.filter(meeting=meeting).first() or Minutes(meeting=meeting)
    for name in VALUES:
        setattr(minutes, name, values[name])
    _check(minutes, resolution_number)
    minutes.save()
    if meeting.resolution_number != resolution_number:
        meeting.resolution_number = resolution_number
        meeting.save(update_fields=["resolution_number"])
    return minutes


def _check(minutes, resolution_number):
    if minutes.opened_at and minutes.closed_at and minutes.closed_at < minutes.opened_at:
        raise ValidationError({"closed_at": _("The meeting was closed before it was opened.")})
    if minutes.chair and minutes.chair == minutes.recorder:
        raise ValidationError({"recorder": _("Somebody else than the chair keeps the minutes.")})
    votes = (minutes.votes_for, minutes.votes_against, minutes.votes_abstained)
    if any(each is not None for each in votes) and not (minutes.resolution or resolution_number):
        raise ValidationError(
            {"resolution": _("Say what was voted on: the resolution or its number.")}
        )
    minutes.full_clean()
