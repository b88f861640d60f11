"""A secretary's evening: the code on the wall, the roster with three exceptions, the sheet."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from assignments.meetings import check_in as codes
from branches.models import Attendance, CheckIn, Meeting
from tests import builders as make

from .looking import serious_faults, wide_parts

PHONE = {"width": 390, "height": 844}
TOO_SMALL = """() => [...document.querySelectorAll('.answer span, .btn, .roster-rest')]
    .map(part => part.getBoundingClientRect())
    .filter(({width, height}) => width && Math.round(Math.min(width, height)) < 44).length"""


class Evening:
    """A branch of forty that meets today, its secretary, and a guest who is expected."""

    def __init__(self):
        ward, [self.branch] = make.make_ward("E")
        self.people = [
            make.make_member(self.branch, full_name=f"Nguyễn Thị Hồng {number:02d}")
            for number in range(40)
        ]
        self.plan = make.make_plan(self.branch, timezone.localdate(), place="Nhà văn hóa")
        self.secretary = make.make_user("bithu")
        make.grant(self.secretary, "secretary", self.branch)
        make.make_assignment(make.make_member(full_name="Trần Khách"), self.branch)
        make.make_assignment(make.make_member(full_name="Lê Trên"), ward)


@pytest.fixture
def evening(transactional_db):
    return Evening()


def open_as(browser, user, base_url, **options):
    client = Client()
    client.force_login(user)
    context = browser.new_context(locale="vi-VN", **options)
    name = client.cookies["sessionid"].key
    cookie = {"name": name, "value": client.cookies[name].value, "url": base_url}
    context.add_cookies([cookie])
    return context.new_page()


def answer(page, member, value):
    page.locator(f'label:has(input[name="m-{member.pk}"][value="{value}"])').click()


@pytest.mark.parametrize("script", [True, False])
def test_forty_with_three_exceptions_in_one_page_and_one_request(
    browser, base_url, evening, script
):
    page = open_as(browser, evening.secretary, base_url, viewport=PHONE, java_script_enabled=script)
    posts = []
    page.on("request", lambda each: posts.append(each.url) if each.method == "POST" else None)
    page.goto(f"{base_url}/plans/{evening.plan.pk}/roster/")
    assert wide_parts(page) == [] if script else True
    page.locator('input[name="rest"]').check()
    for number, value in ((3, "excused"), (17, "excused"), (39, "unexcused")):
        answer(page, evening.people[number], value)
    page.locator(f'input[name="mr-{evening.people[3].pk}"]').fill("Ốm")
    if script:
        assert page.locator('[data-count="present"]').inner_text() == "37"
        assert page.locator('[data-count="absent"]').inner_text() == "3"
        assert page.evaluate(TOO_SMALL) == 0
        assert serious_faults(page) == []
    page.locator(".roster-save button").click()
    page.wait_for_url(re.compile("/meetings/"))
    assert len(posts) == 1
    statuses = Attendance.objects.filter(capacity="member").values_list("status", flat=True)
    assert sorted(statuses) == ["excused"] * 2 + ["present"] * 37 + ["unexcused"]
    expect(page.locator(".sheet-table")).to_contain_text("Ốm")


def test_by_keyboard(browser, base_url, evening):
    page = open_as(browser, evening.secretary, base_url)
    page.goto(f"{base_url}/plans/{evening.plan.pk}/roster/")
    page.locator(f'input[name="m-{evening.people[0].pk}"]:checked').focus()
    for key in "1230":
        page.keyboard.press(key)
    expect(page.locator('[data-count="present"]')).to_have_text("1")
    expect(page.locator('[data-count="absent"]')).to_have_text("2")
    focused = page.evaluate("document.activeElement.name")
    assert focused == f"m-{evening.people[4].pk}"


def test_those_present_scan_the_code_until_the_roster_is_closed(browser, base_url, evening):
    screen = open_as(browser, evening.secretary, base_url)
    screen.goto(f"{base_url}/plans/{evening.plan.pk}/code/")
    expect(screen.locator("svg.code-picture")).to_be_visible()
    member = make.make_user("hong", member=evening.people[0])
    phone = open_as(browser, member, base_url, viewport=PHONE, has_touch=True)

    def address(seconds=0):
        """What the picture on the screen says, or said some seconds ago."""
        key = f"m{Meeting.objects.get().pk}" if Meeting.objects.exists() else f"p{evening.plan.pk}"
        at = timezone.now() - timedelta(seconds=seconds)
        return f"{base_url}/check-in/?t={codes.token_of(key, at=at)}"

    shown = screen.locator("svg.code-picture path").get_attribute("d")
    soon = [codes.picture_of(address(seconds))["path"] for seconds in (0, 30)]
    assert shown in soon  # the picture is that of the address
    phone.goto(address(seconds=61))
    expect(phone.locator(".note-warning")).to_be_visible()
    assert phone.locator(".code-button").count() == 0
    phone.goto(address())
    assert serious_faults(phone) == []
    phone.locator(".code-button").tap()
    expect(phone.locator(".note-success")).to_be_visible()
    assert CheckIn.objects.get().member == evening.people[0]
    screen.goto(f"{base_url}/plans/{evening.plan.pk}/roster/")
    row = screen.locator(f'[data-row]:has(input[name="m-{evening.people[0].pk}"])')
    expect(row.locator(".chip-fine")).to_be_visible()
    expect(row.locator('input[value="present"]')).to_be_checked()
    screen.locator(".roster-save button").click()
    screen.wait_for_url(re.compile("/meetings/"))
    assert Attendance.objects.get(capacity="member").member == evening.people[0]
    Meeting.objects.update(roster_closed_at=timezone.now(), roster_closed_by=evening.secretary)
    phone.goto(address())
    expect(phone.locator(".note-warning")).to_be_visible()


def test_the_code_changes_by_itself(browser, base_url, evening):
    screen = open_as(browser, evening.secretary, base_url)
    with_clock = screen.context.new_page()
    with_clock.clock.install()
    with_clock.goto(f"{base_url}/plans/{evening.plan.pk}/code/")
    with with_clock.expect_response(lambda answer: "/code/" in answer.url) as fetched:
        with_clock.clock.fast_forward(21_000)
    assert "<svg" in fetched.value.text()
    assert "<html" not in fetched.value.text()


def test_the_sheet_of_forty_is_one_page_of_a4(browser, base_url, evening):
    page = open_as(browser, evening.secretary, base_url)
    page.goto(f"{base_url}/plans/{evening.plan.pk}/sheet/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1017})  # A4 without its margins, at 96 dpi
    assert page.evaluate("document.documentElement.scrollWidth") <= 703
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
