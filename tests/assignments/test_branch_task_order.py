"""Random sequences of what can be done to the tasks of a branch, by whomever: held to a model that
says what is refused, to whom and why; what is refused changes nothing, the rest stands in the
trail."""

from datetime import UTC, date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import JournalEntry
from assignments.choices import BranchTaskStep
from assignments.models import (
    BranchTaskPlan,
    Fitness,
    GivenTask,
    OwnPlan,
    PlanSetBack,
    Task,
    TaskCheck,
    TaskStep,
)
from assignments.services import branch_task_drafts as drafts
from assignments.services import branch_task_work as work
from assignments.services import branch_tasks as steps
from assignments.services import task_work
from assignments.services.branch_task_drafts import TaskValues
from tests import builders as make

YEAR = 2026
AT = datetime(YEAR, 2, 4, 5, tzinfo=UTC)
TABLES = (BranchTaskPlan, Fitness, GivenTask, OwnPlan, PlanSetBack, Task, TaskCheck, TaskStep)
WHO = ("secretary", "elsewhere", "member", "office", "board")
BACK = tuple(f"back_{step}" for step in BranchTaskStep.values[:4])
FORWARD = ("review", "finish_review", "draft", "finish_draft", "discuss", "resolve")
AFTER = ("own_plan", "agree", "check", "report", "confirm", "send_back")
OPEN = ("registered", "in_progress", "returned")


class Model:
    """What there is, as a person would keep it in mind: the step to do next, whether the members
    were reviewed, the one task's state, its plan, and whether a meeting checked it."""

    def __init__(self):
        self.step, self.reviewed, self.task, self.plan, self.checked = 0, False, None, None, False

    def refusal(self, action, who):
        """The error that is due, or None."""
        if who != ("member" if action in ("own_plan", "report") else "secretary"):
            return PermissionDenied
        return None if self.fits(action) else ValidationError

    def fits(self, action):
        if action in BACK:
            return BACK.index(action) < self.step
        return {
            "review": self.step < 4,
            "finish_review": self.step == 0 and self.reviewed,
            "draft": 0 < self.step < 4 and self.task in (None, "draft"),
            "finish_draft": self.step == 1 and self.task is not None,
            "discuss": self.step in (2, 3),
            "resolve": self.step == 3,
            "own_plan": self.task in OPEN,
            "agree": self.task in OPEN and self.plan is not None,
            "check": self.task in (*OPEN, "reported") or self.checked,
            "report": self.task in (*OPEN, "reported"),
            "confirm": self.task == "reported",
            "send_back": self.task in ("registered", "in_progress", "reported"),
        }[action]

    def do(self, action):
        if action in BACK:
            if self.step == 4 and self.task == "registered":
                self.task = "draft"
            self.step = BACK.index(action)
        elif action in FORWARD:
            self.go_forward(action)
        else:
            self.go_after(action)

    def go_forward(self, action):
        self.step = {"finish_review": 1, "finish_draft": 2, "discuss": 3, "resolve": 4}.get(
            action, self.step
        )
        if action == "review":
            self.reviewed = True
        if self.task == "draft" and action == "resolve":
            self.task = "registered"
        self.task = "draft" if action == "draft" else self.task

    def go_after(self, action):
        if action in ("own_plan", "agree"):
            self.plan = action
        self.checked = self.checked or action == "check"
        self.task = {"report": "reported", "confirm": "confirmed", "send_back": "returned"}.get(
            action, self.task
        )

    @property
    def next(self):
        """The natural next thing, and who does it."""
        if self.step < 4:
            if self.step == 0 and not self.reviewed:
                return "review", "secretary"
            if self.step == 1 and self.task is None:
                return "draft", "secretary"
            return ("finish_review", "finish_draft", "discuss", "resolve")[self.step], "secretary"
        if self.task == "reported":
            return "confirm", "secretary"
        if self.plan is None:
            return "own_plan", "member"
        if not self.checked:
            return "check", "secretary"
        return ("agree", "secretary") if self.plan == "own_plan" else ("report", "member")


NEXT = ("next", "")
moves = st.lists(
    st.one_of(
        st.just(NEXT),
        st.just(NEXT),
        st.just(NEXT),
        st.tuples(st.sampled_from((*FORWARD, *AFTER)), st.sampled_from(WHO)),
        st.tuples(st.sampled_from((*FORWARD, *AFTER, *BACK)), st.just("secretary")),
    ),
    min_size=12,
    max_size=26,
)


class OrderTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        ward, (cls.branch, other) = make.make_ward("W", branches=2)
        cls.anh = make.make_member(cls.branch, code="A")
        cls.users = {who: make.make_user(who) for who in WHO if who != "member"}
        cls.users["member"] = make.make_user("member", member=cls.anh)
        make.grant(cls.users["secretary"], "secretary", cls.branch)
        make.grant(cls.users["elsewhere"], "secretary", other)
        make.grant(cls.users["office"], "office", ward)
        make.grant(cls.users["board"], "board", ward)
        cls.meeting = make.make_meeting(cls.branch, date(YEAR, 2, 3))

    @given(moves)
    @effort(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    def test_every_wrong_move_is_refused_and_every_other_stands_in_the_trail(self, sequence):
        model = Model()
        plan = steps.begin_plan(self.branch, YEAR, by=self.users["secretary"], at=AT)
        for chosen in sequence:
            if chosen == NEXT and model.task == "confirmed":
                continue
            action, who = model.next if chosen == NEXT else chosen
            if action in AFTER and model.task is None:
                continue
            self.move(model, plan, action, who)

    def move(self, model, plan, action, who):
        due, before = model.refusal(action, who), self.all_rows()
        user, entries = self.users[who], JournalEntry.objects.count()
        refused = self.attempt(plan, action, user)
        assert refused is due, (action, who, vars(model))
        if refused:
            assert self.all_rows() == before
            return
        model.do(action)
        if self.all_rows() != before:
            newest = JournalEntry.objects.order_by("-pk")[: JournalEntry.objects.count() - entries]
            assert {entry.user_id for entry in newest} == {user.pk}, (action, who)
        task = Task.objects.first()
        stored = BranchTaskPlan.objects.get(pk=plan.pk)
        assert (task and task.state) == model.task
        assert stored.next_step == BranchTaskStep.values[model.step]

    def attempt(self, plan, action, user):
        """The kind of error that it is refused with, or None."""
        method = getattr(self, "back" if action in BACK else action)
        try:
            method(plan, action, by=user, at=AT)
        except (PermissionDenied, ValidationError) as error:
            return type(error)
        return None

    def all_rows(self):
        return [list(model.objects.order_by("pk").values()) for model in TABLES]

    def review(self, plan, _action, **said):
        steps.save_review(plan, {self.anh.pk: ("Khỏe", "", "")}, **said)

    def finish_review(self, plan, _action, **said):
        steps.finish_review(plan, day=date(YEAR, 1, 5), **said)

    def draft(self, plan, _action, **said):
        task, values = Task.objects.first(), TaskValues("Tổ hòa giải")
        if task:
            drafts.save_draft(plan, changed={task.pk: values}, **said)
        else:
            drafts.save_draft(plan, new=[(self.anh.pk, values)], **said)

    def finish_draft(self, plan, _action, **said):
        drafts.finish_draft(plan, day=date(YEAR, 1, 10), **said)

    def discuss(self, plan, _action, **said):
        steps.discuss(plan, meeting=self.meeting, opinions="Nhất trí", changes="", **said)

    def resolve(self, plan, _action, **said):
        steps.resolve(plan, number="05-NQ/CB", day=date(YEAR, 2, 4), **said)

    def back(self, plan, action, **said):
        steps.go_back(plan, step=action.partition("_")[2], reason="Bổ sung", **said)

    def own_plan(self, _plan, _action, **said):
        days = {"begins_on": date(YEAR, 3, 1), "ends_on": date(YEAR, 6, 1)}
        work.write_own_plan(Task.objects.get(), steps="15/03: họp tổ", **days, **said)

    def agree(self, _plan, _action, **said):
        work.agree_own_plan(Task.objects.get(), **said)

    def check(self, _plan, _action, **said):
        work.check_tasks(self.meeting, {Task.objects.get().pk: ("on_track", "")}, **said)

    def report(self, _plan, _action, **said):
        task_work.report_task(Task.objects.get(), comment="Xong", **said)

    def confirm(self, _plan, _action, **said):
        task_work.confirm_tasks([(Task.objects.get(), "met")], **said)

    def send_back(self, _plan, _action, **said):
        task_work.return_task(Task.objects.get(), reason="Chưa rõ", **said)
