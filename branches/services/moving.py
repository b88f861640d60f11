"""Where a member belongs: transfer to another branch, leaving, and undoing the last of these."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..choices import Capacity
from ..models import Attendance, Membership, Position
from ..periods import ONE_DAY, period
from ..refusals import told_at
from .members import IN_A_BRANCH, check_branch, day_text
from .rights import locked_member, require_organization

TRANSFER, LEAVE = "transfer", "leave"
LED = {
    "team_led_by_the_standing_committee": gettext_lazy(
        "A team is led by virtue of this post: give the team another leader first."
    )
}


@dataclass(frozen=True)
class Step:
    """The last change of where a member belongs.

    refusal  why it cannot be undone, as a sentence; "" when it can
    """

    kind: str
    day: date
    membership: Membership
    before: Membership | None = None
    refusal: str = ""


@transaction.atomic
def transfer_member(member, *, branch, since, positions=(), reason="", by, on):
    """Let a member belong to another branch from `since`: the present membership ends the day
    before. Those of `positions` (rows of the member) end with it, for `reason`."""
    member = locked_member(member, by=by, on=on)
    require_organization(branch, by=by, on=on)
    last = last_membership(member)
    _check_transfer(member, last, branch=branch, since=since)
    if last.validity.upper is None:
        last.validity = period(last.validity.lower, since - ONE_DAY)
        last.save(update_fields=["validity"])
    with told_at("branch", IN_A_BRANCH):
        membership = Membership.objects.create(member=member, branch=branch, validity=period(since))
    end_positions(positions, of=member, before=since, reason=reason)
    return membership


@transaction.atomic
def leave_member(member, *, left_on, left_reason, left_note="", positions=(), by, on):
    """Enter that a member left the Party or went out of the organizations that are known here, on
    the day `left_on`, the first on which they belong no more."""
    member = locked_member(member, by=by, on=on)
    last = last_membership(member)
    if member.left_on:
        text = _("The member left on %(day)s already.")
        raise ValidationError({"left_on": text % {"day": day_text(member.left_on)}})
    if left_on <= last.validity.lower:
        text = _("The member came to the branch on %(day)s: leaving it is later.")
        raise ValidationError({"left_on": text % {"day": day_text(last.validity.lower)}})
    member.left_on, member.left_reason, member.left_note = left_on, left_reason, left_note
    member.full_clean(validate_unique=False)
    with told_at("left_on", IN_A_BRANCH):
        member.save(update_fields=["left_on", "left_reason", "left_note"])
    end_positions(positions, of=member, before=left_on, reason=left_note)
    return member


@transaction.atomic
def undo_last_step(member, *, positions=(), by, on):
    """Take back the last transfer or leaving; those of `positions` that ended with it go on."""
    member = locked_member(member, by=by, on=on)
    step = last_step(member)
    if step is None or step.refusal:
        raise ValidationError(step.refusal if step else _("There is nothing to undo."))
    if step.kind == LEAVE:
        member.left_on, member.left_reason, member.left_note = None, "", ""
        member.save(update_fields=["left_on", "left_reason", "left_note"])
    else:
        require_organization(step.before.branch, by=by, on=on)
        step.membership.delete()
        step.before.validity = period(step.before.validity.lower)
        step.before.save(update_fields=["validity"])
    for position in positions_ended(member, step.day):
        if position in positions:
            position.validity, position.end_reason = period(position.validity.lower), ""
            position.save(update_fields=["validity", "end_reason"])
    return step


def last_membership(member):
    return member.memberships.select_related("branch").order_by("-validity").first()


def last_step(member):
    """The last transfer or leaving, and whether it can be undone; None when there was none."""
    memberships = list(member.memberships.select_related("branch").order_by("-validity")[:2])
    if member.left_on:
        return Step(LEAVE, member.left_on, memberships[0] if memberships else None)
    if len(memberships) < 2 or memberships[0].validity.upper is not None:
        return None
    last, before = memberships
    if before.validity.upper != last.validity.lower:
        return None  # Time elsewhere lies between the two: they were not one transfer.
    return Step(TRANSFER, last.validity.lower, last, before, _why_not_undone(member, last))


def positions_ended(member, day):
    """Positions whose last day was the one before `day`."""
    return list(member.positions.select_related("organization").filter(validity__endswith=day))


def open_positions(member, day):
    """Positions held on the day before `day` that go on."""
    return member.positions.select_related("organization").filter(
        validity__upper_inf=True, validity__startswith__lt=day
    )


def end_positions(positions, *, of, before, reason):
    for position in positions:
        if position.member_id != of.pk or position.validity.lower >= before:
            text = _("“%(title)s” begins later than this day.") % {"title": position}
            raise ValidationError({"positions": text})
        position.validity = period(position.validity.lower, before - ONE_DAY)
        position.end_reason = reason[: Position._meta.get_field("end_reason").max_length]
    with told_at("positions", LED):
        for position in positions:
            position.save(update_fields=["validity", "end_reason"])


def _check_transfer(member, last, *, branch, since):
    if member.left_on:
        text = _("The member left on %(day)s: undo that, or take them in again.")
        raise ValidationError(text % {"day": day_text(member.left_on)})
    if last.branch_id == branch.pk and last.validity.upper is None:
        raise ValidationError({"branch": _("The member belongs to this branch already.")})
    if last.validity.lower >= since:
        text = _("The member came to “%(branch)s” on %(day)s: a transfer is later.")
        raise ValidationError(
            {"since": text % {"branch": last.branch, "day": day_text(last.validity.lower)}}
        )
    if last.validity.upper and since < last.validity.upper:
        text = _("The member belongs to “%(branch)s” until %(day)s.")
        raise ValidationError(
            {
                "since": text
                % {"branch": last.branch, "day": day_text(last.validity.upper - ONE_DAY)}
            }
        )
    check_branch(branch, since=since, field="since")


def _why_not_undone(member, last):
    attended = Attendance.objects.filter(
        member=member,
        capacity=Capacity.MEMBER,
        meeting__branch=last.branch_id,
        meeting__held_on__gte=last.validity.lower,
    ).order_by("-meeting__held_on")
    if latest := attended.values_list("meeting__held_on", flat=True).first():
        return _("The member is on the roster of the new branch on %(day)s.") % {
            "day": day_text(latest)
        }
    return ""
