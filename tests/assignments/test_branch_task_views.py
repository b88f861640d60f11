"""Pages of the tasks that a branch gives its members."""

from datetime import date, timedelta
from pathlib import Path

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assignments.branch_tasks.rates import branch_rates
from assignments.models import BranchTaskPlan, OwnPlan, Task, TaskCheck
from branches.editing import mark_of
from branches.models import Organization
from evaluations.reports import coverage
from tests import builders as make
from tests.pages import text_of
from workbook.services import import_workbook

CASES = Path(__file__).parents[1] / "cases"


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

    def test_another_branchs_secretary_opens_nothing_of_it(self):
        stranger = make.make_user("stranger")
        make.grant(stranger, "secretary", self.other)
        self.client.force_login(stranger)
        for name in ("branch_tasks", "branch_tasks_review", "branch_tasks_back"):
            assert self.client.get(self.url(name)).status_code == 404

    def test_the_office_looks_and_changes_nothing(self):
        office = make.make_user("office")
        make.grant(office, "office", self.ward)
        self.client.force_login(office)
        assert self.client.get(self.url()).status_code == 200
        assert self.client.get(self.url("branch_tasks_review")).status_code == 403
        assert self.client.post(self.url("branch_tasks_draft")).status_code == 403

    def test_circumstances_stand_on_no_page_of_the_office(self):
        self.go("branch_tasks_review", **{f"m{self.anh.pk}-circumstances": "Bệnh tim"})
        office = make.make_user("office")
        make.grant(office, "office", self.ward)
        self.client.force_login(office)
        assert "Bệnh tim" not in text_of(self.client.get(self.url()))
        self.client.force_login(self.member)
        page = self.client.get(reverse("assignments:my_branch_tasks"))
        assert "Bệnh tim" in text_of(page)

    def test_a_page_of_a_step_before_its_time_says_what_comes_first(self):
        for name in ("draft", "discussion", "resolution"):
            page = self.client.get(self.url(f"branch_tasks_{name}"))
            assert page.context["refusal"]
            assert not BranchTaskPlan.objects.exists()
        page = self.go("branch_tasks_draft", seen="x", action="save")
        assert page.status_code == 200

    def test_what_is_wrong_in_a_line_is_told_and_nothing_is_saved(self):
        self.review()
        page = self.draft(**{f"n{self.binh.pk}-title": "Việc", f"n{self.binh.pk}-weight": "0"})
        assert page.status_code == 200
        assert f'href="#id_n{self.binh.pk}-weight"' in text_of(page)
        assert not Task.objects.exists()

    def test_the_same_task_for_all_who_are_ticked(self):
        self.review()
        ticked = [self.binh.pk, self.secretary.member_id]
        self.draft(tick=ticked, **{"same-title": "Trực chốt", "same-weight": "2,5"})
        found = Task.objects.filter(title="Trực chốt").values_list("member", "weight")
        assert sorted(pk for pk, _weight in found) == sorted(ticked)
        assert {f"{weight:f}" for _pk, weight in found} == {"2.5000"}

    def test_a_draft_made_from_an_old_page_is_refused(self):
        self.review()
        self.draft(action="save")
        page = self.go("branch_tasks_draft", seen="old", action="save")
        assert page.status_code == 200
        assert Task.objects.count() == 1

    def test_tasks_of_sixty_members_are_saved_by_one_request(self):
        many = [make.make_member(self.branch) for _number in range(57)]
        self.review()
        fields = {f"n{member.pk}-title": "Khuyến học" for member in many}
        with CaptureQueriesContext(connection) as queries:
            answer = self.draft(**fields)  # and the page before it
        assert answer.status_code == 302
        assert len(queries) <= 70
        assert Task.objects.count() == 58

    def test_a_meeting_checks_all_open_tasks_by_one_request(self):
        self.resolve()
        later = make.make_meeting(self.branch, self.today)
        url = reverse("assignments:branch_tasks_check", args=[later.pk])
        task = Task.objects.get()
        answer = self.client.post(url, {"rest": "on_track", f"t{task.pk}-note": ""})
        assert answer.status_code == 302
        assert TaskCheck.objects.get().progress == "on_track"
        wrong = self.client.post(url, {f"t{task.pk}-note": "Chậm", f"t{task.pk}-progress": ""})
        assert wrong.status_code == 200

    def test_going_back_needs_a_reason_and_keeps_it(self):
        self.resolve()
        back = {"step": "draft", "reason": ""}
        assert self.go("branch_tasks_back", **back).status_code == 200
        self.go("branch_tasks_back", **(back | {"reason": "Thiếu người"}))
        assert BranchTaskPlan.objects.get().next_step == "draft"
        assert "Thiếu người" in text_of(self.client.get(self.url()))
        assert Task.objects.get().state == "draft"

    def test_a_member_writes_their_own_plan_and_the_branch_agrees(self):
        self.resolve()
        task = Task.objects.get()
        url = reverse("assignments:branch_task_plan", args=[task.pk])
        days = {"begins_on": f"{self.today}", "ends_on": f"{self.today + timedelta(days=9)}"}
        self.client.force_login(self.member)
        assert self.client.post(url, {"steps": "Họp tổ"} | days).status_code == 302
        agree = reverse("assignments:branch_task_agree", args=[task.pk])
        assert self.client.post(agree).status_code == 403
        self.client.force_login(self.secretary)
        other = {"steps": "Khác", "seen": mark_of(OwnPlan.objects.get())}
        assert self.client.post(url, other | days).status_code == 403
        self.client.post(agree)
        assert OwnPlan.objects.get().agreed_on == self.today

    def test_the_branch_confirms_on_the_page_of_tasks(self):
        task = make.make_task(self.anh, self.branch, self.year, state="reported")
        url = reverse("assignments:branch_task_confirm", args=[task.pk])
        page = self.client.get(url)
        seen = page.context["form"]["seen"].value()
        assert self.client.post(url, {"seen": seen, "outcome": "met"}).status_code == 302
        task.refresh_from_db()
        assert (task.state, task.confirmed_by) == ("confirmed", self.branch)

    def test_the_page_of_the_branch_says_its_step(self):
        page = self.client.get(reverse("branches:organization", args=[self.branch.pk]))
        assert self.url() in text_of(page)

    def test_a_past_day_shows_no_later_step(self):
        make.make_branch_plan(self.branch, self.year - 1)
        url = reverse("assignments:branch_tasks", args=[self.branch.pk, self.year - 1])
        page = self.client.get(url, {"on": f"{self.year - 1}-01-10"})
        assert page.context["next"] == "draft"
        assert "05-NQ/CB" not in text_of(page)


