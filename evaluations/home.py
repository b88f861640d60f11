"""What the home page shows each role, as of the day and for the organization acted for."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Grant, User
from assignments.confirming.inbox import Inbox
from assignments.models import Assignment, Task
from assignments.reminding import due_for
from branches.as_of import as_of, each_as_of
from branches.models import Meeting, Organization
from branches.reports import with_roster_counts

from . import reports
from .board import Board, read_board
from .board.population import read_population
from .deciding.decided import with_decided_level, with_decisions
from .models import Appraisal, RollUp, SelfReview
from .rolling_up.runs import latest_runs, rated_years, ratings_by_year, ratings_of

ROWS = 6


@dataclass(frozen=True)
class YearEnd:
    """The year-end state of an organization; `board` is None while nothing is rated."""

    board: Board | None
    roll_ups: list


def year_end(acting):
    board = None
    runs = latest_runs(acting)
    year = next((year for year in rated_years(runs) if year <= acting.on.year), None)
    if year:
        ratings = with_decisions(ratings_of(acting, runs, year=year), year=year, acting=acting)
        board = read_board(read_population(ratings, acting=acting, year=year))
    visible = RollUp.objects.visible_to(acting.user, on=acting.today)
    here = visible.filter(organization__in=acting.subtree.values("pk"))
    told = here.told(on=acting.on, today=acting.today)
    roll_ups = list(told.select_related("organization")[:3])
    each_as_of((each.organization, each.as_of) for each in roll_ups)
    return YearEnd(board, roll_ups)


def coverage(acting):
    return reports.coverage(acting.organization, year=acting.on.year, on=acting.on)


@dataclass(frozen=True)
class Waiting:
    number: int
    tasks: list  # the first of them


def waiting_tasks(acting):
    """Tasks reported in the organization or below it that wait for their confirmation."""
    below = Organization.objects.below(acting.organization, on=acting.on)
    visible = Task.objects.visible_to(acting.user, on=acting.today)
    tasks = visible.filter(organization__in=below.values("pk"), state="reported")
    if acting.is_past:
        tasks = tasks.filter(year__lte=acting.on.year)
    shown = list(tasks.with_people().order_by("due_on", "code")[:ROWS])
    as_of((task.organization for task in shown), on=acting.on)
    return Waiting(tasks.count(), shown)


def inbox(acting):
    """How much waits for the offices that the reader holds, as it is now."""
    return Inbox(acting.user, at=timezone.now()).counts()


def last_meetings(acting):
    visible = Meeting.objects.visible_to(acting.user, on=acting.today)
    meetings = visible.filter(branch__in=acting.subtree.values("pk"), held_on__lte=acting.on)
    latest = meetings.select_related("branch").order_by("-held_on", "code")
    shown = list(with_roster_counts(latest)[:ROWS])
    as_of((meeting.branch for meeting in shown), on=acting.on)
    return shown


def reminders(acting):
    """Pairs (reminder, its sentence) of today, the first of them, and how many there are."""
    due = due_for(acting.user, on=acting.today)
    return [(each, each.words(on=acting.today)) for each in due[:ROWS]], len(due)


@dataclass(frozen=True)
class Accounts:
    users: int
    without_second_factor: int  # of these users
    grants: int


def accounts(acting):
    """Users and grants that answer for the organization or one below it today."""
    below = Organization.objects.below(acting.organization, on=acting.today)
    grants = Grant.objects.valid_on(acting.today).filter(organization__in=below.values("pk"))
    users = User.objects.filter(pk__in=grants.values("user"), is_active=True)
    without = users.with_second_factor().filter(second_factor=False)
    return Accounts(users.count(), without.count(), grants.count())


@dataclass(frozen=True)
class OwnWork:
    """A member's own record in short."""

    branch: Organization | None
    ratings: list
    assignments: list
    tasks: list
    appraisal: Appraisal | None  # of an open cycle, today alone; `handed_in` is annotated


def own_work(acting):
    member = acting.user.member_id
    assignments = Assignment.objects.filter(member=member).valid_on(acting.on)
    assignments = list(assignments.select_related("target").order_by("code"))
    as_of((each.target for each in assignments), on=acting.on)
    tasks = Task.objects.filter(member=member).counted()
    if acting.is_past:
        tasks = tasks.filter(year__lte=acting.on.year)
    return OwnWork(
        branch=acting.user.own_branches(on=acting.on).on(acting.on).first(),
        ratings=list(with_decided_level(ratings_by_year(member, acting), acting)[:5]),
        assignments=assignments,
        tasks=list(tasks.order_by("-year", "due_on", "code")[:ROWS]),
        appraisal=_own_appraisal(member) if acting.is_today else None,
    )


def _own_appraisal(member):
    handed_in = SelfReview.objects.filter(appraisal=OuterRef("pk"), submitted_at__isnull=False)
    own = Appraisal.objects.filter(member=member, cycle__locked_at=None).select_related("cycle")
    return own.annotate(handed_in=Exists(handed_in)).order_by("-cycle__year", "-pk").first()
