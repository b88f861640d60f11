"""What the home page shows each role, as of the day and for the organization acted for."""

from dataclasses import dataclass

from accounts.models import Grant, User
from assignments.models import Assignment, Task
from branches.models import Meeting, Organization
from branches.reports import with_roster_counts

from . import reports
from .board import Board, rated_years, ratings_by_year, ratings_of, read_board
from .models import RollUp

ROWS = 6


@dataclass(frozen=True)
class YearEnd:
    """The year-end state of an organization; `board` is None while nothing is rated."""

    board: Board | None
    roll_ups: list


def year_end(acting):
    board = None
    year = next((year for year in rated_years(acting) if year <= acting.on.year), None)
    if year:
        ratings = ratings_of(acting.organization, user=acting.user, year=year, today=acting.today)
        board = read_board(ratings, organization=acting.organization, year=year)
    roll_ups = RollUp.objects.visible_to(acting.user, on=acting.today).filter(
        organization__in=acting.subtree.values("pk")
    )
    return YearEnd(board, list(roll_ups.select_related("organization")[:3]))


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
    return Waiting(tasks.count(), list(tasks.with_people().order_by("due_on", "code")[:ROWS]))


def last_meetings(acting):
    visible = Meeting.objects.visible_to(acting.user, on=acting.today)
    meetings = visible.filter(branch__in=acting.subtree.values("pk"), held_on__lte=acting.on)
    return list(
        with_roster_counts(meetings.select_related("branch")).order_by("-held_on", "code")[:ROWS]
    )


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


def own_work(acting):
    user, member = acting.user, acting.user.member
    return OwnWork(
        branch=user.own_branches(on=acting.on).first(),
        ratings=list(ratings_by_year(member, user=user, today=acting.today)[:5]),
        assignments=list(
            Assignment.objects.filter(member=member).valid_on(acting.on).with_people()
        ),
        tasks=list(
            Task.objects.filter(member=member)
            .counted()
            .with_people()
            .order_by("-year", "due_on", "code")[:ROWS]
        ),
    )
