"""Reads for the pages of assignments: what each list row and each page shows."""

from dataclasses import dataclass

from django.db.models import Count, F, Func, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from branches.models import Attendance, Meeting
from branches.periods import whole_year

from .models import Assignment, Task


def with_results(assignments, *, year):
    """Annotate the visits made at or below the target in the year, and the tasks confirmed."""
    target = Func(OuterRef("target"), template="ARRAY[%(expressions)s]")
    visits = Attendance.objects.visits().filter(
        member=OuterRef("member"),
        meeting__held_on__year=year,
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


def assignment_page(assignment, *, on, year=None):
    """Visits and tasks of `year` (default: the last one up to the day that has any)."""
    visits = Attendance.objects.filter(
        member=assignment.member_id,
        capacity="assigned",
        meeting__branch__paths__ancestors__contains=[assignment.target_id],
        meeting__branch__paths__validity__contains=F("meeting__held_on"),
    )
    days = Meeting.objects.filter(attendance__in=visits).dates("held_on", "year")
    years = {day.year for day in days} | set(assignment.tasks.values_list("year", flat=True))
    years = sorted(years, reverse=True)
    if year is None:
        year = next((each for each in years if each <= on.year), on.year)
    in_year = whole_year(year)
    return AssignmentPage(
        year=year,
        years=years,
        visits=list(
            visits.filter(meeting__held_on__gte=in_year.lower, meeting__held_on__lt=in_year.upper)
            .select_related("meeting__branch")
            .order_by("meeting__held_on", "meeting__code")
        ),
        tasks=list(assignment.tasks.filter(year=year).order_by("due_on", "code")),
        reviews=list(assignment.reviews.select_related("reviewer").order_by("-year")),
    )


@dataclass(frozen=True)
class MemberWork:
    """What somebody is assigned to and the tasks of the last year that has any."""

    assignments: list
    year: int | None
    tasks: list


def member_work(member, *, assignments, tasks, on, year=None):
    """assignments, tasks: querysets of those that the reader may see."""
    tasks = tasks.filter(member=member)
    if year is None or not tasks.filter(year=year).exists():
        known = tasks.filter(year__lte=on.year).order_by("-year").values_list("year", flat=True)
        year = known.first()
    return MemberWork(
        assignments=list(
            assignments.filter(member=member)
            .select_related("target", "directive")
            .order_by("-validity", "code")
        ),
        year=year,
        tasks=list(
            tasks.filter(year=year).select_related("organization").order_by("due_on", "code")
        ),
    )


def assignments_to(organization, *, on):
    """Who is assigned to the organization itself on the day."""
    return (
        Assignment.objects.valid_on(on)
        .filter(target=organization)
        .select_related("member", "directive")
        .order_by("code")
    )
