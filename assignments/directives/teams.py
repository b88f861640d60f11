"""Reads for the pages of teams: what each list row and the page show."""

from dataclasses import dataclass

from django.db.models import F, OuterRef

from branches.as_of import as_of
from branches.models import Organization, Position

from .. import yearly
from ..choices import AssignmentRole
from ..duty import visits_asked
from ..models import Assignment, Review, Task
from .eligibility import leaders_of, why_not_leader
from .page import count_rows, name_on

MOST_NAMED = 30
MOST_TASKS = 20


def with_counts(teams, *, assignments, on):
    """Annotate the target's name of the day, how many of `assignments` (a queryset) are its
    members, and how many of these have no branch."""
    members = assignments.filter(team=OuterRef("pk"), role=AssignmentRole.TEAM_MEMBER)
    return teams.annotate(
        target_on=name_on("target", on=on),
        members=count_rows(members),
        without_branch=count_rows(members.filter(target=OuterRef("target"))),
    )


@dataclass(frozen=True)
class Person:
    """One of a team on the day, with the year's visits."""

    assignment: Assignment
    asked: int
    made: int
    review: str  # level, or "" where there is none
    has_no_branch: bool


@dataclass(frozen=True)
class TeamPage:
    leader: Person | None  # as assigned; None where the leader has no assignment on the day
    people: list[Person]
    without_branch: int
    years: list[int]
    results: yearly.YearResults
    tasks: list  # of that year, the first ones
    indicators: list  # of the target in that year
    indicators_due: int
    indicators_reached: int
    branches: int  # at or below the target on the day, without itself
    covered: int  # of these, with a member of the team


def team_page(team, *, user, today, on, year=None):
    """Who is in the team as far as the user sees it, as of the day `on`, and what they did.

    year  of visits, tasks, targets; default: the last one up to the day that has any
    """
    assignments = Assignment.objects.visible_to(user, on=today).filter(team=team)
    busy = yearly.busy_years(assignments)
    year = yearly.choose_year(busy, asked=year, on=on)
    people = _people(team, assignments.valid_on(on), year=year, on=on)
    members = [each for each in people if each.assignment.role == AssignmentRole.TEAM_MEMBER]
    indicators = yearly.indicators_of(Organization.objects.filter(pk=team.target_id), year=year)
    due, reached = yearly.count_reached(indicators)
    branches = _branches_below(team.target_id, on=on)
    tasks = Task.objects.visible_to(user, on=today).filter(assignment__team=team, year=year)
    page = TeamPage(
        leader=next((each for each in people if _leads(each.assignment)), None),
        people=members,
        without_branch=sum(each.has_no_branch for each in members),
        years=sorted({*busy, on.year}, reverse=True),
        results=yearly.results_of(assignments, year=year, on=on),
        tasks=list(tasks.with_people().order_by("member__sort_key", "code")[:MOST_TASKS]),
        indicators=list(indicators),
        indicators_due=due,
        indicators_reached=reached,
        branches=len(branches),
        covered=len(branches & {each.assignment.target_id for each in members}),
    )
    named = [each.assignment.target for each in people] + [task.organization for task in page.tasks]
    as_of([team.target, team.directive.issuer, *named], on=on)
    return page


def _people(team, assignments, *, year, on):
    reviews = dict(
        Review.objects.of_year(year)
        .filter(assignment__team=team)
        .values_list("assignment", "level")
    )
    rows = yearly.with_visits(assignments, year=year, on=on).select_related("member", "target")
    return [
        Person(
            assignment=row,
            asked=visits_asked(
                row.validity,
                visits=row.visits_due,
                each=row.visits_period,
                year=year,
                until=on,
            ),
            made=row.visits,
            review=reviews.get(row.pk, ""),
            has_no_branch=not _leads(row) and row.target_id == team.target_id,
        )
        for row in rows.order_by("target__code", "code")
    ]


def _leads(assignment):
    return assignment.role == AssignmentRole.TEAM_LEADER


def _branches_below(target, *, on):
    below = Organization.objects.below(target, on=on).valid_on(on).on(on)
    return set(below.filter(kind_on="branch").exclude(pk=target).values_list("pk", flat=True))


def others_with_posts(issuer, *, on, seen):
    """Pairs (member, why not) of those who hold or held a post in the issuer's committee and may
    not lead a team under a directive of the day; `seen` limits the members (a queryset)."""
    posts = Position.objects.filter(organization=issuer).exclude(rank="other")
    members = (
        seen.filter(pk__in=posts.values("member"))
        .exclude(pk__in=leaders_of(issuer, on=on).values("pk"))
        .order_by(F("sort_key"), "code")
        .prefetch_related("positions")[:MOST_NAMED]
    )
    return [(member, why_not_leader(member, issuer, on=on)) for member in members]