class RateTests(TestCase):
    def test_tien_an_has_a_quarter_of_its_members_at_work(self):
        import_workbook(CASES / "tien-an-2016", effective=date(2026, 1, 1))
        office = make.make_user("office")
        ward = Organization.objects.get(code="TA")
        make.grant(office, "office", ward)
        self.client.force_login(office)
        url = reverse("assignments:branch_tasks_rates")
        page = self.client.get(url, {"year": 2016})
        total = page.context["total"]
        report = coverage(ward, year=2016, on=date(2016, 12, 31))
        assert (total["members"], total["exempt"]) == (336, 59)
        assert (total["due"], total["tasked"]) == (277, 70)
        assert float(total["rate"]) == report["tasked_rate"] == 25.27
        assert total["unresolved"] == Task.objects.counted().count()
        by_rate = self.client.get(url, {"year": 2016, "sort": "-rate"})
        rates = [row.record.rate for row in by_rate.context["table"].page]
        assert rates == sorted(rates, reverse=True)
        file = self.client.get(
            reverse("accounts:list_download", args=["csv"]),
            {"list": "assignments:branch_tasks_rates", "year": 2016, "sort": "-rate"},
        )
        lines = file.getvalue().decode().splitlines()
        assert len(lines) == 6
        assert f"{rates[0]:.2f}" in lines[1]

    def test_every_branch_is_counted_like_the_coverage_report(self):
        import_workbook(CASES / "tien-an-2016", effective=date(2026, 1, 1))
        ward, on = Organization.objects.get(code="TA"), date(2016, 6, 30)
        rates = branch_rates(ward, seen=Organization.objects.all(), year=2016, on=on)
        for each in rates:
            report = coverage(each.branch, year=2016, on=on)
            assert each.members == report["active_members"]
            assert (each.due, each.tasked) == (report["members_due"], report["members_tasked"])
