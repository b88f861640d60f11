"""The cadres of an organization against its branches, or against the parts it consists of."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from branches.choices import OrganizationKind
from branches.models import Member, Organization

from ..choices import AssignmentRole
from ..models import Assignment
from . import targets

MOST_COLUMNS = 40  # more cannot be looked over: then the columns are the parts one level down


@dataclass(frozen=True)
class Cell:
    """An assignment: its id, and what it is called."""

    pk: int
    role: str

    @property
    def label(self):
        return AssignmentRole(self.role).label


@dataclass(frozen=True)
class Row:
    """A cadre; `cells` are pairs (column, Cells of the cadre there)."""

    member: Member
    cells: list
    total: int


@dataclass(frozen=True)
class Matrix:
    """columns  pairs (organization, how many assignments there are to it, or at or below it)
    is_whole  whether every column is one target; else what stands below it counts with it
    """

    columns: list
    rows: list[Row]
    is_whole: bool


def cadres(acting):
    """Members assigned on the day to something at or below the organization acted for."""
    assigned = _assigned(acting).values("member")
    return Member.objects.filter(pk__in=assigned).order_by("sort_key", "code")


def columns(acting):
    """(organizations that make the columns, a queryset; whether each is one target)"""
    every = targets(acting)
    parts = Organization.objects.children_of(acting.organization, on=acting.on).on(acting.on)
    has_levels = parts.exclude(kind_on=OrganizationKind.BRANCH).exists()
    if has_levels and every.count() > MOST_COLUMNS:
        return parts.order_by("code"), False
    return every, True


def read_matrix(members, organizations, acting, *, is_whole):
    """The matrix of some cadres (a page of them) and some columns, in one query."""
    organizations = list(organizations)
    shown = {each.pk for each in organizations}
    cells, totals, counts = defaultdict(list), Counter(), Counter()
    paths = _assigned(acting).filter(target__paths__validity__contains=acting.on)
    facts = ("pk", "role", "member", "target", "target__paths__ancestors")
    for pk, role, member, target, ancestors in paths.order_by("code").values_list(*facts):
        totals[member] += 1
        column = target if is_whole else next(filter(shown.__contains__, ancestors), None)
        counts[column] += 1
        cells[member, column].append(Cell(pk, role))
    return Matrix(
        columns=[(each, counts[each.pk]) for each in organizations],
        rows=[
            Row(
                member,
                [(each, cells.get((member.pk, each.pk), [])) for each in organizations],
                totals[member.pk],
            )
            for member in members
        ],
        is_whole=is_whole,
    )


def _assigned(acting):
    """Assignments of the day at or below the organization acted for, that the reader sees."""
    below = Organization.objects.below(acting.organization, on=acting.on)
    seen = Assignment.objects.visible_to(acting.user, on=acting.today)
    return seen.valid_on(acting.on).of_targets(below)
