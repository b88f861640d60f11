"""Members who missed whole months of meetings without a reason: from three months in a year the
branch considers to propose that they are removed (Điều 8, Điều lệ Đảng). Docs: docs/year-end.md, 7.
"""

from datetime import date

from django.contrib.postgres.aggregates import BitOr, BoolAnd
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractMonth

from assignments.reminding import REQUIRED_KINDS
from branches.choices import AttendanceStatus, Capacity, Rank
from branches.models import (
    Attendance,
    Member,
    Membership,
    MemberStatus,
    Organization,
    Position,
)
from branches.reports import with_day_facts

from ..models import Rating

WARNING, RISK = 2, 3  # months in a year
UNEXCUSED = Q(status=AttendanceStatus.UNEXCUSED)
BIT_OF_MONTH = Case(
    *(When(meeting__held_on__month=month, then=Value(1 << month)) for month in range(1, 13)),
    output_field=IntegerField(),
)


def day_of(year, *, on):
    """The day up to which a year is counted: of a year that is over its last."""
    return min(on, date(year, 12, 31))


def members_at_risk(acting, *, year, least=WARNING):
    """Members of the organization acted for who missed at least so many months of the year, with
    the facts of the day and `missed` (numbers of months), `months`, `rated_months` (those of the
    newest rating of the year, or None), `last_present` and `secretary` (of the branch).

    A month is missed when somebody was absent without a reason from a required meeting in it, and
    neither came to another nor had a reason: as the rating counts it. What is not recorded is a
    gap and counts for nothing. One query beside those of the queryset returned.
    """
    on = day_of(year, on=acting.on)
    below = Organization.objects.below(acting.organization, on=on).valid_on(on)
    here = Membership.objects.valid_on(on).filter(branch__in=below.values("pk"))
    found = list(_missed(here, year=year, on=on, least=least))
    visible = Member.objects.visible_to(acting.user, on=acting.today).filter(pk__in=found)
    ratings = Rating.objects.told(on=acting.on, today=acting.today)
    return _with_facts(visible.exclude(left_on__lte=on), ratings, year=year, on=on)


def _required(year, on):
    """Rows of rosters that count: of members, at meetings of their branch of that day, while no
    status covered it."""
    belonged = Membership.objects.filter(
        member=OuterRef("member"),
        branch=OuterRef("meeting__branch"),
        validity__contains=OuterRef("meeting__held_on"),
    )
    away = MemberStatus.objects.filter(
        member=OuterRef("member"), validity__contains=OuterRef("meeting__held_on")
    )
    return Attendance.objects.filter(
        Exists(belonged),
        ~Exists(away),
        capacity=Capacity.MEMBER,
        meeting__kind__in=REQUIRED_KINDS,
        meeting__held_on__range=(date(year, 1, 1), on),
    )


def _missed(memberships, *, year, on, least):
    """The ids of those of the members who missed `least` months."""
    # Few were absent without a reason at all: the rosters of those alone are looked at.
    suspects = (
        Attendance.objects.filter(
            UNEXCUSED,
            capacity=Capacity.MEMBER,
            meeting__held_on__range=(date(year, 1, 1), on),
            meeting__kind__in=REQUIRED_KINDS,
            member__in=memberships.values("member"),
        )
        .values("member")
        .annotate(missed=BitOr(BIT_OF_MONTH))
        .annotate(number=_count_bits(F("missed")))
        .filter(number__gte=least)
    )
    rows = _required(year, on).filter(member__in=suspects.values("member")).values("member")
    missed = BitOr(BIT_OF_MONTH, filter=UNEXCUSED)
    others = Coalesce(BitOr(BIT_OF_MONTH, filter=~UNEXCUSED), 0)
    months = rows.annotate(missed=missed, others=others).annotate(
        months=_count_bits(F("missed").bitand(F("missed").bitxor(F("others"))))
    )
    return months.filter(months__gte=least).values_list("member", flat=True)


def _count_bits(number):
    return Func(
        number, template="bit_count((%(expressions)s)::bit(16))", output_field=IntegerField()
    )


def _with_facts(members, ratings, *, year, on):
    own = _required(year, on).filter(member=OuterRef("pk")).order_by()
    months = (
        own.annotate(month=ExtractMonth("meeting__held_on"))
        .values("month")
        .annotate(is_missed=BoolAnd(UNEXCUSED))
        .filter(is_missed=True)
        .order_by("month")
    )
    came = own.filter(status=AttendanceStatus.PRESENT).values("member")
    ratings = ratings.filter(
        member=OuterRef("pk"), roll_up__year=year, roll_up__latest__unit=F("unit")
    )
    secretaries = Position.objects.valid_on(on).filter(
        organization=OuterRef("branch_id_on"), rank=Rank.BRANCH_SECRETARY
    )
    return with_day_facts(members, on=on).annotate(
        missed=ArraySubquery(months.values("month")),
        months=Func(F("missed"), function="cardinality", output_field=IntegerField()),
        rated_months=Subquery(ratings.order_by("-roll_up").values("missed_months")[:1]),
        last_present=Subquery(came.annotate(day=Max("meeting__held_on")).values("day")),
        secretary=Subquery(secretaries.order_by("pk").values("member__full_name")[:1]),
    )
