"""Objections of a member to a line of their record, and the answers.

An objection changes nothing itself: who answers says that the row is right, or puts it right where
it is entered and says so. Both stand in the audit trail.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from assignments.confirming.committee import confirming_committee
from assignments.models import Assignment, Review, Task
from branches.models import Meeting, Organization

from .choices import Criterion
from .models import Deduction, Objection
from .models.objection import LINES


def find_line(member, criterion, pk, *, year):
    """The row of the member's record that the criterion and id name, or None."""
    rows = {
        Criterion.ATTENDANCE: Meeting.objects.filter(
            held_on__year=year, branch__memberships__member=member
        ).select_related("branch"),
        Criterion.DUTY: Assignment.objects.filter(member=member).select_related("target"),
        Criterion.TASKS: Task.objects.filter(member=member, year=year).select_related(
            "assignment__target", "organization"
        ),
        Criterion.REVIEW: Review.objects.filter(
            assignment__member=member, year=year
        ).select_related("assignment__target", "reviewer"),
        Criterion.CONDUCT: Deduction.objects.filter(member=member, occurred_on__year=year),
    }
    return rows[criterion].filter(pk=pk).distinct().first() if criterion in rows else None


def body_of(member, criterion, line, *, on):
    """The organization that answers for the line on the day."""
    if criterion == Criterion.ATTENDANCE:
        return line.branch
    if criterion == Criterion.DUTY:
        return confirming_committee(line, on=on)
    if criterion == Criterion.TASKS:
        return (
            confirming_committee(line.assignment, on=on) if line.assignment else line.organization
        )
    if criterion == Criterion.REVIEW:
        return line.reviewer or confirming_committee(line.assignment, on=on)
    return _unit_of(member, on=on)


def object_to(line, *, criterion, year, text, by, on, at):
    """The user's own objection to a line of their record (see find_line). Returns it.

    Raises ValidationError without words or to a line that waits for an answer already.
    """
    if not text.strip():
        raise ValidationError({"text": _("Say what is not right, and what would be.")})
    column = LINES[criterion]
    same = Objection.objects.open().filter(member=by.member_id, year=year, **{column: line})
    if same.exists():
        raise ValidationError(_("You have objected to this already: see the answer."))
    return Objection.objects.create(
        member_id=by.member_id,
        year=year,
        criterion=criterion,
        body=body_of(by.member, criterion, line, on=on),
        text=text,
        raised_at=at,
        **{column: line},
    )


def answer(objection, *, outcome, words, by, on, at):
    """Answer an open objection, locked by the caller, with a key of Answer and words.

    Raises PermissionDenied to who does not answer for its body, or for the objecting member
    themself; ValidationError for one that is answered or withdrawn, and without words.
    """
    if not Objection.objects.answerable_by(by, on=on).filter(pk=objection.pk).exists():
        raise PermissionDenied
    _require_open(objection)
    if not words.strip():
        raise ValidationError({"answer": _("An answer has words: say why, or what was put right.")})
    objection.outcome, objection.answer = outcome, words
    objection.answered_by, objection.answered_at = by, at
    objection.save()


def withdraw(objection, *, by, at):
    """Take back one's own objection that is not answered yet, locked by the caller."""
    if by.member_id != objection.member_id:
        raise PermissionDenied
    _require_open(objection)
    objection.withdrawn_at = at
    objection.save()


def _require_open(objection):
    if objection.answered_at:
        raise ValidationError(_("This objection is answered: raise a new one if need be."))
    if objection.withdrawn_at:
        raise ValidationError(_("This objection was withdrawn."))


def _unit_of(member, *, on):
    """The nearest grassroots committee of the member's branch, else the branch."""
    branch = Organization.objects.filter(
        memberships__member=member, memberships__validity__contains=on
    ).first()
    if branch is None:
        raise ValidationError(_("You belong to no branch today: ask the organization board."))
    way = Organization.objects.above(branch, on=on)
    units = [each for each in way if each.grassroots_on]
    return units[-1] if units else branch
