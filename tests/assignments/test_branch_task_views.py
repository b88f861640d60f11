"""Pages of the tasks that a branch gives its members."""

from datetime import date, timedelta

from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from assignments.models import BranchTaskPlan, OwnPlan, Task, TaskCheck
from tests import builders as make
from tests.pages import text_of


class BranchTaskViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.today = timezone.localdate()
        cls.year = cls.today.year
        cls.ward, (cls.branch, cls.other) = make.make_ward("W", branches=2)
        cls.secretary = make.make_user("secretary", member=make.make_member(cls.branch, code="S"))
        make.grant(cls.secretary, "secretary", cls.branch)
        cls.anh, cls.binh, cls.cuc = (
            make.make_member(cls.branch, code=code, full_name=f"Lê {code}") for code in "ABC"
        )
        make.make_status(cls.cuc, "exempt", reason="Tuổi cao")
        cls.meeting = make.make_meeting(cls.branch, cls.today, resolution_number="05-NQ/CB")
        cls.member = make.make_user("anh", member=cls.anh)

    def setUp(self):
        self.client.force_login(self.secretary)

    def url(self, name="branch_tasks"):
        return reverse(f"assignments:{name}", args=[self.branch.pk, self.year])

    def go(self, name, **data):
        return self.client.post(self.url(name), data)

    def review(self):
        return self.go("branch_tasks_review", action="finish", fill="Khỏe", day=f"{self.today}")

    def draft(self, action="finish", **more):
        page = self.client.get(self.url("branch_tasks_draft"))
        data = {"seen": page.context["form"]["seen"].value(), "day": f"{self.today}"}
        data |= {f"n{self.anh.pk}-title": "Tổ hòa giải", f"n{self.anh.pk}-weight": ""}
        return self.go("branch_tasks_draft", action=action, **(data | more))

    def resolve(self):
        self.review()
        self.draft()
        self.go("branch_tasks_discussion", **self.seen(), meeting=self.meeting.pk, opinions="Được")
        return self.go("branch_tasks_resolution", **self.seen(), number="05-NQ/CB", day=self.today)

    def seen(self):
        page = self.client.get(self.url("branch_tasks_discussion"))
        return {"seen": page.context["form"]["seen"].value()}

    def test_the_five_steps(self):
        assert self.resolve().status_code == 302
        plan = BranchTaskPlan.objects.get()
        assert (plan.resolution_number, plan.resolved_on) == ("05-NQ/CB", self.today)
        task = Task.objects.get()
        assert (task.state, task.member) == ("registered", self.anh)
        page = text_of(self.client.get(self.url()))
        assert "Tổ hòa giải" in page
        assert "Lê B" in page
