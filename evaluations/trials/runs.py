"""Trials on their way: asked for, computed by a worker, kept for some hours in the cache, for the
one who asked alone. Nothing of them is stored in the database."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from time import perf_counter

from django.core.cache import cache
from django.utils import timezone

from branches.models import Organization

from ..models import Scheme
from ..rules import read_scheme
from . import trial_ratings
from .results import TrialResult, read_result

KEPT_HOURS = 4
STALLED = timedelta(minutes=2)  # no shard takes so long: its worker is gone


@dataclass(frozen=True)
class Trial:
    """A trial and how far it is. `definition` is the rating set as it was when it was asked for.

    `told_at` is when it was last heard of; `error` is a sentence once it failed.
    """

    user: int
    organization: int
    year: int
    as_of: date
    scheme: int
    definition: dict
    asked_at: datetime
    told_at: datetime
    token: uuid.UUID = field(default_factory=uuid.uuid4)
    begun: bool = False
    done: int = 0
    total: int = 0
    error: str = ""
    result: TrialResult | None = None

    @property
    def is_over(self):
        return self.result is not None or bool(self.error)

    def is_stalled(self, *, at):
        return not self.is_over and at - self.told_at > STALLED


def keep(trial):
    """Keep a trial as it is now."""
    cache.set(_key(trial.token, trial.user), trial, KEPT_HOURS * 3600)


def find(token, *, user):
    """The trial of that user, None when there is none or its time is over."""
    return cache.get(_key(token, user.pk))


def run(token, *, user, clock):
    """Compute a trial that is kept. One that is over, or was forgotten, is left alone.

    clock  gives the present moment
    """
    trial = find(token, user=user)
    if trial is None or trial.is_over:
        return
    trial = replace(trial, begun=True, told_at=clock())
    keep(trial)

    def progress(done, total):
        keep(replace(trial, done=done, total=total, told_at=clock()))

    began = perf_counter()
    result = compute(trial, user=user, on=timezone.localdate(clock()), progress=progress)
    result = replace(result, seconds=perf_counter() - began)
    keep(replace(trial, told_at=clock(), result=result))


def fail(token, *, user, sentence, at):
    """Say of a trial that it failed, and why."""
    trial = find(token, user=user)
    if trial and not trial.is_over:
        keep(replace(trial, told_at=at, error=sentence))


def compute(trial, *, user, on, progress=lambda done, total: None):
    """The TrialResult of a trial, as far as the user may see the ratings on the day."""
    organization = Organization.objects.get(pk=trial.organization)
    scheme = Scheme(definition=trial.definition)
    below = Organization.objects.below(organization, on=trial.as_of)
    seen = below.filter(pk__in=user.scope_for("see_ratings", on=on).values("pk"))
    ids = list(seen.values_list("pk", flat=True))
    with trial_ratings(
        organization, year=trial.year, as_of=trial.as_of, scheme=scheme, progress=progress
    ):
        return read_result(read_scheme(trial.definition), year=trial.year, branches=ids)


def _key(token, user):
    return f"trial:{user}:{token}"
