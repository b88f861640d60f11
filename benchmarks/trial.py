"""A trial of another rating set, with everything that its page tells, beside a roll-up by workers
of the same members, whose ratings it is compared to."""

from copy import deepcopy
from datetime import date
from time import perf_counter

from django.utils import timezone

from accounts.choices import Role
from accounts.models import Grant, User
from branches.models import Member, Organization
from branches.periods import period
from evaluations.models import Rating, RollUp, RollUpUnit, Scheme, UnitYear
from evaluations.services.roll_ups import roll_up_inline
from evaluations.trials.runs import Trial, compute

from .results import Result
from .roll_up import seconds_by_workers

GOAL = 3
TIMES = 3
WRITTEN = (RollUp, RollUpUnit, UnitYear, Rating)


def measure_trial(code, *, year):
    """Try a stricter set on the organization of the code, which holds everybody; yields Results."""
    organization = Organization.objects.get(code=code)
    by_workers = seconds_by_workers(organization, year)
    roll_up_inline(organization, year=year, at=timezone.now())  # what the trial is compared to
    roll_up = Result(f"roll-up of {Member.objects.count():,} by workers", by_workers)
    yield roll_up
    user, trial = _ask(organization, year)
    before = _rows()
    seconds = min(_time(trial, user) for _time_of_several in range(TIMES))
    if _rows() != before:
        raise RuntimeError("a trial left rows behind")
    yield Result("trial of a stricter rating set, told beside it", seconds, roll_up, GOAL)


def _ask(organization, year):
    user = User.objects.create_user(f"trial-{year}")
    Grant.objects.create(
        user=user, role=Role.BOARD, organization=organization, validity=period(None)
    )
    scheme = Scheme.objects.for_year(year)
    definition = deepcopy(scheme.definition)
    definition["min"]["excellent"] = 95
    definition["cap"]["percent"] = 10
    now = timezone.now()
    return user, Trial(
        user=user.pk,
        organization=organization.pk,
        year=year,
        as_of=date(year, 12, 31),
        scheme=scheme.pk,
        definition=definition,
        asked_at=now,
        told_at=now,
    )


def _time(trial, user):
    began = perf_counter()
    result = compute(trial, user=user, on=timezone.localdate())
    seconds = perf_counter() - began
    if not result.changed:
        raise RuntimeError("a stricter rating set changed nobody's level")
    return seconds


def _rows():
    return [model.objects.count() for model in WRITTEN]
