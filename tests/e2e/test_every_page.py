"""Every page at the width of a laptop and of a phone: fits, reads, works by keyboard and eye.

The pages are those of the table of routes, with an example of each, so that a new one is looked at
as soon as it is there; one that answers with no page of its own stands in NO_PAGE, with the reason.
"""

from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Error, expect

from accounts.models import User
from accounts.pages import OWN, PAGES
from accounts.rules import ROLES_FOR
from assignments.models import Assignment, Task
from branches.models import Meeting, Member, Organization
from evaluations.models import Rating, RollUp
from tests.builders import PASSWORD
from tests.world_of_two import ANONYMOUS, EXAMPLES, MEMBER, make_clients, make_world

from .demo import LEADER, make_rated_district

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # the rest is not told, and takes its time
}
SIZES = ((1366, 768, "light"), (390, 844, "dark"))
READERS = ("board", "administrator", "leader", "auditor", "office", "secretary")
FILE, ANSWER, PART = "a file", "an answer to a script", "a part of a page"
NO_PAGE = {
    "service_worker": FILE,
    "manifest": FILE,
    "accounts:sending": ANSWER,
    "branches:organization_children": PART,
    "branches:pick_members": ANSWER,
    "branches:pick_organizations": ANSWER,
    "assignments:directive_attachment": FILE,
    "assignments:reorganization_download": FILE,
    "assignments:template_download": FILE,
    "assignments:visit_photo": FILE,
    "assignments:task_evidence": FILE,
    "assignments:template_version": FILE,
    "evaluations:ratings_download": FILE,
    "workbook:own_data": FILE,
    "workbook:import_file": FILE,
    "accounts:list_download": FILE,
}


@pytest.fixture
def addresses(transactional_db):
    """Addresses of the demo district, with more rows than an example of each page has."""
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
    if not page.evaluate("'axe' in window"):  # to hand it over takes its time: once a page
        page.evaluate(f"(() => {{{AXE}}})()")
    found = page.evaluate("rules => axe.run(document, rules)", RULES)
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def wide_parts(page):
    """What makes the page scroll sideways; [] when it fits."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [`scrolls to ${document.documentElement.scrollWidth} px`]"""
    )


def small_targets(page):
    """What one taps alone and is less than 44 px high: tabs, buttons, rows of links. Links in a
    text may be less."""
    return page.evaluate(
        """() => [...new Set([...document.querySelectorAll(
            '.tabs > a, .tabs summary, .btn, .links a, .pager a, .bar a, .bar summary, '
            + '.form-control, .form-select, .fold-button, .tree summary, .years a'
        )].map(part => [part, part.getBoundingClientRect()])
        .filter(([, box]) => box.width && Math.round(box.height) < 44)
        .map(([part, box]) => `${part.className || part.tagName} ${box.height} px`))]"""
    )


def faults_of(page, address):
    """What is wrong with the page on a laptop, and on a phone in the dark."""
    try:
        response = page.goto(address)
    except Error:  # it was downloaded
        return ["is no page: put it into NO_PAGE"]
    if not response.headers.get("content-type", "").startswith("text/html"):
        return ["is no page: put it into NO_PAGE"]
    unfold(page)
    faults = []
    for width, height, scheme in SIZES:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": height})
        # Colours change gradually: half-way they have too little contrast.
        page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
        found = [*wide_parts(page), *serious_faults(page)]
        if width == 390:
            found += small_targets(page)
        faults += [f"{width} px: {fault}" for fault in found]
    return faults


def signed_in(browser, base_url, client):
    """A page of a browser that is signed in as the test client is."""
    context = browser.new_context()
    cookies = [
        {"name": name, "value": cookie.value, "url": base_url}
        for name, cookie in client.cookies.items()
    ]
    context.add_cookies(cookies)
    return context.new_page()


def look_at(pages, visits, base_url):
    """{address: its faults} of all (who, address) with faults."""
    found = {address: faults_of(pages[who], base_url + address) for who, address in visits}
    return {address: faults for address, faults in found.items() if faults}


def examples(world):
    """(who, address) of an example of every route that answers with a page, and of a list in which
    nothing is found."""
    for name, example in EXAMPLES.items():
        if example.status != 200 or name in NO_PAGE:
            continue
        need = PAGES[name]
        readers = [who for who in READERS if not need.action or who in ROLES_FOR[need.action]]
        who = ANONYMOUS if example.signed_in else readers[0]
        query = {"org": world.own.ward.pk} if example.acts else {}
        if need == OWN:
            who, query = MEMBER, {}
        yield who, f"{example.url(name, world.own)}?{urlencode(query | example.query)}"
    yield "administrator", "/users/?q=nobody"


@pytest.mark.django_db(transaction=True)
def test_every_route_fits_and_reads_on_a_laptop_and_a_phone(browser, base_url):
    world = make_world()
    clients = make_clients(world)
    pages = {
        who: signed_in(browser, base_url, clients[who]) for who in (*READERS, MEMBER, ANONYMOUS)
    }
    assert look_at(pages, examples(world), base_url) == {}
    for page in pages.values():
        page.context.close()


def test_pages_with_many_rows_fit_and_read_on_a_laptop_and_a_phone(browser, base_url, addresses):
    client = Client()
    client.force_login(User.objects.get(username=LEADER))
    page = signed_in(browser, base_url, client)
    assert look_at({LEADER: page}, [(LEADER, each) for each in addresses], base_url) == {}
    page.context.close()


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
