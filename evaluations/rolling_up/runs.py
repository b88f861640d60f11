"""Which roll-ups people see, and the ratings of those."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import F, Q

from branches.models import Member, Organization

from ..models import Rating, UnitYear


@dataclass(frozen=True)
class Run:
    """A roll-up that is the latest of some units in a year; `here`: of units of the organization
    acted for, or of one that holds it."""

    year: int
    roll_up: int
    as_of: date
    here: bool


def latest_runs(acting):
    """The roll-ups that people see, newest year first; on a past day those with a cut-off up to
    it."""
    below = Organization.objects.below(acting.organization, on=acting.on).values("pk")
    above = [each.pk for each in acting.above]
    runs = UnitYear.objects.exclude(roll_up=None)
    if acting.is_past:
        runs = runs.filter(roll_up__as_of__lte=acting.on)
    here = BoolOr(Q(unit__in=below) | Q(unit__in=above))
    rows = runs.values_list("year", "roll_up", "roll_up__as_of").annotate(here=here)
    return [Run(*row) for row in rows.order_by("-year", "roll_up")]


def rated_years(runs):
    """Years in which members of the organization acted for have ratings, newest first."""
    return list(dict.fromkeys(run.year for run in runs if run.here))


def ratings_of(acting, runs, *, year):
    """The latest ratings of the population of the organization acted for that the reader may see;
    on a past day those with a cut-off up to it.

    runs  the latest ones: what they have in common need not be asked of each rating
    """
    runs = [run for run in runs if run.year == year]
    visible = Rating.objects.visible_to(acting.user, on=acting.today)
    latest = visible.latest(year, several=len(runs) > 1)
    cut_offs = {run.as_of for run in runs}
    told = latest.told(on=acting.on, today=acting.today)
    return told.of_organization(acting.organization, cut_offs=cut_offs)


def ratings_by_year(member, acting):
    """The member's latest rating of each year that the reader may see, newest first; on a past day
    those with a cut-off up to it. Those of a record that was merged into this one are among them.
    """
    records = Member.objects.filter(Q(pk=member) | Q(merged_into=member)).values("pk")
    visible = Rating.objects.visible_to(acting.user, on=acting.today)
    latest = visible.filter(member__in=records, roll_up__latest__unit=F("unit"))
    told = latest.told(on=acting.on, today=acting.today)
    return told.select_related("roll_up", "branch", "member").order_by("-roll_up__year", "member")
