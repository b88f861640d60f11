"""Reads for the pages of directives: what each list row and the page show."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from branches.as_of import as_of
from branches.choices import OrganizationKind
from branches.models import EarlierOrganization, Organization

from .. import yearly
from ..choices import AssignmentRole
from ..models import Assignment, Team

MOST_ROWS = 50


def with_counts(directives, *, assignments, on):
    """Annotate the issuer's name of the day, how many teams there are under each, and how many of
    `assignments` (a queryset)."""
    return directives.annotate(
        issuer_on=name_on("issuer", on=on),
        teams_count=count_rows(Team.objects.filter(directive=OuterRef("pk"))),
        assignments_count=count_rows(assignments.filter(directive=OuterRef("pk"))),
    )


def name_on(organization, *, on):
    """The name on the day of the organization that the field `organization` of a row names."""
    earlier = EarlierOrganization.objects.filter(
        organization=OuterRef(organization), validity__contains=on
    )
    return Coalesce(Subquery(earlier.values("name")[:1]), F(f"{organization}__name"))


def count_rows(rows):
    """How many rows a queryset that refers to the outer row has, as a subquery."""
    rows = rows.order_by().values(together=Value(1)).annotate(number=Count("pk"))
    return Coalesce(Subquery(rows.values("number")), 0)


@dataclass(frozen=True)
class DirectivePage:
    attachments: list
    teams: list  # with .members: how many are in it on the day
    assignments: list  # those of the day, the first ones
    assigned: int  # how many there are on the day
    ever: int  # how many there were and, as far as the day knows, will be
    branches: int  # at or below the issuer on the day, of those answered for
    covered: int  # of these, with somebody assigned under the directive on the day
    years: list[int]
    results: yearly.YearResults
    indicators: list  # of the targets in that year, the first ones
    indicators_due: int  # of all of them, those with a target
    indicators_reached: int


def directive_page(directive, *, user, today, on, year=None):
    """What was issued under the directive as far as the user sees it, as of the day `on`.

    year  of the results; default: the last one up to the day that has any
    """
    assignments = Assignment.objects.visible_to(user, on=today).filter(directive=directive)
    teams = Team.objects.visible_to(user, on=today).filter(directive=directive)
    current = assignments.valid_on(on)
    branches, covered = _coverage(directive, current, user=user, today=today, on=on)
    busy = yearly.busy_years(assignments)
    year = yearly.choose_year(busy, asked=year, on=on)
    indicators = yearly.indicators_of(_targets(assignments, teams), year=year)
    due, reached = yearly.count_reached(indicators)
    page = DirectivePage(
        attachments=list(directive.attachments.select_related("file").defer("file__content")),
        teams=list(with_member_count(teams, assignments=current)),
        assignments=list(
            current.with_people()
            .select_related("team")
            .order_by("target__code", "code")[:MOST_ROWS]
        ),
        assigned=current.count(),
        ever=assignments.told(on=on, today=today).count(),
        branches=branches,
        covered=covered,
        years=sorted({*busy, on.year}, reverse=True),
        results=yearly.results_of(assignments, year=year, on=on),
        indicators=list(indicators[:MOST_ROWS]),
        indicators_due=due,
        indicators_reached=reached,
    )
    rows = [*page.teams, *page.assignments]
    named = [row.target for row in rows] + [row.organization for row in page.indicators]
    as_of([directive.issuer, *named], on=on)
    return page


def with_member_count(teams, *, assignments):
    """Teams with .members, how many of `assignments` (a queryset) are in each, the leader aside."""
    return (
        teams.select_related("target", "leader")
        .annotate(
            members=count_rows(
                assignments.filter(team=OuterRef("pk"), role=AssignmentRole.TEAM_MEMBER)
            )
        )
        .order_by("code")
    )


def _coverage(directive, current, *, user, today, on):
    """(branches at or below the issuer that the user answers for, those with somebody)."""
    branches = (
        Organization.objects.below(directive.issuer_id, on=on)
        .valid_on(on)
        .on(on)
        .filter(
            kind_on=OrganizationKind.BRANCH,
            pk__in=user.scope_for("see_assignments", on=today).values("pk"),
        )
    )
    somebody = Exists(current.filter(target=OuterRef("pk")))
    counts = branches.annotate(has_somebody=somebody).aggregate(
        all=Count("pk"), covered=Count("pk", filter=Q(has_somebody=True))
    )
    return counts["all"], counts["covered"]


def _targets(assignments, teams):
    return Organization.objects.filter(
        Q(pk__in=assignments.values("target")) | Q(pk__in=teams.values("target"))
    )
