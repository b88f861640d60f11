"""What a phone really fetches, its service worker included: at most 180 kB from the sign-in page
through My work, and 15 kB for each page after that. Files weigh what production sends of them."""

import re

from tests import builders as make
from tests.branches.test_weight import FIRST_VISIT, LATER_PAGE, weight

from .test_offline import (
    KEPT,
    LOG,
    MY_WORK,
    PHONE,
    QUEUE,
    SIGN_IN,
    branch,
    cadre,
    log_a_visit,
    server,
    wait_until,
)

__all__ = ["branch", "server"]  # fixtures
STATIC = "/static/"
# Whether a browser fetches them at once or when the site is installed is its own affair.
ICONS = ("img/icon-192.png", "img/icon-512.png", "img/icon-maskable-512.png")


def weights(server):
    """{path: bytes} of all that was sent since this was last asked; a file is sent once."""
    found = {}
    for path, sent in server.sent:
        name = path.removeprefix(STATIC)
        if name != path:
            assert path not in found, f"{path} was fetched twice"
            sent = weight(name)
        found[path] = found.get(path, 0) + sent
    server.sent.clear()
    return found


def test_a_first_visit_and_each_page_after_it(browser, server, branch):
    user = cadre(branch)
    ward = type(branch).objects.get(code="W")
    for number in (3, 4):
        other = make.make_organization(parent=ward, code=f"W-{number}")
        make.make_assignment(user.member, other)
    context = browser.new_context(**PHONE)
    page = context.new_page()
    page.goto(server.url + MY_WORK)
    assert SIGN_IN in page.url
    page.locator("[name=login]").fill("an")
    page.locator("[name=password]").fill(make.PASSWORD)
    page.locator("form [type=submit]").first.click()
    page.wait_for_url(server.url + MY_WORK)
    wait_until(lambda: page.evaluate(KEPT))
    first = weights(server)
    for path in ("/sw.js", "/offline/", LOG, f"{STATIC}js/queue.js"):
        assert path in first
    missing = {path for name in ICONS if (path := STATIC + name) not in first}
    total = sum(first.values()) + sum(weight(path.removeprefix(STATIC)) for path in missing)
    assert total <= FIRST_VISIT, first
    for address in (f"{LOG}?branch={branch.pk}", QUEUE, MY_WORK):
        page.goto(server.url + address, wait_until="networkidle")
        after = weights(server)
        assert 0 < sum(after.values()) <= LATER_PAGE, after
    log_a_visit(page, server, branch)
    page.wait_for_url(re.compile(r"/visits/\d+/"), wait_until="networkidle")
    after = weights(server)
    assert 0 < sum(after.values()) <= LATER_PAGE, after
    context.close()
