"""What stands on the roster of a meeting: members of the branch, who is not expected of them, who
came from elsewhere, and the cadres who are assigned to it."""

from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Case, Exists, Func, OuterRef, Q, Subquery, When
from django.utils.translation import gettext_lazy as _

from branches.choices import ActivityStatus, AttendanceStatus, Capacity
from branches.models import (
    Attendance,
    CheckIn,
    Member,
    Membership,
    MemberStatus,
    OrganizationPath,
)

from ..models import Assignment, Visit

ROWS_OF_A_COLUMN = 22  # of a sheet of A4
CHOICES = (
    (AttendanceStatus.PRESENT, _("Present")),
    (AttendanceStatus.EXCUSED, _("With reason")),
    (AttendanceStatus.UNEXCUSED, _("Without reason")),
)
MEMBER, EXCEPTED, GUEST = "m", "e", "g"  # what the name of a row's fields begins with


@dataclass
class Row:
    """One person. `answer` and `reason` are what the form shows, `stored` what is saved.

    kind           MEMBER, EXCEPTED (exempt, suspended, active elsewhere: not expected) or GUEST
    status         an ActivityStatus of the excepted
    checked_in_at  when they checked in by themselves
    visit          of a guest, what is on record of the visit
    """

    kind: str
    member: Member
    stored: str = ""
    stored_reason: str = ""
    status: str = ""
    checked_in_at: object = None
    visit: Visit | None = None
    target: object = None
    answer: str = ""
    reason: str = ""

    @property
    def name(self):
        return f"{self.kind}-{self.member.pk}"

    @property
    def reason_name(self):
        return f"{self.kind}r-{self.member.pk}"

    @property
    def choices(self):
        """(value, what stands on the button) of each answer."""
        return [*CHOICES, ("", _("Not reported"))]

    @property
    def stored_word(self):
        return dict(self.choices)[self.stored]

    def get_status_display(self):
        return ActivityStatus(self.status).label

    @property
    def differs(self):
        """Whether the form says something else than what is saved."""
        return (self.answer, self.reason) != (self.stored, self.stored_reason)


@dataclass
class Roster:
    """members, excepted, and others (who belong elsewhere), each by name; guests assigned to the
    branch itself, and those assigned to an organization above it."""

    members: list[Row] = field(default_factory=list)
    excepted: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)
    guests: list[Row] = field(default_factory=list)
    guests_from_above: list[Row] = field(default_factory=list)

    @property
    def rows(self):
        return [
            *self.members,
            *self.excepted,
            *self.others,
            *self.guests,
            *self.guests_from_above,
        ]


def roster_of(occasion):
    """The roster of an occasion, with what is saved. Three queries."""
    roster = Roster()
    for member in _people(occasion):
        row = Row(
            EXCEPTED if member.status_on else MEMBER,
            member,
            stored=member.answer or "",
            stored_reason=member.answer_reason or "",
            status=member.status_on or "",
            checked_in_at=member.checked_in_at,
        )
        _section(roster, member).append(row)
    _add_guests(roster, occasion)
    for row in roster.rows:
        row.answer, row.reason = row.stored, row.stored_reason
        if row.kind != GUEST and row.checked_in_at and not row.stored:
            row.answer = AttendanceStatus.PRESENT
    return roster


def _section(roster, member):
    if not member.belongs:
        return roster.others
    return roster.excepted if member.status_on else roster.members


def _people(occasion):
    """Members of the branch on the day, and others on its roster, with what is known of each."""
    on, own = occasion.on, _attendance(occasion)
    belongs = Membership.objects.valid_on(on).filter(member=OuterRef("pk"), branch=occasion.branch)
    status = MemberStatus.objects.valid_on(on).filter(member=OuterRef("pk"))
    check_ins = _check_ins(occasion).filter(member=OuterRef("pk")).order_by("at")
    return (
        Member.objects.filter(
            Q(Exists(belongs)) & (Q(left_on=None) | Q(left_on__gt=on)) | Q(Exists(own))
        )
        .annotate(
            belongs=Exists(belongs),
            status_on=Subquery(status.values("status")[:1]),
            answer=Subquery(own.values("status")[:1]),
            answer_reason=Subquery(own.values("reason")[:1]),
            checked_in_at=Subquery(check_ins.values("at")[:1]),
        )
        .order_by("sort_key", "code")
    )


def _attendance(occasion):
    if occasion.meeting is None:
        return Attendance.objects.none()
    return Attendance.objects.filter(
        meeting=occasion.meeting, member=OuterRef("pk"), capacity=Capacity.MEMBER
    )


def _check_ins(occasion):
    if occasion.meeting:
        return CheckIn.objects.of_meeting(occasion.meeting)
    return CheckIn.objects.filter(plan=occasion.plan)


def _add_guests(roster, occasion):
    visits = {visit.member_id: visit for visit in _visits(occasion)}
    guests = {}
    for assignment in assigned_to(occasion.branch, on=occasion.on):
        guests.setdefault(assignment.member_id, (assignment.member, assignment.target))
    for visit in visits.values():
        guests.setdefault(visit.member_id, (visit.member, occasion.branch))
    for pk, (member, target) in guests.items():
        visit = visits.get(pk)
        row = Row(GUEST, member, visit=visit, target=target)
        if visit:
            row.stored, row.stored_reason = visit.stated, visit.stated_reason
            row.checked_in_at = visit.claimed_at if visit.is_claimed else None
        is_near = target.pk == occasion.branch.pk or visit
        (roster.guests if is_near else roster.guests_from_above).append(row)


def _visits(occasion):
    there = Q(meeting=None, branch=occasion.branch, held_on=occasion.on)
    if occasion.meeting:
        there |= Q(meeting=occasion.meeting)
    return Visit.objects.standing().filter(there).select_related("member").order_by("-meeting")


def assigned_to(branch, *, on):
    """Assignments of the day whose target is the branch or stands above it, those to the branch
    first, of cadres who belong elsewhere; by name."""
    path = OrganizationPath.objects.filter(organization=branch, validity__contains=on)
    above = Func("ancestors", function="unnest", output_field=BigIntegerField())
    own = Membership.objects.valid_on(on).filter(member=OuterRef("member"), branch=branch)
    return (
        Assignment.objects.valid_on(on)
        .filter(~Exists(own), target__in=path.values(up=above))
        .filter(Q(member__left_on=None) | Q(member__left_on__gt=on))
        .select_related("member", "target")
        .order_by(Case(When(target=branch, then=0), default=1), "member__sort_key", "member__code")
    )


def count_check_ins(occasion):
    """How many members of the branch checked in, and how many cadres logged a visit."""
    visits = _visits(occasion).filter(claimed_at__isnull=False, withdrawn_at=None)
    return {"members": _check_ins(occasion).count(), "guests": visits.count()}


def in_columns(rows):
    """The numbered rows of a sheet as tables that stand beside each other in pairs: one where all
    find room on a page, else two of about the same length for each page."""
    numbered = list(enumerate(rows, start=1))
    if len(numbered) <= ROWS_OF_A_COLUMN:
        return [numbered] if numbered else []
    pages = -(-len(numbered) // (2 * ROWS_OF_A_COLUMN))
    each = -(-len(numbered) // (2 * pages))
    return [numbered[start : start + each] for start in range(0, len(numbered), each)]
