"""Reads over several models for one page: an organization, a member, a meeting."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from .as_of import as_of
from .choices import AttendanceStatus, Capacity, OrganizationKind
from .models import Attendance, Meeting, Member, Membership, MemberStatus, Organization, Placement
from .periods import covers, whole_year


def with_roster_counts(meetings):
    """Annotate how many were present, excused and unexcused, and how many cadres visited."""
    own = {
        status: _count(Attendance, meeting=OuterRef("pk"), capacity="member", status=status)
        for status in AttendanceStatus.values
    }
    visitors = _count(Attendance, meeting=OuterRef("pk"), capacity="assigned", status="present")
    return meetings.annotate(**own, visitors=visitors)


def _count(model, *conditions, **fields):
    """A count for each row, as a subquery: a sorted page of a list counts its own rows only."""
    rows = model.objects.filter(*conditions, **fields).order_by().values(together=Value(1))
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def with_day_facts(members, *, on):
    """Annotate a member list with branch, class and status of the day."""
    status = MemberStatus.objects.filter(member=OuterRef("pk"), validity__contains=on)
    return (
        members.with_branch(on=on)
        .with_class(on=on)
        .annotate(status_on=Subquery(status.values("status")[:1]))
    )


def with_children_flag(organizations, *, on):
    """Annotate has_children: whether anything stands directly under it on the day."""
    below = Placement.objects.filter(
        parent=OuterRef("pk"), validity__contains=on, organization__validity__contains=on
    )
    return organizations.annotate(has_children=Exists(below))


def children_of(organization, *, on):
    """What stands directly under the organization on the day, as the tree shows it."""
    children = Organization.objects.children_of(organization, on=on).on(on)
    return with_children_flag(children, on=on).order_by("code")


def with_member_counts(organizations, *, on):
    """Annotate members: how many belong on the day to a branch at or below each."""
    here = Func(OuterRef("pk"), template="ARRAY[%(expressions)s]")
    members = _count(
        Membership,
        Q(member__left_on=None) | Q(member__left_on__gt=on),
        validity__contains=on,
        branch__validity__contains=on,
        branch__paths__validity__contains=on,
        branch__paths__ancestors__contains=here,
    )
    return organizations.annotate(members=members)


@dataclass(frozen=True)
class OrganizationPage:
    above: list  # organizations from the root down to the one before it
    exists: bool  # on the day
    branches: int
    members: int
    exempt: int
    children: list
    positions: list
    meetings: list  # the last ones of a branch, or of the branches below
    successions: list
    predecessions: list


def organization_page(organization, *, on, today, meetings):
    """What stands on the page of an organization as of the day.

    meetings  the queryset of meetings that the reader may see
    """
    subtree = Organization.objects.below(organization, on=on).valid_on(on)
    members = Member.objects.in_branches(subtree, on=on)
    children = Organization.objects.children_of(organization, on=on).on(on)
    return OrganizationPage(
        above=Organization.objects.above(organization, on=on)[:-1],
        exists=covers(organization.validity, on),
        branches=subtree.on(on).filter(kind_on=OrganizationKind.BRANCH).count(),
        members=members.count(),
        exempt=members.with_status("exempt", on=on).count(),
        children=list(with_member_counts(children, on=on).order_by("code")[:200]),
        positions=list(
            organization.positions.valid_on(on)
            .select_related("member")
            .order_by("rank", "member__sort_key")
        ),
        meetings=list(
            with_roster_counts(
                meetings.filter(branch=organization, held_on__lte=on).select_related("branch")
            ).order_by("-held_on", "code")[:8]
        ),
        **_successions(organization, on=on, today=today),
    )


def _successions(organization, *, on, today):
    """What became of the organization and what it came from, as far as the day knows."""
    until = on if on < today else date.max
    successions = organization.successions.filter(on__lte=until).select_related("successor")
    predecessions = organization.predecessions.filter(on__lte=until)
    found = {
        "successions": list(successions),
        "predecessions": list(predecessions.select_related("organization")),
    }
    as_of((each.successor for each in found["successions"]), on=on)
    as_of((each.organization for each in found["predecessions"]), on=on)
    return found


@dataclass(frozen=True)
class MemberPage:
    branch: Organization | None  # of the day
    above: list
    person_class: str  # of the day
    memberships: list
    statuses: list
    disciplines: list
    positions: list
    left_on: date | None  # None also where the day does not know of it yet
    official_on: date | None  # the same
    year: int
    years: list[int]  # those with a row of attendance, newest first
    attendance: list  # of that year, by day
    present: int
    excused: int
    unexcused: int
    visits: int


def member_page(member, *, on, today, year=None):
    """What the party organization knows of a member on the day, where it is past nothing of what
    happened after it; attendance of `year` (default: the last year up to the day that has any)."""
    known = on if on < today else date.max
    years = [
        day.year
        for day in Meeting.objects.filter(attendance__member=member, held_on__lte=known).dates(
            "held_on", "year", "DESC"
        )
    ]
    if year is None:
        year = next((each for each in years if each <= on.year), on.year)
    attendance = _attendance(member, year=year, until=known)
    own = Counter(row.status for row in attendance if row.capacity == Capacity.MEMBER)
    dated = {"on": on, "today": today}
    memberships = list(_latest_first(member.memberships.told(**dated).select_related("branch")))
    positions = list(_latest_first(member.positions.told(**dated).select_related("organization")))
    as_of(
        [
            *(each.branch for each in memberships),
            *(each.organization for each in positions),
            *(row.meeting.branch for row in attendance),
        ],
        on=on,
    )
    branch = next((each.branch for each in memberships if covers(each.validity, on)), None)
    return MemberPage(
        branch=branch,
        above=Organization.objects.above(branch, on=on) if branch else [],
        person_class=member.person_class_on,
        memberships=memberships,
        statuses=list(_latest_first(member.statuses.told(**dated))),
        disciplines=list(member.disciplines.filter(decided_on__lte=known).order_by("-decided_on")),
        positions=positions,
        left_on=_if_known(member.left_on, known),
        official_on=_if_known(member.official_on, known),
        year=year,
        years=years,
        attendance=attendance,
        present=own[AttendanceStatus.PRESENT],
        excused=own[AttendanceStatus.EXCUSED],
        unexcused=own[AttendanceStatus.UNEXCUSED],
        visits=sum(row.capacity == Capacity.ASSIGNED for row in attendance),
    )


def _attendance(member, *, year, until):
    days = whole_year(year)
    meetings = Meeting.objects.held_in(days).filter(held_on__lte=until)
    return list(
        Attendance.objects.filter(member=member, meeting__in=meetings)
        .select_related("meeting__branch")
        .order_by("meeting__held_on", "meeting__code", "capacity")
    )


def _latest_first(rows):
    """By the first day alone: where rows stand must not change when one of them ends."""
    return rows.order_by(F("validity__startswith").desc(nulls_last=True), "pk")


def _if_known(day, known):
    return day if day is not None and day <= known else None


@dataclass(frozen=True)
class MeetingPage:
    above: list
    members: list  # roster rows of the branch's own members
    visitors: list  # roster rows of assigned cadres
    counts: dict[str, int]  # of the members, by status
    unrecorded: int  # belong to the branch that day, stand on no roster, and are not excepted


def meeting_page(meeting):
    """A meeting with its roster, all as of the day on which it was held."""
    rows = list(meeting.attendance.select_related("member").order_by("member__sort_key"))
    members = [row for row in rows if row.capacity == Capacity.MEMBER]
    on = meeting.held_on
    above = Organization.objects.above(meeting.branch, on=on)
    as_of([meeting.branch], on=on)
    belonging = Member.objects.in_branches(
        Organization.objects.filter(pk=meeting.branch_id), on=on
    ).exclude(pk__in=Member.objects.with_status("exempt", "suspended", "away", on=on).values("pk"))
    return MeetingPage(
        above=above,
        members=members,
        visitors=[row for row in rows if row.capacity == Capacity.ASSIGNED],
        counts={
            status: sum(row.status == status for row in members) for status in AttendanceStatus
        },
        unrecorded=belonging.exclude(pk__in=[row.member_id for row in members]).count(),
    )
