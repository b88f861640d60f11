"""The steps in which a branch gives its members tasks."""

from datetime import UTC, date, datetime

from django.test import TestCase

from assignments.choices import BranchTaskStep
from assignments.models import BranchTaskPlan, GivenTask, Task
from assignments.services import branch_task_drafts as drafts
from assignments.services import branch_tasks as steps
from assignments.services.branch_task_drafts import TaskValues
from tests import builders as make

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
