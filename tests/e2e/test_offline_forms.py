"""Each form that can wait for a network does: the roster, an opinion, the report of a task."""

from django.utils import timezone
from playwright.sync_api import expect

from accounts.choices import Role
from assignments.models import Opinion, Task, TaskEvidence
from branches.models import Attendance, Meeting
from branches.services.rosters import save_roster
from tests import builders as make

from .test_offline import (
    PHONE,
    QUEUE,
    branch,
    expect_state,
    expect_waiting,
    server,
    sign_in,
    wait_until,
)

__all__ = ["branch", "server"]  # fixtures
HAS_KEPT = "url => caches.match(url, {ignoreVary: true}).then(Boolean)"
SEND = "form[data-queue] [type=submit]"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def open_offline(browser, server, user, page_of, form):
    """The form, opened without a network after the page that leads to it was open with one."""
    context = browser.new_context(**PHONE)
    sign_in(context, server, user)
    page = context.new_page()
    page.goto(server.url + page_of)
    wait_until(lambda: page.evaluate(HAS_KEPT, server.url + form))
    context.set_offline(True)
    page.goto(server.url + form)
    expect(page.locator("[data-kept-bar]")).to_be_visible()
    return page


def secretary_of(branch):
    user = make.make_user("bithu")
    make.grant(user, Role.SECRETARY, branch)
    return user


def take_roster(browser, server, branch):
    """The page of a roster of three that waits, with one who was absent."""
    members = [make.make_member(branch, full_name=f"Lê Thị {name}") for name in "ABC"]
    meeting = Meeting.objects.get()
    address = f"/meetings/{meeting.pk}/"
    user = secretary_of(branch)
    page = open_offline(browser, server, user, address, f"{address}roster/?org={branch.pk}")
    page.locator("[name=rest]").check()
    row = page.locator(".roster-rows li").filter(has_text="Lê Thị B")
    row.locator("input[value=excused]").check(force=True)
    row.locator(".roster-reason").fill("Ốm")
    page.locator(SEND).click()
    expect_state(page, "network")
    return page, meeting, members, user


def test_a_roster_waits_and_arrives_once(browser, server, branch):
    page, _meeting, members, _user = take_roster(browser, server, branch)
    page.reload()
    assert not Attendance.objects.exists()
    page.context.set_offline(False)
    expect_waiting(page, 0)
    found = {row.member.pk: (row.status, row.reason) for row in Attendance.objects.all()}
    present = ("present", "")
    assert found == {
        members[0].pk: present,
        members[1].pk: ("excused", "Ốm"),
        members[2].pk: present,
    }
    page.context.close()


def test_a_roster_that_somebody_else_took_meanwhile_is_shown_to_a_person(browser, server, branch):
    page, meeting, members, user = take_roster(browser, server, branch)
    rows = [(member.pk, "present", "") for member in members]
    save_roster(meeting, rows, by=user, at=timezone.now())
    page.context.set_offline(False)
    expect_state(page, "invalid")
    assert {row.status for row in Attendance.objects.all()} == {"present"}
    page.goto(server.url + QUEUE)
    page.locator("[data-correct]").click()
    row = page.locator(".roster-rows li").filter(has_text="Lê Thị B")
    expect(row.locator("input[value=excused]")).to_be_checked()
    page.locator(SEND).click()
    expect_waiting(page, 0)
    assert Attendance.objects.get(member=members[1]).status == "excused"
    page.context.close()


def test_an_opinion_waits_and_arrives_once(browser, server, branch):
    address = f"/meetings/{Meeting.objects.get().pk}/"
    form = f"{address}opinions/raise/?org={branch.pk}"
    page = open_offline(browser, server, secretary_of(branch), address, form)
    page.locator("[name=topic]").fill("Đường làng")
    page.locator("[name=content]").fill("Đoạn qua chợ ngập")
    page.locator("[name=answer]").fill("Đã báo phường")
    page.locator(SEND).click()
    expect_state(page, "network")
    page.context.set_offline(False)
    expect_waiting(page, 0)
    assert Opinion.objects.get().content == "Đoạn qua chợ ngập"
    page.context.close()


def test_a_report_waits_with_its_photos(browser, server, branch):
    home = type(branch).objects.get(code="W-2")
    member = make.make_member(home)
    assignment = make.make_assignment(member, branch)
    year = timezone.localdate().year
    task = make.make_task(member, branch, year, state="in_progress", assignment=assignment)
    address = f"/tasks/{task.pk}/"
    user = make.make_user("an", member=member)
    page = open_offline(browser, server, user, address, f"{address}report/")
    page.locator("[name=comment]").fill("Đã vận động 12 hộ")
    file = {"name": "bien-ban.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.locator("[name=evidence]").set_input_files([file])
    page.locator(SEND).click()
    expect_state(page, "network")
    page.reload()
    page.context.set_offline(False)
    expect_waiting(page, 0)
    assert Task.objects.get().state == "reported"
    assert bytes(TaskEvidence.objects.get().file.content) == PDF
    page.context.close()
