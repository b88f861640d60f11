"""What the roster of a meeting comes to: the figures of its minutes, and of its quality."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from .choices import ActivityStatus, AttendanceStatus, Capacity
from .models import Member, MemberStatus, Organization

OFFICIAL, PROBATIONARY, TEMPORARY = "official", "probationary", "temporary"
LONGEST_PROBATION = timedelta(days=2 * 365)  # 12 months, and until it is decided
EXCEPTED = (ActivityStatus.EXEMPT, ActivityStatus.SUSPENDED, ActivityStatus.AWAY)


@dataclass
class Figures:
    """Counts of a meeting; who is temporarily active in the branch stands on its roster without
    belonging to it.

    total    {OFFICIAL, PROBATIONARY, TEMPORARY: how many there are}
    present  the same of those present
    excepted {status: how many members are exempt, suspended, away}
    """

    total: dict = field(default_factory=dict)
    present: dict = field(default_factory=dict)
    excepted: dict = field(default_factory=dict)
    excused: list = field(default_factory=list)  # pairs (name, reason)
    unexcused: list = field(default_factory=list)  # names
    unrecorded: list = field(default_factory=list)  # names of those due whom no row names
    due: int = 0  # who had to come: all but those excepted

    @property
    def all(self):
        return sum(self.total.values())

    @property
    def came(self):
        return sum(self.present.values())

    @property
    def rate(self):
        """Percent of those who had to come; None where nobody had to."""
        return Decimal(100) * self.came / self.due if self.due else None


def figures_of(meeting):
    """The figures of a meeting as of its day. Three queries."""
    on = meeting.held_on
    here = Organization.objects.filter(pk=meeting.branch_id)
    members = {each.pk: each for each in Member.objects.in_branches(here, on=on)}
    statuses = MemberStatus.objects.filter(member__in=members, validity__contains=on)
    excepted = dict(statuses.filter(status__in=EXCEPTED).values_list("member", "status"))
    roster = list(
        meeting.attendance.filter(capacity=Capacity.MEMBER)
        .select_related("member")
        .order_by("member__sort_key", "member__code")
    )
    return _count(members, excepted, roster, on=on)


def _count(members, excepted, roster, *, on):
    found = Figures(
        total=dict.fromkeys((OFFICIAL, PROBATIONARY, TEMPORARY), 0),
        present=dict.fromkeys((OFFICIAL, PROBATIONARY, TEMPORARY), 0),
        excepted={status: sum(each == status for each in excepted.values()) for status in EXCEPTED},
    )
    for member in members.values():
        found.total[kind_of(member, on=on)] += 1
    for row in roster:
        is_guest = row.member_id not in members
        found.total[TEMPORARY] += is_guest
        _add(found, row, TEMPORARY if is_guest else kind_of(row.member, on=on))
    recorded = {row.member_id for row in roster}
    # Who is excepted and came all the same had to come: nobody is counted as more than all.
    due = {pk for pk in members if pk not in excepted} | _present(roster)
    found.due = len(due | (recorded - members.keys()))
    missing = [members[pk] for pk in due - recorded if pk in members]
    found.unrecorded = [each.full_name for each in sorted(missing, key=lambda each: each.sort_key)]
    return found


def kind_of(member, *, on):
    """Whether a member was official on the day or on probation. Of old records the day on which
    somebody became official is often missing: nobody is on probation for years."""
    if member.official_on:
        return OFFICIAL if member.official_on <= on else PROBATIONARY
    return PROBATIONARY if on - member.admitted_on < LONGEST_PROBATION else OFFICIAL


def _add(found, row, kind):
    match row.status:
        case AttendanceStatus.PRESENT:
            found.present[kind] += 1
        case AttendanceStatus.EXCUSED:
            found.excused.append((row.member.full_name, row.reason))
        case AttendanceStatus.UNEXCUSED:
            found.unexcused.append(row.member.full_name)


def _present(roster):
    return {row.member_id for row in roster if row.status == AttendanceStatus.PRESENT}
