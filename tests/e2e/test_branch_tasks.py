"""The five steps of a branch's tasks on a phone: the secretary takes them, the member writes a plan
and reports, and the branch checks and confirms."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.choices import Role
from assignments.models import BranchTaskPlan, OwnPlan, Task, TaskCheck
from evaluations.services.schemes import load_schemes
from tests import builders as make

from .looking import serious_faults, wide_parts
from .test_administrator import signed_in

PHONE = {"width": 390, "height": 844}


class Branch:
    """A small branch: a secretary, two members, one who is exempt, and today's meeting."""

    def __init__(self):
        self.today = timezone.localdate()
        self.year = self.today.year
        self.ward = make.make_organization(
            "grassroots_committee", code="TA", name="Đảng ủy phường Tiền An"
        )
        self.branch = make.make_organization(code="TA-1", name="Chi bộ khu phố 1", parent=self.ward)
        self.secretary = make.make_user("bithu", member=self.member("Nguyễn Văn Thư"))
        make.grant(self.secretary, Role.SECRETARY, self.branch)
        self.hoa, self.binh, old = map(self.member, ("Trần Thị Hoa", "Lê Văn Bình", "Đỗ Thị Cao"))
        make.make_status(old, "exempt", reason="Tuổi cao, sức yếu")
        self.hoa_user = make.make_user("hoa", member=self.hoa)
        self.meeting = make.make_meeting(self.branch, self.today)
        self.later = make.make_meeting(self.branch, self.today, kind="extraordinary")

    def member(self, name):
        return make.make_member(self.branch, full_name=name, occupation="Hưu trí")

    def url(self, step=""):
        return f"/branch-tasks/{self.branch.pk}/{self.year}/{step}"


@pytest.fixture
def branch(transactional_db):
    load_schemes()
    return Branch()


def test_five_steps_on_a_phone(browser, base_url, branch):
    page = open_as(branch.secretary, browser, base_url)
    page.goto(branch.url())
    page.locator(".note .btn-primary").click()
    page.locator(f"[name=m{branch.hoa.pk}-field]").fill("Khuyến học")
    page.locator("[name=fill]").fill("Khỏe")
    page.locator("[name=action][value=finish]").click()

    page.locator(".note .btn-primary").click()
    assert wide_parts(page) == []
    page.locator("[name=same-title]").fill("Tổ hòa giải khu phố")
    for member in (branch.binh, branch.secretary.member):
        page.locator(f"[name=tick][value='{member.pk}']").check()
    page.locator(f"[name=n{branch.hoa.pk}-title]").fill("Quỹ khuyến học")
    page.locator("[name=action][value=finish]").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("3.")
    assert Task.objects.filter(state="draft").count() == 3

    page.locator(".note .btn-primary").click()
    page.locator("[name=meeting]").select_option(f"{branch.meeting.pk}")
    page.locator("[name=opinions]").fill("Nhất trí")
    page.locator("form [type=submit][name=save]").click()
    page.locator(".note .btn-primary").click()
    page.locator("[name=number]").fill("05-NQ/CB")
    page.locator("form [type=submit][name=save]").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("5.")
    assert set(Task.objects.values_list("state", flat=True)) == {"registered"}
    assert BranchTaskPlan.objects.get().resolution_number == "05-NQ/CB"
    assert wide_parts(page) == []
    assert serious_faults(page) == []

    page.goto(f"/meetings/{branch.later.pk}/tasks/")
    task = Task.objects.get(member=branch.hoa)
    page.locator("[name=rest]").select_option("on_track")
    page.locator(f"[name=t{task.pk}-progress]").select_option("behind")
    page.locator(f"[name=t{task.pk}-note]").fill("Chờ danh sách")
    assert wide_parts(page) == []
    assert serious_faults(page) == []
    page.locator("form.stack button.btn-primary").click()
    expect(page.locator(".step-now")).to_be_visible()
    assert sorted(TaskCheck.objects.values_list("progress", flat=True)) == [
        "behind",
        "on_track",
        "on_track",
    ]


def test_a_member_writes_a_plan_and_reports_and_the_branch_confirms(browser, base_url, branch):
    plan = make.make_branch_plan(branch.branch, branch.year, meeting=branch.meeting)
    task = make.make_task(branch.hoa, branch.branch, branch.year, state="registered")
    make.give_task(task, plan)
    page = open_as(branch.hoa_user, browser, base_url)
    page.goto("/my/branch-tasks/")
    assert wide_parts(page) == []
    page.locator(".panel .btn-primary").click()
    page.locator("[name=steps]").fill("15/03: họp tổ\n20/04: vận động")
    for name in ("begins_on", "ends_on"):
        page.locator(f"[name={name}]").fill(branch.today.strftime("%d/%m/%Y"))
    page.locator("form [type=submit][name=save]").click()
    expect(page.locator("h1")).to_have_text(task.title)
    assert OwnPlan.objects.get().steps.startswith("15/03")

    page = open_as(branch.secretary, browser, base_url)
    page.goto(f"/tasks/{task.pk}/plan/")
    page.locator(".actions .btn-primary").click()
    expect(page.locator(".actions .btn-primary")).to_have_count(0)
    assert OwnPlan.objects.get().agreed_on == branch.today
    Task.objects.update(state="reported")
    page.goto(f"/tasks/{task.pk}/branch-confirm/")
    page.locator("main form [type=submit]").click()
    expect(page.locator("h1")).to_have_text(task.title)
    task.refresh_from_db()
    assert (task.state, task.confirmed_by) == ("confirmed", branch.branch)


def open_as(user, browser, base_url, size=PHONE):
    context = browser.new_context(viewport=size, locale="vi-VN", base_url=base_url)
    return signed_in(context, user, base_url)
