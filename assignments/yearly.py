"""What came of assignments in a year: visits, tasks, reviews, indicators of where they lead."""

from dataclasses import dataclass

from django.contrib.postgres.fields import DateRangeField
from django.db.models import Count, ExpressionWrapper, F, Func, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from branches.models import Attendance
from branches.periods import whole_year

from .choices import Level, Outcome
from .duty import visits_asked
from .models import Indicator, Review, Task

WAITING = "waiting"  # of tasks that count and are not confirmed


@dataclass(frozen=True)
class YearResults:
    year: int
    asked: int  # visits due up to the day
    made: int  # confirmed visits
    tasks: dict[str, int]  # by outcome, and WAITING
    reviews: dict[str, int]  # by level

    @property
    def tasks_total(self):
        return sum(self.tasks.values())

    @property
    def reviewed(self):
        return sum(self.reviews.values())


def results_of(assignments, *, year, on):
    """What came in `year`, up to the day, of assignments (a queryset). Four queries."""
    assignments = assignments.valid_in(whole_year(year))
    ids = assignments.order_by().values("pk")
    return YearResults(
        year=year,
        asked=_asked(assignments, year=year, on=on),
        made=with_visits(assignments, year=year, on=on).aggregate(all=Sum("visits"))["all"] or 0,
        tasks=_tasks(Task.objects.counted().filter(assignment__in=ids, year=year)),
        reviews=_count_by(Review.objects.of_year(year).filter(assignment__in=ids), "level", Level),
    )


def with_visits(assignments, *, year, on):
    """Annotate visits: how often the cadre came, confirmed, to a meeting at or below the target in
    the year, up to the day, while assigned."""
    target = Func(OuterRef("target"), template="ARRAY[%(expressions)s]")
    visits = Attendance.objects.visits().filter(
        member=OuterRef("member"),
        meeting__held_on__year=year,
        meeting__held_on__lte=on,
        meeting__branch__paths__ancestors__contains=target,
        meeting__branch__paths__validity__contains=F("meeting__held_on"),
    )
    days = ExpressionWrapper(OuterRef("validity"), output_field=DateRangeField())
    within = visits.alias(days=days).filter(days__contains=F("meeting__held_on"))
    rows = within.order_by().values(together=Value(1)).annotate(number=Count("pk"))
    return assignments.annotate(visits=Coalesce(Subquery(rows.values("number")), 0))


def busy_years(assignments):
    """The years with a task or a review under the assignments, newest first."""
    ids = assignments.order_by().values("pk")
    tasks = Task.objects.filter(assignment__in=ids).order_by().values_list("year", flat=True)
    reviews = Review.objects.filter(assignment__in=ids).order_by().values_list("year", flat=True)
    return sorted(tasks.union(reviews), reverse=True)


def choose_year(busy, *, asked, on):
    """The year that is asked for; else the last one up to the day that has something."""
    return asked or next((year for year in busy if year <= on.year), on.year)


def indicators_of(organizations, *, year):
    """Indicators of the organizations (a queryset) in the year, as a queryset."""
    return (
        Indicator.objects.of_year(year)
        .filter(organization__in=organizations.values("pk"))
        .select_related("organization")
        .order_by("organization__code", "name")
    )


def count_reached(indicators):
    """(how many have a target, how many of these reached it)."""
    counts = indicators.order_by().aggregate(
        all=Count("pk", filter=Q(target__isnull=False)),
        reached=Count("pk", filter=Q(actual__gte=F("target"))),
    )
    return counts["all"], counts["reached"]


def _asked(assignments, *, year, on):
    alike = assignments.order_by().values_list("validity", "visits_due", "visits_period")
    return sum(
        number * visits_asked(validity, visits=visits, each=each, year=year, until=on)
        for validity, visits, each, number in alike.annotate(number=Count("pk"))
    )


def _tasks(tasks):
    # Those that are confirmed have an outcome, and only those.
    found = dict(tasks.order_by().values_list("outcome").annotate(number=Count("pk")))
    return {**{each: found.get(each, 0) for each in Outcome.values}, WAITING: found.get("", 0)}


def _count_by(rows, field, choices):
    found = dict(rows.order_by().values_list(field).annotate(number=Count("pk")))
    return {value: found.get(value, 0) for value in choices.values}
