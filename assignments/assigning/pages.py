"""Reads for the pages of assignments: what each list row and each page shows."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Func, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from branches.as_of import as_of
from branches.models import Attendance, Meeting
from branches.periods import whole_year

from ..models import Task


def with_results(assignments, *, year, until=date.max):
    """Annotate the visits made at or below the target in the year, up to a day, and the tasks of
    the year that are confirmed."""
    target = Func(OuterRef("target"), template="ARRAY[%(expressions)s]")
    visits = Attendance.objects.visits().filter(
        member=OuterRef("member"),
        meeting__held_on__gte=date(year, 1, 1),
        meeting__held_on__lte=min(date(year, 12, 31), until),
        meeting__branch__paths__ancestors__contains=target,
        meeting__branch__paths__validity__contains=F("meeting__held_on"),
    )
    tasks = Task.objects.filter(assignment=OuterRef("pk"), year=year, state="confirmed")
    return assignments.annotate(visits=_count(visits), tasks_done=_count(tasks))


def _count(rows):
    rows = rows.order_by().values(together=Value(1)).annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number")), 0)


@dataclass(frozen=True)
class AssignmentPage:
    year: int
    years: list[int]  # those with a visit or a task, newest first
    visits: list  # attendance rows as assigned cadre at or below the target, in that year
    tasks: list
    reviews: list  # of all years, newest first


def assignment_page(assignment, *, on, today, year=None):
    """Visits and tasks of `year` (default: the last one up to the day that has any); where the day
    is past, only those up to it."""
    known = on if on < today else date.max
    visits = Attendance.objects.filter(
        member=assignment.member_id,
        capacity="assigned",
        meeting__held_on__lte=known,
        meeting__branch__paths__ancestors__contains=[assignment.target_id],
        meeting__branch__paths__validity__contains=F("meeting__held_on"),
    )
    days = Meeting.objects.filter(attendance__in=visits).dates("held_on", "year")
    tasks = assignment.tasks.filter(year__lte=known.year)
    years = {day.year for day in days} | set(tasks.values_list("year", flat=True))
    years = sorted(years, reverse=True)
    if year is None:
        year = next((each for each in years if each <= on.year), on.year)
    in_year = whole_year(year)
    visits = list(
        visits.filter(meeting__held_on__gte=in_year.lower, meeting__held_on__lt=in_year.upper)
        .select_related("meeting__branch")
        .order_by("meeting__held_on", "meeting__code")
    )
    issuer = assignment.directive and assignment.directive.issuer
    as_of([assignment.target, issuer, *(row.meeting.branch for row in visits)], on=on)
    reviews = assignment.reviews.filter(year__lte=known.year).select_related("reviewer")
    return AssignmentPage(
        year=year,
        years=years,
        visits=visits,
        tasks=list(tasks.filter(year=year).order_by("due_on", "code")),
        reviews=list(reviews.order_by("-year")),
    )


@dataclass(frozen=True)
class MemberWork:
    """What somebody is assigned to and the tasks of the last year that has any."""

    assignments: list
    year: int | None
    tasks: list


def member_work(member, *, assignments, tasks, on, today, year=None):
    """assignments, tasks: querysets of those that the reader may see."""
    tasks = tasks.filter(member=member)
    if on < today:
        tasks = tasks.filter(year__lte=on.year)
    if year is None or not tasks.filter(year=year).exists():
        known = tasks.filter(year__lte=on.year).order_by("-year").values_list("year", flat=True)
        year = known.first()
    first_day = F("validity__startswith").desc(nulls_last=True)
    work = MemberWork(
        assignments=list(
            assignments.filter(member=member)
            .told(on=on, today=today)
            .select_related("target", "directive")
            .order_by(first_day, "code")
        ),
        year=year,
        tasks=list(
            tasks.filter(year=year).select_related("organization").order_by("due_on", "code")
        ),
    )
    places = [row.target for row in work.assignments] + [row.organization for row in work.tasks]
    as_of(places, on=on)
    return work


def assignments_to(organization, *, assignments, on):
    """Who is assigned to the organization itself on the day.

    assignments  a queryset of those that the reader may see
    """
    return (
        assignments.valid_on(on)
        .filter(target=organization)
        .select_related("member", "directive")
        .order_by("code")
    )
