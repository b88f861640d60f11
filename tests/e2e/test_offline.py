"""Work in a village hall without a network: what is entered there counts once, whatever happens."""

from datetime import timedelta
from time import monotonic, sleep

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Submission
from assignments.models import Visit
from tests import builders as make

from .odd_server import odd_server

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "vi-VN"}
LOG, QUEUE = "/my/visits/log/", "/my/queue/"


@pytest.fixture
def server(transactional_db):
    with odd_server() as server:
        yield server


@pytest.fixture
def branch(transactional_db):
    """A branch with a meeting yesterday, to which the cadre of `cadre()` is assigned."""
    _ward, (branch, _home) = make.make_ward("W", branches=2)
    make.make_meeting(branch, timezone.localdate() - timedelta(days=1))
    return branch


def cadre(branch, name="an"):
    """The account of a cadre of the ward's other branch who is assigned to this one."""
    home = branch.__class__.objects.get(code="W-2")
    member = make.make_member(home, full_name=f"Nguyễn Văn {name}")
    make.make_assignment(member, branch)
    return make.make_user(name, member=member)


@pytest.fixture
def phone(browser, server, branch):
    context = browser.new_context(**PHONE)
    sign_in(context, server, cadre(branch))
    page = context.new_page()
    page.goto(f"{server.url}/my/")
    settle(page)
    yield page
    context.close()


def sign_in(context, server, user):
    client = Client()
    client.force_login(user)
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": server.url}])


KEPT = """async () => {
    const links = [...document.querySelectorAll('[data-keep]')].map(link => link.href);
    const found = await Promise.all([location.href, ...links].map(
        url => caches.match(url, {ignoreVary: true})));
    return found.every(Boolean) && (await (await caches.open('files')).keys()).length > 8;
}"""


def settle(page):
    """Wait until the page that is open is kept, with those that it leads to and their files."""
    wait_until(lambda: page.evaluate(KEPT))


def wait_until(is_so, seconds=20):
    end = monotonic() + seconds
    while not is_so():
        assert monotonic() < end, "it did not come"
        sleep(0.05)


def log_a_visit(page, branch):
    page.goto(page.url.split("/my/")[0] + f"{LOG}?branch={branch.pk}")
    page.locator("[name=what]").first.check()
    page.locator("form[data-queue] [type=submit]").click()


def waiting(page):
    """What the page says waits."""
    return page.locator(".bar [data-waiting]")


def test_logged_offline_and_sent_once_when_the_network_is_back(phone, server, branch):
    context = phone.context
    context.set_offline(True)
    log_a_visit(phone, branch)
    expect(phone.locator("[data-kept-bar]")).to_be_visible()
    expect(phone.locator("[data-state=network]:visible")).to_be_visible()
    expect(waiting(phone)).to_have_text("1 chờ gửi")
    phone.reload()
    expect(waiting(phone)).to_have_text("1 chờ gửi")
    assert not Visit.objects.exists()
    context.set_offline(False)
    expect(waiting(phone)).to_be_hidden()
    assert Visit.objects.count() == Submission.objects.count() == 1
