"""What waits for the offices of confirming committees, and what they decided: visits and tasks in
one list, a page at a time, in a fixed number of queries."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.utils import timezone

from branches.as_of import as_of
from branches.choices import OrganizationKind, PlanState, VisitState
from branches.models import MeetingPlan, Member, Organization

from ..choices import TaskState
from ..models import Task, Visit
from ..services.task_work import suggested_outcome
from .committee import confirming_organizations

PAGE_ITEMS = 200
VISIT, TASK = "visit", "task"
BRANCH, CADRE = "branch", "cadre"
WAITING, DISPUTED, DONE, ESCALATED = "waiting", "disputed", "done", "escalated"
LATE = "late"
# What stands below these has its work confirmed by the grassroots committee, not by itself.
CONFIRM_THEMSELVES = {
    OrganizationKind.GRASSROOTS_COMMITTEE,
    OrganizationKind.SUB_COMMITTEE,
    OrganizationKind.BRANCH,
    OrganizationKind.CELL,
}
# What the rows are sorted and put together by, of visits and of tasks.
COLUMNS = {
    VISIT: {BRANCH: "branch", CADRE: "member", "day": "held_on"},
    TASK: {BRANCH: "organization", CADRE: "member", "day": "due_on"},
}


@dataclass(frozen=True)
class Item:
    """A visit or a task as the office sees it.

    place   the branch, or where the task is done
    day     of the meeting, or when the task is due; None: not said
    since   when it came to wait; None: not known
    days    how many whole days ago that was
    roster  what the branch says of a visit: a status, or a key of _confirmation_roster.html
    """

    kind: str
    row: object
    place: Organization
    day: date | None
    since: datetime | None
    days: int | None
    is_late: bool
    roster: str = ""
    suggested: str = ""

    @property
    def key(self):
        return f"{self.kind}-{self.row.pk}"

    @property
    def member(self):
        return self.row.member

    @property
    def is_own_word(self):
        """Whether the cadre entered themself on the roster: that is one word, not two."""
        said_by = self.row.stated_by if self.roster else None
        return said_by is not None and said_by.member_id == self.row.member_id


@dataclass
class Group:
    """What there is of one branch, or of one cadre."""

    of: object
    items: list = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    page: Page
    groups: list


class Inbox:
    """What a user decides on today; or, with `committees` (a queryset of organizations), what those
    decide on as far as the user sees it."""

    def __init__(self, user, *, at, committees=None):
        self.user, self.at, self.on = user, at, timezone.localdate(at)
        self.committees = committees

    def visits(self):
        rows = Visit.objects.confirmable_by(self.user, on=self.on)
        if self.committees is not None:
            rows = Visit.objects.visible_to(self.user, on=self.on)
            rows = rows.filter(confirmer__in=self.committees.values("pk"))
        claimed = When(claimed_at__isnull=False, withdrawn_at=None, then="claimed_at")
        return rows.annotate(since=Case(claimed, default="stated_at"))

    def tasks(self):
        rows = Task.objects.visible_to(self.user, on=self.on).with_reported_at()
        if self.committees is None:
            return rows.confirmable_by(self.user, on=self.on)
        return rows.with_committee(on=self.on).filter(committee__in=self.committees.values("pk"))

    def rows_of(self, tab):
        """(visits, tasks) of the tab."""
        visits, tasks = self.visits(), self.tasks()
        if tab == DONE:
            # Of present committees alone, which an index finds among all that was ever decided.
            own = confirming_organizations(self.user, on=self.on).values("pk")
            visits = visits.filter(confirmer__in=own).exclude(decision="")
            return visits, tasks.filter(confirmed_by__in=own, state=TaskState.CONFIRMED)
        if tab == DISPUTED:
            return visits.filter(state=VisitState.DISPUTED), tasks.none()
        if tab == ESCALATED:
            long_ago = self.before(settings.ESCALATE_AFTER_DAYS)
            late = tasks.waiting().filter(reported_at__lt=long_ago)
            return visits.waiting().filter(since__lt=long_ago), late
        return visits.filter(state=VisitState.LOGGED), tasks.waiting()

    def counts(self):
        """{tab: how many items it has} of what waits, and LATE: how many of those are past the
        deadline. One query."""
        due = self.before(settings.CONFIRM_WITHIN_DAYS)
        disputed = When(state=VisitState.DISPUTED, then=Value(DISPUTED))
        tab = Case(disputed, default=Value(WAITING), output_field=CharField())
        visits = _counted(self.visits().waiting(), tab, Q(since__lt=due))
        waiting = Value(WAITING, output_field=CharField())
        tasks = _counted(self.tasks().waiting(), waiting, Q(reported_at__lt=due))
        found = {WAITING: 0, DISPUTED: 0, LATE: 0}
        for name, number, late in visits.union(tasks, all=True):
            found[name] += number
            found[LATE] += late
        return found

    def escalated(self):
        """How many items have waited too long."""
        visits, tasks = self.rows_of(ESCALATED)
        return visits.values("pk").union(tasks.values("pk"), all=True).count()

    def show(self, rows, *, by, number):
        """A page of the rows (visits, tasks), put together by branch or by cadre: [Group]; five
        queries, and two more where there are several pages."""
        visits, tasks = rows
        keys = _sorted(visits, VISIT, by).union(_sorted(tasks, TASK, by), all=True)
        order = ("group", "group_id", "day", "second", "item", "pk")
        page = _page_of(keys.order_by(*order), number)
        items = self._read([(key["item"], key["pk"]) for key in page.object_list])
        groups = []
        for item in items:
            of = item.place if by == BRANCH else item.member
            if not groups or groups[-1].of != of:
                groups.append(Group(of))
            groups[-1].items.append(item)
        return Shown(page, groups)

    def before(self, days):
        return self.at - timedelta(days=days)

    def _read(self, keys):
        """The items of the keys (kind, id), in their order."""
        visits = self.visits().with_people().select_related("stated_by").in_bulk(_ids(keys, VISIT))
        tasks = self.tasks().with_people().in_bulk(_ids(keys, TASK))
        plans = _plans_of(visits.values())
        items = [
            self._visit(visits[pk], plans) if kind == VISIT else self._task(tasks[pk])
            for kind, pk in keys
        ]
        as_of((item.place for item in items), on=self.on)
        return items

    def _visit(self, visit, plans):
        roster = _roster_word(visit, plans.get((visit.branch_id, visit.held_on)))
        return Item(
            VISIT, visit, visit.branch, visit.held_on, **self._waits(visit.since), roster=roster
        )

    def _task(self, task):
        suggested = suggested_outcome(task)
        waits = self._waits(task.reported_at)
        return Item(TASK, task, task.organization, task.due_on, **waits, suggested=suggested)

    def _waits(self, since):
        days = (self.on - timezone.localdate(since)).days if since else None
        late = since is not None and since < self.before(settings.CONFIRM_WITHIN_DAYS)
        return {"since": since, "days": days, "is_late": late}


def committees_below(organization, *, on):
    """The organizations directly below (one with the facts of a day), of which it is told what they
    leave waiting too long; None where nothing below confirms."""
    if organization.kind_on in CONFIRM_THEMSELVES:
        return None
    return Organization.objects.children_of(organization, on=on)


def filtered(rows, *, month=None, kind="", text=""):
    """The rows (visits, tasks) of a month (its first day; tasks by when they are due), of a kind,
    of branches or cadres called like `text`."""
    visits, tasks = rows
    if month:
        visits = visits.filter(held_on__year=month.year, held_on__month=month.month)
        tasks = tasks.filter(due_on__year=month.year, due_on__month=month.month)
    if text:
        places = Organization.objects.search(text).values("pk")
        people = Member.objects.search(text).values("pk")
        visits = visits.filter(Q(branch__in=places) | Q(member__in=people))
        tasks = tasks.filter(Q(organization__in=places) | Q(member__in=people))
    if kind == VISIT:
        tasks = tasks.none()
    if kind == TASK:
        visits = visits.none()
    return visits, tasks


def _counted(rows, tab, late):
    grouped = rows.order_by().values(tab=tab)
    counted = grouped.annotate(number=Count("pk"), late=Count("pk", filter=late))
    return counted.values_list("tab", "number", "late")


def _sorted(rows, kind, by):
    columns = COLUMNS[kind]
    second = columns[CADRE if by == BRANCH else BRANCH]
    return (
        rows.order_by()
        .annotate(
            item=Value(kind, output_field=CharField()),
            group=F(f"{columns[by]}__sort_key"),
            group_id=F(f"{columns[by]}_id"),
            day=F(columns["day"]),
            second=F(f"{second}__sort_key"),
        )
        .values("item", "pk", "group", "group_id", "day", "second")
    )


def _page_of(keys, number):
    """What fits on the first page is not counted before it is read."""
    first = list(keys[: PAGE_ITEMS + 1])
    return Paginator(first if len(first) <= PAGE_ITEMS else keys, PAGE_ITEMS).get_page(number)


def _ids(keys, kind):
    return [pk for each, pk in keys if each == kind]


def _plans_of(visits):
    """{(branch id, day): MeetingPlan} of the visits whose branch has recorded no meeting."""
    loose = [visit for visit in visits if visit.meeting_id is None]
    if not loose:
        return {}
    plans = MeetingPlan.objects.filter(
        branch__in={visit.branch_id for visit in loose},
        planned_on__in={visit.held_on for visit in loose},
    )
    return {(plan.branch_id, plan.planned_on): plan for plan in plans}


def _roster_word(visit, plan):
    if visit.stated:
        return visit.stated
    if visit.meeting is not None:
        return "silent" if visit.meeting.roster_closed_at else "open"
    if plan is None:
        return "unrecorded"
    return "called_off" if plan.state == PlanState.NOT_HELD else "planned"
