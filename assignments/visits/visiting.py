"""What a visit is made under and to: assignments that reach a branch on a day, its meeting, and
what was recorded of the cadre there already. Reads only; wrong values raise ValidationError."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.choices import Capacity, OrganizationKind
from branches.models import Attendance, Meeting, Membership, Organization, OrganizationPath

from ..confirming.committee import confirming_id
from ..models import Assignment, Visit


def find_meeting(branch, held_on, kind):
    """The meeting that the branch has recorded of the day: the one of the kind, or else the only
    one; None."""
    held = list(Meeting.objects.filter(branch=branch, held_on=held_on).order_by("pk")[:20])
    alike = [meeting for meeting in held if meeting.kind == kind]
    return next(iter(alike), held[0] if len(held) == 1 else None)


def find_visit(member, branch, held_on, meeting):
    """The cadre's visit to the meeting, or to the branch on the day while that has no meeting;
    locked, or None."""
    there = Visit.objects.filter(member=member, branch=branch, held_on=held_on)
    rows = list(there.select_for_update(of=("self",)).order_by("pk"))
    if meeting:
        joined = [visit for visit in rows if visit.meeting_id == meeting.pk]
        if joined:
            return joined[0]
    return next((visit for visit in rows if visit.meeting_id is None), None)


def work_at(branch, members, *, on):
    """{member id: the Assignment under which they visit the branch on the day} of `members` (rows
    or ids): the one of the deepest target at or above the branch, with `confirming_id`, the
    committee that confirms. Those assigned to nothing there are left out. One query."""
    path = OrganizationPath.objects.filter(organization=branch.pk, validity__contains=on)
    depth = Func(
        Subquery(path.values("ancestors")[:1]),
        F("target"),
        function="array_position",
        output_field=IntegerField(),
    )
    found = (
        Assignment.objects.filter(member__in=members, validity__contains=on)
        .annotate(depth=depth, confirming_id=confirming_id("confirmer", "target", on=on))
        .filter(depth__isnull=False)
        .order_by("depth", "-pk")
    )
    return {assignment.member_id: assignment for assignment in found}


def members_of(branch, members, *, on):
    """The ids of those of `members` (ids) who belong to the branch on the day."""
    own = Membership.objects.valid_on(on).filter(branch=branch.pk, member__in=members)
    return set(own.values_list("member", flat=True))


def recorded_otherwise(meeting, members):
    """{member id: Attendance} of those of `members` (ids) of whom the roster has something that is
    not of a visit: as members of the branch, or from a workbook."""
    visits = Visit.objects.filter(meeting=OuterRef("meeting"), member=OuterRef("member"))
    rows = Attendance.objects.filter(meeting=meeting, member__in=members)
    rows = rows.exclude(Q(capacity=Capacity.ASSIGNED) & Exists(visits)).select_related("member")
    return {row.member_id: row for row in rows}


def check_day(held_on, *, on):
    """A visit is logged on its day or soon after."""
    if held_on > on:
        raise ValidationError(
            {"held_on": _("This day is still to come: log the visit when you have been there.")}
        )
    if held_on < on - timedelta(days=settings.VISIT_LOG_DAYS):
        text = ngettext(
            "A visit is logged within %(days)s day. Ask the branch's secretary to enter you on "
            "the roster of that meeting.",
            "A visit is logged within %(days)s days. Ask the branch's secretary to enter you on "
            "the roster of that meeting.",
            settings.VISIT_LOG_DAYS,
        )
        raise ValidationError({"held_on": text % {"days": settings.VISIT_LOG_DAYS}})


def check_place(member, branch, held_on):
    """The Assignment under which the cadre visits the branch on the day, with `confirming_id`.
    Raises ValidationError where there is none, or it is no visit."""
    place = Organization.objects.valid_on(held_on).on(held_on).filter(pk=branch.pk)
    words = {"branch": branch, "day": date_format(held_on, "SHORT_DATE_FORMAT")}
    if not place.filter(kind_on=OrganizationKind.BRANCH).exists():
        raise ValidationError({"branch": _("%(branch)s is no branch on %(day)s.") % words})
    if members_of(branch, [member.pk], on=held_on):
        text = _(
            "%(branch)s is your own branch on %(day)s: you are on its roster, that is no visit."
        )
        raise ValidationError({"branch": text % words})
    assignment = work_at(branch, [member.pk], on=held_on).get(member.pk)
    if assignment is None:
        raise ValidationError(
            {"branch": _("You are not assigned to %(branch)s on %(day)s.") % words}
        )
    return assignment
