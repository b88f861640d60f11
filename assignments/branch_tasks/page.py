"""What the pages of a branch's tasks show: its members with what was found out about them, the
tasks with own plans and checks, and what is still missing. As of a day."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from branches.as_of import as_of
from branches.choices import ActivityStatus
from branches.models import Meeting, Member, MemberStatus
from branches.periods import whole_year

from ..choices import CheckProgress, TaskState
from ..models import BranchTaskPlan, Fitness, GivenTask, OwnPlan, Task, TaskCheck
from ..registering.states import OPEN
from .rates import percent
from .steps import PlanOn, plan_on

MOST_MEETINGS = 12  # a year of checks
LAST_MEETINGS = 4


@dataclass
class TaskLine:
    """A task of the branch as a page shows it. `checks` are pairs (meeting, TaskCheck or None), one
    for each meeting at which it was to be checked."""

    task: Task
    is_binding: bool
    own_plan: OwnPlan | None = None
    checks: list = field(default_factory=list)

    @property
    def is_open(self):
        return self.task.state in OPEN

    @property
    def is_unresolved(self):
        """Announced, and no resolution made it binding."""
        return not self.is_binding and self.task.state not in (
            TaskState.DRAFT,
            TaskState.CANCELLED,
        )


@dataclass
class MemberLine:
    """A member of the branch, or one who left it and has a task there still (`is_here` false)."""

    member: Member
    is_here: bool
    status: MemberStatus | None = None
    fitness: Fitness | None = None
    tasks: list = field(default_factory=list)
    has_task: bool = False  # one that counts, here or elsewhere

    @property
    def is_exempt(self):
        return self.status is not None and self.status.status == ActivityStatus.EXEMPT

    @property
    def is_due(self):
        return self.is_here and not self.is_exempt

    @property
    def is_left_out(self):
        """Due a task, without one, and nobody said why."""
        spared = self.fitness is not None and self.fitness.spared
        return self.is_due and not self.has_task and not spared


@dataclass
class BranchYear:
    """All that the page of a branch and year shows. `row` is the plan as stored, `plan` as of the
    day; both None where nothing has begun. `meetings` are those since the tasks are binding."""

    row: BranchTaskPlan | None
    plan: PlanOn | None
    lines: list
    meetings: list
    set_backs: list = field(default_factory=list)  # up to the day, the last one first

    @property
    def here(self):
        return [line for line in self.lines if line.is_here]

    @property
    def due(self):
        return [line for line in self.lines if line.is_due]

    @property
    def exempt(self):
        return [line for line in self.lines if line.is_here and line.is_exempt]

    @property
    def tasked(self):
        return [line for line in self.due if line.has_task]

    @property
    def rate(self):
        return percent(len(self.tasked), len(self.due))

    @property
    def left_out(self):
        return [line for line in self.lines if line.is_left_out]

    @cached_property
    def tasks(self):
        return [task for line in self.lines for task in line.tasks]

    @property
    def unresolved(self):
        return [line for line in self.tasks if line.is_unresolved]

    @property
    def without_own_plan(self):
        return [line for line in self.tasks if line.is_open and line.own_plan is None]

    @cached_property
    def meetings_to_check(self):
        """Pairs (meeting, how many tasks were not checked at it), the last meeting first."""
        return [
            (meeting, sum((meeting, None) in line.checks for line in self.tasks))
            for meeting in reversed(self.meetings)
        ]

    @property
    def unchecked(self):
        return [pair for pair in self.meetings_to_check if pair[1]]

    @property
    def last_meetings(self):
        """The last of `meetings_to_check`: what was forgotten long ago is seen in the grid."""
        return self.meetings_to_check[:LAST_MEETINGS]


def read_branch_year(branch, year, *, on, checked=True):
    """The BranchYear of a branch (a row) as of the day; without `checked` nothing of meetings, as
    forms of the steps need it. Nine queries, or six."""
    row = plan_of(branch, year)
    plan = plan_on(row, on=on, set_backs=row.set_backs.all()) if row else None
    tasks = list(
        Task.objects.filter(organization=branch, year=year, assignment=None)
        .select_related("member", "own_plan")
        .order_by("code")
    )
    lines = _read_members(branch, row, {task.member for task in tasks}, year=year, on=on)
    meetings = _meetings(branch, plan, year=year, on=on) if checked else []
    binding = _binding(tasks, on=on) if checked else set()
    checks = _checks(tasks, meetings) if checked else defaultdict(list)
    for task in tasks:
        lines[task.member_id].tasks.append(
            TaskLine(task, task.pk in binding, getattr(task, "own_plan", None), checks[task.pk])
        )
    set_backs = [each for each in row.set_backs.all() if each.on <= on][::-1] if plan else []
    return BranchYear(row, plan, list(lines.values()), meetings, set_backs)


def _binding(tasks, *, on):
    """The ids of those of the tasks that a resolution had made binding on the day."""
    given = GivenTask.objects.valid_on(on).filter(task__in=tasks)
    return set(given.values_list("task", flat=True))


def plan_of(branch, year):
    """The plan as stored, with all that its page needs, or None. Two queries."""
    rows = BranchTaskPlan.objects.filter(branch=branch, year=year)
    return rows.select_related("branch", "discussed_at").prefetch_related("set_backs").first()


def years_of(branch, *, on):
    """The years in which the branch has a plan or tasks, and that of the day; newest first."""
    plans = BranchTaskPlan.objects.filter(branch=branch).order_by().values_list("year", flat=True)
    tasks = Task.objects.filter(organization=branch, assignment=None).order_by()
    years = set(plans.union(tasks.values_list("year", flat=True))) | {on.year}
    return sorted((year for year in years if year <= on.year + 1), reverse=True)


def _read_members(branch, row, others, *, year, on):
    """{id: MemberLine} of the members of the day by name, then `others` who are none of them."""
    tasks = Task.objects.counted().filter(member=OuterRef("pk"), year=year)
    here = Member.objects.in_branches(type(branch).objects.filter(pk=branch.pk), on=on)
    members = list(here.annotate(has_task=Exists(tasks)).order_by("sort_key", "code"))
    lines = {each.pk: MemberLine(each, True, has_task=each.has_task) for each in members}
    for member in sorted(others, key=lambda each: each.sort_key):
        lines.setdefault(member.pk, MemberLine(member, False, has_task=True))
    for status in MemberStatus.objects.valid_on(on).filter(member__in=lines):
        lines[status.member_id].status = status
    for fitness in row.fitness.filter(member__in=lines) if row else ():
        lines[fitness.member_id].fitness = fitness
    return lines


def _meetings(branch, plan, *, year, on):
    """Those held since the resolution, up to the day; without one, those of the year. The last
    ones, in their order."""
    held = Meeting.objects.filter(branch=branch, held_on__lte=on)
    if plan and plan.resolved_on:
        held = held.filter(held_on__gt=plan.resolved_on, held_on__lte=f"{year + 1}-06-30")
    else:
        held = held.held_in(whole_year(year))
    return list(held.order_by("-held_on", "-code")[:MOST_MEETINGS])[::-1]


def _checks(tasks, meetings):
    """{id of a task: its pairs (meeting, TaskCheck or None)}: none after it was found done, and no
    gap where it is confirmed."""
    found = {
        (check.task_id, check.meeting_id): check
        for check in TaskCheck.objects.filter(task__in=tasks, meeting__in=meetings)
    }
    checks = defaultdict(list)
    for task in tasks:
        is_done = task.state in (TaskState.CONFIRMED, TaskState.CANCELLED, TaskState.DRAFT)
        for meeting in meetings:
            check = found.get((task.pk, meeting.pk))
            if check or not is_done:
                checks[task.pk].append((meeting, check))
            if check and check.progress == CheckProgress.DONE:
                is_done = task.state != TaskState.RETURNED
    return checks


def titles_before(branch, year):
    """What tasks of the branch were called in the year and the one before, for suggestions."""
    tasks = Task.objects.filter(
        Q(year=year) | Q(year=year - 1), organization=branch, assignment=None
    )
    return sorted(set(tasks.order_by().values_list("title", flat=True)))


def read_task(task, *, on):
    """The TaskLine of one task with its checks up to the day. Four queries."""
    branch = task.organization
    row = plan_of(branch, task.year)
    plan = plan_on(row, on=on, set_backs=row.set_backs.all()) if row else None
    meetings = _meetings(branch, plan, year=task.year, on=on)
    is_binding = bool(_binding([task], on=on))
    own_plan = OwnPlan.objects.filter(task=task).first()
    return TaskLine(task, is_binding, own_plan, _checks([task], meetings)[task.pk])


def checks_before(meeting, tasks):
    """{id of a task: its last TaskCheck before the meeting}."""
    checks = TaskCheck.objects.filter(task__in=tasks, meeting__held_on__lt=meeting.held_on)
    rows = checks.select_related("meeting").order_by("meeting__held_on", "pk")
    return {check.task_id: check for check in rows}


@dataclass
class OwnTasks:
    """What a member's branches gave them in a year, and what they wrote of the member."""

    lines: list
    fitness: list
    years: list


def own_tasks(member, *, year, on):
    """The OwnTasks of a member (an id, or None) in the year, up to the day."""
    given = Task.objects.filter(member=member, assignment=None)
    tasks = list(
        given.filter(year=year)
        .exclude(state=TaskState.DRAFT)
        .select_related("organization", "own_plan")
        .order_by("code")
    )
    binding = _binding(tasks, on=on)
    checks = defaultdict(list)
    held = TaskCheck.objects.filter(task__in=tasks, meeting__held_on__lte=on)
    for check in held.select_related("meeting").order_by("meeting__held_on", "pk"):
        checks[check.task_id].append((check.meeting, check))
    lines = [
        TaskLine(task, task.pk in binding, getattr(task, "own_plan", None), checks[task.pk])
        for task in tasks
    ]
    fitness = Fitness.objects.filter(member=member, plan__year=year, plan__begun_on__lte=on)
    years = set(given.order_by().values_list("year", flat=True)) | {on.year}
    as_of((task.organization for task in tasks), on=on)
    return OwnTasks(
        lines,
        list(fitness.select_related("plan")),
        sorted((each for each in years if each <= on.year), reverse=True),
    )
