"""The year end of everybody: a cycle from its list of members to the lock, and the pages that tell
of it, each beside one roll-up of the same members in the same run."""

import tempfile
from datetime import date
from functools import partial
from time import perf_counter

from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Grant, User
from assignments.choices import Level
from branches.models import Organization
from branches.periods import period
from config.ownership import as_owner
from evaluations.choices import StepKind
from evaluations.locked.changes import find_changes
from evaluations.models import Appraisal, OrganizationRating, RollUp
from evaluations.papers.workbook import write_workbook
from evaluations.services.cycle_steps import finish_for_unit
from evaluations.services.cycles import draw_list, open_cycle, take_suggestions
from evaluations.services.decisions import SUGGESTED, decide, take_back
from evaluations.services.locking import lock_cycle, re_rate
from evaluations.services.organization_ratings import decide_organizations, suggest_organizations
from evaluations.services.roll_ups import roll_up_inline

from .cycle_world import add_earlier_years, do_steps, voted_branches, write_votes
from .results import Result
from .roll_up import seconds_by_workers

BEFORE_VOTE = ("collective", "self_review", "comments", "proposal")
PAGES_OF_YEAR = ("board", "board_changes", "board_years", "five_years", "not_rated", "removal_risk")
PAGES_OF_CYCLE = ("cycle", "decisions", "ties", "cycle_organizations", "cycle_lock")
WORK_GOAL = 5  # roll-ups; what a page takes is to be seconds, whatever a roll-up takes
ALLOWED = (Role.BOARD, Role.OFFICE, Role.LEADER)


def measure_year_end(code, *, year):
    """Go through the year end of the organization of the code, which holds everybody; yields
    Results."""
    year_end = YearEnd(code, year)
    yield year_end.roll_up
    yield from year_end.begin()
    yield from year_end.vote()
    yield from year_end.decide()
    yield from year_end.rate_organizations()
    yield from year_end.pages()
    yield from year_end.lock()


