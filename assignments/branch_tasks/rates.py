"""How many members of each branch have a task: who is due one, and who has one. The coverage report
(evaluations/reports.py) counts by the same definitions."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from branches.choices import OrganizationKind
from branches.models import Member, Organization

from ..models import GivenTask, Task
from .steps import PlanOn, read_plans

PLACES = 2


def due_members(members, *, on):
    """Of a queryset of members those who are due a task on the day: all but the exempt."""
    return members.exclude(pk__in=Member.objects.with_status("exempt", on=on))


def tasked(*, year):
    """The condition, on members, that they have a task in the year that counts."""
    return Exists(Task.objects.counted().filter(member=OuterRef("pk"), year=year))


def percent(part, whole):
    """100 × part / whole as a Decimal, rounded half up to two places; None of nothing."""
    if not whole:
        return None
    exact = Decimal(100) * part / whole
    return exact.quantize(Decimal(1).scaleb(-PLACES), rounding=ROUND_HALF_UP)


def without_resolution(tasks, *, on):
    """Of a queryset of tasks those that a branch announced, and no resolution made binding."""
    binding = GivenTask.objects.valid_on(on).filter(task=OuterRef("pk"))
    return tasks.counted().filter(~Exists(binding), assignment=None)


@dataclass
class BranchRate:
    """One branch in a year, as of a day. `rate` is in percent, None where nobody is due a task."""

    branch: Organization
    plan: PlanOn | None
    members: int
    due: int
    tasked: int
    unresolved: int  # tasks that were announced without a resolution

    @property
    def pk(self):
        return self.branch.pk

    @property
    def exempt(self):
        return self.members - self.due

    @property
    def rate(self):
        return percent(self.tasked, self.due)

    @property
    def code(self):
        return self.branch.code

    @property
    def rate_order(self):
        """The rate to sort by: where nobody is due a task before all others."""
        return -1 if self.rate is None else self.rate

    @property
    def step_label(self):
        return self.plan.step.label if self.plan else _("Not begun")

    @property
    def place(self):
        """How far it is, to sort by: 0 for a branch that has not begun."""
        return self.plan.place if self.plan else 0


def branch_rates(organization, *, seen, year, on):
    """A BranchRate of each branch at or below the organization that exists on the day.

    seen  the organizations (a queryset) of which the reader may see this

    Six queries, however many there are.
    """
    below = Organization.objects.below(organization, on=on).valid_on(on).on(on)
    branches = below.filter(kind_on=OrganizationKind.BRANCH, pk__in=seen.values("pk"))
    branches = {each.pk: each for each in branches.order_by("code")}
    counts = member_counts(organization, year=year, on=on)
    plans = read_plans(branches, year=year, on=on)
    unresolved = _unresolved(organization, year=year, on=on)
    return [
        BranchRate(branch, plans.get(pk), *counts[pk], unresolved[pk])
        for pk, branch in branches.items()
    ]


def member_counts(organization, *, year, on):
    """{id of a branch: (members, due a task, of these with a task)}. Two queries."""
    members = Member.objects.in_organization(organization, on=on)
    by_branch = {"branch": F("memberships__branch")}
    active = members.values(**by_branch).annotate(number=Count("pk")).order_by()
    due = due_members(members, on=on).values(**by_branch).order_by()
    found = due.annotate(number=Count("pk"), tasked=Count("pk", filter=Q(tasked(year=year))))
    counts = defaultdict(lambda: (0, 0, 0))
    of_due = {row["branch"]: (row["number"], row["tasked"]) for row in found}
    for row in active:
        counts[row["branch"]] = (row["number"], *of_due.get(row["branch"], (0, 0)))
    return counts


def _unresolved(organization, *, year, on):
    below = Organization.objects.below(organization, on=on)
    tasks = Task.objects.filter(year=year, organization__in=below.values("pk"))
    rows = without_resolution(tasks, on=on).order_by().values_list("organization")
    return Counter(dict(rows.annotate(number=Count("pk"))))
