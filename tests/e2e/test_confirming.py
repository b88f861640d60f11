"""An office confirms a month of visits in one sitting, in a real browser."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.choices import Role
from assignments.models import Task, Visit
from tests import builders as make

from .looking import serious_faults, small_targets, wide_parts

BOX = 'input[name="item"]'
CADRES = 4


@pytest.fixture
def office(page, base_url, transactional_db):
    """A page of the office of a ward whose branch four cadres visited twice; one reported a task,
    another is disputed."""
    ward, (branch, home) = make.make_ward(branches=2)
    user = make.make_user("vanphong")
    make.grant(user, Role.OFFICE, ward)
    today = timezone.localdate()
    for number in range(CADRES):
        cadre = make.make_member(home, full_name=f"Nguyễn Văn {chr(65 + number)}")
        assignment = make.make_assignment(cadre, branch)
        for days in (3, 20):
            make.make_visit(assignment, branch, today - timedelta(days=days), note="Dự từ đầu")
    make.make_task(
        cadre, branch, today.year, state="reported", assignment=assignment, quantity=2, actual=2
    )
    make.make_visit(
        assignment,
        branch,
        today,
        disputed_at=timezone.now(),
        disputed_by=user,
        dispute_reason="Ảnh mờ",
    )
    client = Client()
    client.force_login(user)
    value = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": base_url}])
    return page


def test_by_keyboard_and_with_shift(office, base_url):
    page, faults = office, []
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.goto(f"{base_url}/confirmations/")
    boxes = page.locator(BOX)
    expect(boxes).to_have_count(2 * CADRES + 1)
    boxes.nth(1).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator(f"{BOX}:checked")).to_have_count(3)
    expect(page.locator("[data-choose-count]")).to_have_text("(3)")
    page.locator("#confirm button").click()
    page.wait_for_load_state()
    expect(boxes).to_have_count(2 * CADRES - 2)
    page.keyboard.press("a")
    expect(page.locator(f"{BOX}:checked")).to_have_count(2 * CADRES - 2)
    page.locator("#confirm button").click()
    page.wait_for_load_state()
    expect(boxes).to_have_count(0)
    assert Visit.objects.filter(state="confirmed").count() == 2 * CADRES
    assert Task.objects.get().state == "confirmed"
    assert Visit.objects.get(state="disputed").decision == ""
    assert faults == []


def test_on_a_phone(office, base_url):
    page = office
    page.set_viewport_size({"width": 390, "height": 844})
    for tab in ("waiting", "disputed", "done"):
        page.goto(f"{base_url}/confirmations/?tab={tab}")
        assert [*serious_faults(page), *wide_parts(page), *small_targets(page)] == []
    page.goto(f"{base_url}/confirmations/")
    page.locator("[data-choose-group] button[name=whole]").click()
    page.wait_for_load_state()
    assert Visit.objects.filter(state="confirmed").count() == 2 * CADRES


def test_without_scripts(office, base_url, browser, browser_context_args):
    plain = browser.new_context(**browser_context_args, java_script_enabled=False)
    plain.add_cookies(office.context.cookies())
    page = plain.new_page()
    page.goto(f"{base_url}/confirmations/?by=cadre")
    page.locator(BOX).first.check()
    page.locator("#confirm button").click()
    expect(page.locator(BOX)).to_have_count(2 * CADRES)
    assert Visit.objects.filter(state="confirmed").count() == 1
    plain.close()