class YearEnd:
    """`by` has every role that the year end needs, and is no member. A roll-up of the end of
    November came before that of the year."""

    def __init__(self, code, year):
        self.organization = Organization.objects.get(code=code)
        self.year, self.now = year, timezone.now()
        self.on = timezone.localdate(self.now)
        self.cut_off = date(year, 12, 31)
        self.by = User.objects.create_user(f"year-end-{year}")
        Grant.objects.bulk_create(
            Grant(user=self.by, role=role, organization=self.organization, validity=period(None))
            for role in ALLOWED
        )
        self.values = {"by": self.by, "on": self.on, "at": self.now}
        self.roll_up = Result("roll-up by workers", self._roll_up())
        self.cycle = self.value = None
        # What the cycle comes to.
        OrganizationRating.objects.filter(year=year).delete()

    def _roll_up(self):
        seconds = seconds_by_workers(self.organization, self.year)
        for day in (date(self.year, 11, 30), self.cut_off):
            roll_up_inline(self.organization, year=self.year, as_of=day, at=timezone.now())
        return seconds

    def timed(self, name, call, *, goal=WORK_GOAL):
        """The Result of calling it; `value` is what it returned."""
        began = perf_counter()
        self.value = call()
        return Result(name, perf_counter() - began, self.roll_up, goal)

    def begin(self):
        opened = partial(
            open_cycle, self.organization, year=self.year, second_ballot=False, **self.values
        )
        yield self.timed("open the cycle", opened)
        self.cycle = self.value
        taken = partial(take_suggestions, self.cycle, **self.values)
        yield self.timed("take suggestions", taken)
        drawn = partial(draw_list, self.cycle, by=self.by, on=self.on)
        yield self.timed("draw the list again", drawn)
        self._analyze()

    def vote(self):
        do_steps(self.cycle, BEFORE_VOTE, by=self.by, at=self.now)
        with transaction.atomic():
            write_votes(self.cycle, **self.values)
            branches = voted_branches(self.cycle)
            yield self.timed(f"settle the votes of {len(branches):,} branches", self._settle)
            began = perf_counter()
        yield Result("check these votes", perf_counter() - began, self.roll_up)
        do_steps(self.cycle, ["vote", "section"], by=self.by, at=self.now)
        self._analyze()

    def _settle(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT settle_votes(%s)", [voted_branches(self.cycle)])

    def decide(self):
        rated = self.cycle.appraisals.filter(rated=True)
        units = rated.order_by().values_list("cycle_branch__unit").annotate(number=Count("pk"))
        ward = rated.filter(cycle_branch__unit=units.latest("number")[0])
        values = {"reason": "benchmark", "decided_on": self.on, **self.values}
        decided = partial(decide, level=SUGGESTED, **values)
        yield self.timed(f"decide on {ward.count():,} of a unit", partial(decided, ward))
        taken = partial(take_back, ward, **values)
        yield self.timed(f"take {ward.count():,} decisions back", taken)
        yield self.timed(f"decide on {rated.count():,}", partial(decided, rated))
        self._analyze()

    def rate_organizations(self):
        units = Organization.objects.filter(pk__in=self.cycle.branches.values("unit"))
        unit = units.order_by("pk").first()
        finished = partial(finish_for_unit, self.cycle, unit, StepKind.DECISION, **self.values)
        yield self.timed("finish a step of a unit", finished)
        do_steps(self.cycle, ["decision"], by=self.by, at=self.now)
        suggested = partial(suggest_organizations, self.cycle, **self.values)
        yield self.timed("suggest levels of organizations", suggested)
        while self._open_organizations().exists():
            count = self._open_organizations().count()
            yield self.timed(f"decide on {count:,} organizations", self._decide_organizations)
        do_steps(self.cycle, StepKind.values, by=self.by, at=self.now)

    def _open_organizations(self):
        return self.cycle.organizations.open().filter(rated=True)

    def _decide_organizations(self):
        decide_organizations(
            self._open_organizations(),
            level=Level.GOOD,
            reason="benchmark",
            decided_on=self.on,
            **self.values,
        )

    def pages(self):
        add_earlier_years(self.cycle, self._latest_run(), by=self.by, at=self.now)
        client = Client(headers={"host": "localhost"})
        client.force_login(self.by)
        query = {"org": self.organization.pk, "year": self.year}
        for route in PAGES_OF_YEAR:
            yield self._page(client, route, [], query)
        for route in PAGES_OF_CYCLE:
            yield self._page(client, route, [self.cycle.pk], {"org": self.organization.pk})

    def _page(self, client, route, args, query):
        address = reverse(f"evaluations:{route}", args=args)
        client.get(address, query)  # what the first one compiles, the others have
        result = self.timed(f"page {route}", partial(client.get, address, query), goal=None)
        assert self.value.status_code == 200, f"{address}: {self.value.status_code}"
        return result

    def _latest_run(self):
        return RollUp.objects.filter(year=self.year, as_of=self.cut_off).latest("pk")

    def lock(self):
        yield self.timed("lock the cycle", partial(lock_cycle, self.cycle, **self.values))
        self.cycle = self.value
        yield self.timed("look for changes since the lock", partial(find_changes, self.cycle))
        rated = Appraisal.objects.filter(cycle=self.cycle, decision__level=Level.COMPLETED)
        again = partial(
            re_rate, rated.first(), level=Level.FAILED, reason="benchmark", decided_on=self.on
        )
        yield self.timed("rate one again", partial(again, **self.values))
        with tempfile.TemporaryFile() as file:
            everybody = self.cycle.appraisals.all()
            write = partial(
                write_workbook, self.cycle, everybody, file, user=self.by, today=self.on
            )
            yield self.timed("workbook of the cycle", write, goal=None)

    def _analyze(self):
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ANALYZE")
