"""The steps in which a branch gives its members tasks."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import TestCase
from django.utils.translation import override

from accounts.models import JournalEntry
from assignments.branch_tasks.rates import branch_rates
from assignments.branch_tasks.steps import plan_on
from assignments.choices import BranchTaskStep
from assignments.models import BranchTaskPlan, GivenTask, OwnPlan, Task, TaskCheck
from assignments.services import branch_task_drafts as drafts
from assignments.services import branch_task_work as work
from assignments.services import branch_tasks as steps
from assignments.services.branch_task_drafts import TaskValues
from branches.models import Organization
from tests import builders as make
from tests.refusal import assert_refused

YEAR = 2026


def noon(month, day):
    return datetime(YEAR, month, day, 5, tzinfo=UTC)


class BranchTaskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.other) = make.make_ward("W", branches=2)
        cls.secretary = make.make_user("secretary", member=make.make_member(cls.branch, code="S"))
        make.grant(cls.secretary, "secretary", cls.branch)
        cls.elsewhere = make.make_user("elsewhere")
        make.grant(cls.elsewhere, "secretary", cls.other)
        cls.anh, cls.binh, cls.cuc = (
            make.make_member(cls.branch, code=code) for code in ("A", "B", "C")
        )
        make.make_status(cls.cuc, "exempt", reason="Tuổi cao")
        cls.meeting = make.make_meeting(cls.branch, date(YEAR, 2, 3))

    def setUp(self):
        self.enterContext(override("en"))

    def begin(self, at=None, year=YEAR):
        return steps.begin_plan(self.branch, year, by=self.secretary, at=at or noon(1, 5))

    def review(self, plan=None, at=None):
        plan, at = plan or self.begin(), at or noon(1, 5)
        found = ("Khỏe", "An ninh, trật tự", "")
        rows = dict.fromkeys([self.anh.pk, self.binh.pk, self.secretary.member_id], found)
        steps.save_review(plan, rows, by=self.secretary, at=at)
        return steps.finish_review(plan, day=at.date(), by=self.secretary, at=at)

    def draft(self, plan=None, at=None):
        plan, at = plan or self.review(), at or noon(1, 10)
        new = [(self.anh.pk, TaskValues("Tổ hòa giải")), (self.binh.pk, TaskValues("Khuyến học"))]
        drafts.save_draft(plan, new=new, by=self.secretary, at=at)
        return drafts.finish_draft(plan, day=at.date(), by=self.secretary, at=at)

    def discuss(self, plan=None, at=None):
        said = {"opinions": "Nhất trí", "changes": ""}
        return steps.discuss(
            plan or self.draft(),
            meeting=self.meeting,
            **said,
            by=self.secretary,
            at=at or noon(2, 4),
        )

    def resolve(self, plan=None, at=None):
        plan, at = plan or self.discuss(), at or noon(2, 4)
        steps.resolve(plan, number="05-NQ/CB", day=at.date(), by=self.secretary, at=at)
        return BranchTaskPlan.objects.get(pk=plan.pk)

    def test_the_five_steps(self):
        plan = self.resolve()
        assert plan.next_step == BranchTaskStep.OWN_PLANS
        assert set(Task.objects.values_list("state", "code")) == {
            ("registered", "NV-2026-00001"),
            ("registered", "NV-2026-00002"),
        }
        assert GivenTask.objects.filter(plan=plan).count() == 2
        assert Task.objects.get(member=self.anh).steps.get().kind == "registered"

    def test_a_step_out_of_order_says_which_comes_first(self):
        plan = self.begin()
        with pytest.raises(ValidationError, match="Review of the members"):
            steps.resolve(plan, number="1", day=date(YEAR, 2, 4), by=self.secretary, at=noon(2, 4))
        with pytest.raises(ValidationError, match="Review of the members"):
            drafts.save_draft(plan, by=self.secretary, at=noon(2, 4))

    def test_a_review_is_finished_when_all_who_are_due_were_looked_at(self):
        plan = self.begin()
        steps.save_review(plan, {self.anh.pk: ("Khỏe", "", "")}, by=self.secretary, at=noon(1, 5))
        with pytest.raises(ValidationError) as refusal:
            steps.finish_review(plan, day=date(YEAR, 1, 5), by=self.secretary, at=noon(1, 5))
        assert "Nguyễn Văn B" in refusal.value.messages[0]
        assert "Nguyễn Văn C" not in refusal.value.messages[0]  # exempt

    def test_an_emptied_line_of_the_review_goes(self):
        plan = self.review()
        steps.save_review(plan, {self.anh.pk: ("", "", "")}, by=self.secretary, at=noon(1, 6))
        assert not plan.fitness.filter(member=self.anh).exists()

    def test_strangers_and_the_exempt_get_no_task(self):
        plan = self.review()
        stranger = make.make_member(self.other)
        for member in (stranger, self.cuc):
            with pytest.raises(ValidationError, match="not exempt"):
                drafts.save_draft(
                    plan, new=[(member.pk, TaskValues("Việc"))], by=self.secretary, at=noon(1, 6)
                )

    def test_tasks_of_last_year_are_taken_over_by_who_has_none(self):
        for member in (self.anh, self.cuc):
            make.make_task(
                member, self.branch, YEAR - 1, title="Khuyến học", due_on=date(YEAR - 1, 6, 30)
            )
        make.make_task(self.binh, self.branch, YEAR - 1, title="Bỏ", state="cancelled")
        new = drafts.copy_last_year(self.review(), by=self.secretary, at=noon(1, 6))
        assert [(each.member_id, each.title, each.due_on) for each in new] == [
            (self.anh.pk, "Khuyến học", date(YEAR, 6, 30))
        ]
        again = drafts.copy_last_year(
            BranchTaskPlan.objects.get(), by=self.secretary, at=noon(1, 6)
        )
        assert again == []

    def test_the_meeting_is_one_of_the_branch_since_the_draft(self):
        plan = self.draft()
        early = make.make_meeting(self.branch, date(YEAR, 1, 9))
        foreign = make.make_meeting(self.other, date(YEAR, 2, 3))
        for meeting in (early, foreign):
            with pytest.raises(ValidationError) as refusal:
                steps.discuss(
                    plan, meeting=meeting, opinions="", changes="", by=self.secretary, at=noon(2, 4)
                )
            assert "meeting" in refusal.value.error_dict

    def test_a_resolution_covers_what_was_announced_before(self):
        announced = make.make_task(self.anh, self.branch, YEAR, state="in_progress")
        self.resolve()
        assert announced.given.get().validity.lower == date(YEAR, 2, 4)
        announced.refresh_from_db()
        assert announced.state == "in_progress"

    def test_withdrawing_a_resolution_makes_drafts_of_what_nobody_began(self):
        plan = self.resolve()
        begun = Task.objects.get(member=self.anh)
        Task.objects.filter(pk=begun.pk).update(state="in_progress")
        steps.go_back(plan, step="discussion", reason="Sai số", by=self.secretary, at=noon(3, 1))
        assert dict(Task.objects.values_list("member", "state")) == {
            self.anh.pk: "in_progress",
            self.binh.pk: "draft",
        }
        days = {row.validity.upper for row in GivenTask.objects.all()}
        assert days == {date(YEAR, 3, 1)}
        plan.refresh_from_db()
        assert (plan.resolution_number, plan.next_step) == ("", BranchTaskStep.DISCUSSION)
        self.discuss(plan, at=noon(3, 2))
        self.resolve(plan, at=noon(3, 2))
        assert GivenTask.objects.filter(validity__upper_inf=True).count() == 2

    def test_a_past_day_shows_the_steps_of_that_day(self):
        plan = self.resolve()
        steps.go_back(plan, step="draft", reason="Bổ sung", by=self.secretary, at=noon(3, 1))
        plan.refresh_from_db()

        def step(*day):
            on = date(YEAR, *day)
            found = plan_on(plan, on=on, set_backs=plan.set_backs.all())
            return found and found.step.value

        assert [step(1, 4), step(1, 5), step(1, 9), step(1, 10), step(2, 3), step(2, 4)] == [
            None,
            "draft",
            "draft",
            "discussion",
            "resolution",
            "own_plans",
        ]
        assert [step(2, 28), step(3, 1)] == ["own_plans", "draft"]

    def test_who_has_no_account_is_spoken_for_by_the_secretary(self):
        self.resolve()
        task = Task.objects.get(member=self.anh)
        days = {"begins_on": date(YEAR, 3, 1), "ends_on": date(YEAR, 6, 1)}
        said = {"by": self.secretary, "at": noon(2, 5)}
        work.write_own_plan(task, steps="Họp tổ", **days, **said)
        work.agree_own_plan(task, **said)
        make.make_user("anh", member=self.anh)
        with pytest.raises(PermissionDenied):
            work.write_own_plan(task, steps="Khác", **days, **said)
        with pytest.raises(PermissionDenied):
            work.report_for_member(task, comment="Xong", **said)
        assert OwnPlan.objects.get().steps == "Họp tổ"

    def test_the_secretarys_own_task_is_confirmed_by_the_office_above(self):
        own = make.make_task(self.secretary.member, self.branch, YEAR, state="reported")
        theirs = make.make_task(self.anh, self.branch, YEAR, state="reported")
        office = make.make_user("office")
        make.grant(office, "office", self.ward)
        deputy = make.make_user("deputy", member=self.binh)
        make.grant(deputy, "secretary", self.branch)

        def confirmable(user):
            return set(Task.objects.confirmable_by(user, on=date(YEAR, 3, 1)))

        assert confirmable(office) == {own}
        assert confirmable(self.secretary) == {theirs}
        assert confirmable(deputy) == {theirs}
        assert confirmable(self.elsewhere) == set()

    def check(self, meeting, task, progress, at=None):
        said = {"by": self.secretary, "at": at or noon(12, 31)}
        return work.check_tasks(meeting, {task.pk: (progress, "")}, **said)

    def test_a_task_is_checked_at_every_meeting_until_it_is_done(self):
        self.resolve()
        task = Task.objects.get(member=self.anh)
        march, april, may = (
            make.make_meeting(self.branch, date(YEAR, month, 3)) for month in (3, 4, 5)
        )
        self.check(march, task, "behind")
        self.check(april, task, "done")
        assert task not in work.tasks_to_check(may)
        assert Task.objects.get(member=self.binh) in work.tasks_to_check(may)
        with pytest.raises(ValidationError, match="open the page again"):
            self.check(may, task, "on_track")
        Task.objects.filter(pk=task.pk).update(state="returned")
        self.check(may, task, "on_track")
        self.check(march, task, "")  # taken away
        assert list(TaskCheck.objects.values_list("meeting__held_on__month", "progress")) == [
            (4, "done"),
            (5, "on_track"),
        ]

    def test_the_database_refuses_what_the_services_do(self):
        plan = self.review()
        plans = BranchTaskPlan.objects.filter(pk=plan.pk)
        day = date(YEAR, 2, 4)
        assert_refused(
            "branch_tasks_resolved_with_number_and_day",
            plans.update,
            resolved_on=day,
            resolution_number="05-NQ/CB",
        )
        assert_refused(
            "branch_tasks_reviewed_before_drafted", plans.update, reviewed_on=None, drafted_on=day
        )
        plans.update(drafted_on=date(YEAR, 1, 10))
        assert_refused(
            "branch_tasks_drafted_before_discussed",
            plans.update,
            drafted_on=None,
            discussed_at=self.meeting,
        )
        foreign = make.make_meeting(self.other, date(YEAR, 2, 3))
        assert_refused("branch_tasks_discussed_by_the_branch", plans.update, discussed_at=foreign)
        plans.update(discussed_at=self.meeting)
        assert_refused(
            "branch_tasks_resolved_with_number_and_day",
            plans.update,
            resolved_on=day,
            resolution_number="",
        )
        task = make.make_task(self.anh, self.branch, YEAR, state="registered")
        assert_refused("given_task_of_the_branch", make.give_task, task, plan_with(plan, day))
        assert_refused(
            "task_check_at_a_meeting_of_the_branch",
            TaskCheck.objects.create,
            task=task,
            meeting=foreign,
            progress="done",
        )

    def test_the_rates_of_branches(self):
        self.resolve()
        make.make_task(make.make_member(self.other), self.other, YEAR, state="registered")
        seen = Organization.objects.all()
        first, second = branch_rates(self.ward, seen=seen, year=YEAR, on=date(YEAR, 3, 1))
        assert (first.members, first.exempt, first.due, first.tasked) == (4, 1, 3, 2)
        assert (f"{first.rate}", first.unresolved, first.place) == ("66.67", 0, 5)
        assert (second.members, second.tasked, second.unresolved) == (1, 1, 1)
        assert second.plan is None

    def test_each_step_stands_in_the_trail(self):
        self.resolve()
        entries = JournalEntry.objects.filter(table_name="assignments_branchtaskplan")
        assert entries.filter(user=self.secretary).count() >= 5


def plan_with(plan, day):
    plan.resolved_on = day
    return plan
