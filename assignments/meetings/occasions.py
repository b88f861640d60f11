"""A meeting of a branch as those see it who plan it, take its roster or come to it: a plan, then
the meeting that it became, or a meeting that nobody planned."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format

from branches.choices import MeetingKind, PlanState
from branches.models import Meeting, MeetingPlan, Organization
from branches.services.meetings import ACTION

from ..models import Assignment


@dataclass(frozen=True)
class Occasion:
    """`plan` and `meeting`: at least one of them is there.

    may_keep  whether the reader enters what belongs to it
    """

    branch: Organization
    on: date
    kind: str
    plan: MeetingPlan | None = None
    meeting: Meeting | None = None
    may_keep: bool = False

    def __str__(self):
        return f"{self.get_kind_display()}, {date_format(self.on, 'SHORT_DATE_FORMAT')}"

    def get_kind_display(self):
        return MeetingKind(self.kind).label

    @property
    def key(self):
        """What tokens name it by; the plan's as long as it is one."""
        return f"m{self.meeting.pk}" if self.meeting else f"p{self.plan.pk}"

    @property
    def row(self):
        return self.meeting or self.plan

    @property
    def is_closed(self):
        return self.meeting is not None and self.meeting.roster_closed_at is not None

    @property
    def is_called_off(self):
        return self.meeting is None and self.plan.state == PlanState.NOT_HELD

    def name_of(self, page):
        """The route of a page that both a meeting and a plan have, as `roster`."""
        return f"assignments:{page}" if self.meeting else f"assignments:plan_{page}"

    def address(self, acting, page):
        return acting.url(self.name_of(page), self.row.pk)


def of_plan(plan, **more):
    if plan.meeting is not None:
        plan.meeting.branch = plan.branch
        return of_meeting(plan.meeting, plan=plan, **more)
    return Occasion(plan.branch, plan.planned_on, plan.kind, plan=plan, **more)


def of_meeting(meeting, *, plan=None, **more):
    plan = plan or getattr(meeting, "plan", None)
    return Occasion(
        meeting.branch, meeting.held_on, meeting.kind, plan=plan, meeting=meeting, **more
    )


def assigned_branches(user, *, on):
    """Organizations at or below those that the user's member is assigned to on the day."""
    mine = Assignment.objects.valid_on(on).filter(member=user.member_id)
    return Organization.objects.below_any(mine.values("target"), on=on)


def seen_plans(user, *, on):
    """Plans of the branches that the user answers for, belongs to, or is assigned to."""
    plans = MeetingPlan.objects.of_existing_branches().select_related("branch", "meeting")
    return plans.visible_to(user, on=on, branches=assigned_branches(user, on=on))


def told_meetings(user, *, on):
    """Meetings that the user sees, and those of branches that they are assigned to: that there was
    one, and whether its roster is there, not who was at it."""
    opened = Meeting.objects.visible_to(user, on=on)
    assigned = assigned_branches(user, on=on)
    return Meeting.objects.filter(
        Q(pk__in=opened.values("pk")) | Q(branch__in=assigned.values("pk"))
    )


def kept_occasion(request, *, lock=False, plan=None, meeting=None):
    """The occasion whose roster the reader keeps, by the id of a plan or of a meeting, in one
    query: 404 where they do not see it, 403 where they do not keep it.

    lock  whether to lock a plan and its branch, for whoever is about to hold it
    """
    user, today = request.user, request.acting.today
    may = Exists(user.scope_for(ACTION, on=today).filter(pk=OuterRef("branch")))
    if plan is not None:
        rows = seen_plans(user, on=today)
        rows = rows.select_for_update(of=("self", "branch"), no_key=True) if lock else rows
    else:
        rows = Meeting.objects.visible_to(user, on=today).select_related("branch", "plan")
    row = get_object_or_404(rows.annotate(may_keep=may), pk=plan or meeting)
    if not row.may_keep:
        raise PermissionDenied
    return of_plan(row, may_keep=True) if plan is not None else of_meeting(row, may_keep=True)


def find_occasion(key):
    """The occasion that a token names, whoever asks; raises Http404 where it is gone."""
    if key[:1] == "p":
        plans = MeetingPlan.objects.select_related("branch", "meeting")
        return of_plan(get_object_or_404(plans, pk=key[1:]))
    if key[:1] == "m":
        meetings = Meeting.objects.select_related("branch", "plan")
        return of_meeting(get_object_or_404(meetings, pk=key[1:]))
    raise Http404
