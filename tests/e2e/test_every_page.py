"""Every page at the width of a laptop and of a phone: fits, reads, works by keyboard and eye."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from assignments.models import Assignment, Task
from branches.models import Meeting, Member, Organization
from evaluations.models import Rating, RollUp
from tests.builders import PASSWORD

from .demo import LEADER, make_rated_district

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def addresses(transactional_db):
    """The address of every page, with rows on each."""
    district = make_rated_district()
    branch = Organization.objects.get(code="P1-1")
    cadre = Assignment.objects.first().member_id
    return [
        "/",
        "/?on=2018-12-31",
        "/organizations/",
        f"/organizations/?open={branch.pk}",
        f"/organizations/{district.pk}/",
        f"/organizations/{branch.pk}/",
        "/members/",
        "/members/?q=nobody",
        f"/members/{cadre}/",
        f"/members/{Member.objects.get(full_name='Phạm Văn Dũng P1-1').pk}/",
        "/meetings/",
        f"/meetings/{Meeting.objects.filter(attendance__capacity='assigned').first().pk}/",
        "/assignments/",
        f"/assignments/{Assignment.objects.first().pk}/",
        "/tasks/",
        f"/tasks/{Task.objects.first().pk}/",
        "/ratings/?year=2018",
        "/ratings/?year=2017",
        f"/ratings/{Rating.objects.get(member=cadre).pk}/",
        f"/ratings/{Rating.objects.filter(not_rated_reason='exempt').first().pk}/",
        "/roll-ups/",
        "/roll-ups/start/",
        f"/roll-ups/{RollUp.objects.get().pk}/",
        "/search/?q=anh",
        "/acting/?page=/members/",
        "/no-such-page/",
    ]


def sign_in(page, base_url):
    page.goto(f"{base_url}/sign-in/")
    page.get_by_label("Tên đăng nhập").fill(LEADER)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{base_url}/")


def unfold(page):
    page.evaluate("document.querySelectorAll('details.behind').forEach(part => part.open = true)")


def serious_faults(page):
    """What axe-core finds that keeps people from using a page; [] when nothing."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def test_no_page_scrolls_sideways_on_a_phone(page, base_url, addresses):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, base_url)
    wide = []
    for address in addresses:
        page.goto(base_url + address)
        unfold(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide.append((address, width))
    assert wide == []


def test_targets_on_a_phone_are_large_enough(page, base_url, addresses):
    """44 px for what one taps alone: tabs, buttons, rows of links. Links in a text may be less."""
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, base_url)
    small = set()
    for address in addresses:
        page.goto(base_url + address)
        small |= set(
            page.evaluate(
                """() => [...document.querySelectorAll(
                    '.tabs > a, .tabs summary, .btn, .links a, .pager a, .bar a, .bar summary, '
                    + '.form-control, .form-select, .fold-button, .tree summary, .years a'
                )].map(part => [part, part.getBoundingClientRect()])
                .filter(([, box]) => box.width && Math.round(box.height) < 44)
                .map(([part, box]) => `${part.className || part.tagName} ${box.height}`)"""
            )
        )
    assert small == set()


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark")])
def test_nothing_serious_for_assistive_tools(page, base_url, addresses, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{base_url}/sign-in/")
    faults = {"/sign-in/": serious_faults(page)}
    sign_in(page, base_url)
    for address in addresses:
        page.goto(base_url + address)
        unfold(page)
        faults[address] = serious_faults(page)
    assert {address: found for address, found in faults.items() if found} == {}


@pytest.mark.parametrize("java_script_enabled", [False])
def test_pages_work_without_javascript(browser, base_url, addresses, java_script_enabled):
    context = browser.new_context(java_script_enabled=java_script_enabled)
    page = context.new_page()
    sign_in(page, base_url)
    page.goto(f"{base_url}/members/?q=anh&page=1")
    page.get_by_role("link", name="Ngày sinh").click()
    assert "sort=birth_date" in page.url
    assert "q=anh" in page.url
    page.goto(f"{base_url}/members/")
    page.get_by_label("Họ tên hoặc số thẻ").fill("do binh")
    page.get_by_role("button", name="Lọc").click()
    expect(page.get_by_text("6 đảng viên", exact=True)).to_be_visible()
    page.goto(f"{base_url}/organizations/")
    page.get_by_label("Tổ chức trực thuộc Đảng ủy phường An Thới").click()
    page.locator("details[open]").get_by_role("link", name="Xem").click()
    expect(
        page.get_by_role("link", name="Chi bộ khu vực 2, Đảng ủy phường An Thới")
    ).to_be_visible()
    page.goto(f"{base_url}/ratings/?year=2018")
    expect(page.get_by_role("cell", name="Đảng ủy phường An Thới").first).to_be_visible()
    context.close()
