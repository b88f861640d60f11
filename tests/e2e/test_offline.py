"""Work in a village hall without a network: what is entered there counts once, whatever happens."""

import os
import re
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from accounts.choices import Role
from accounts.models import Submission
from assignments.models import Visit
from assignments.services.visits import state_visits
from branches.choices import VisitState
from branches.models import Meeting
from tests import builders as make
from tests.browser import launch_options

from .odd_server import odd_server

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "vi-VN"}
MY_WORK, LOG, QUEUE, SIGN_IN = "/my/", "/my/visits/log/", "/my/queue/", "/sign-in/"
NO_SYNC = "delete ServiceWorkerRegistration.prototype.sync"
KEPT = """async () => {
    const links = [...document.querySelectorAll('[data-keep]')].map(link => link.href);
    const found = await Promise.all([location.href, '/my/queue/', ...links].map(
        url => caches.match(url, {ignoreVary: true})));
    return found.every(Boolean) && (await (await caches.open('files')).keys()).length > 8;
}"""
KEPT_PAGES = """async () => {
    const names = (await caches.keys()).filter(name => name.startsWith('pages-'));
    return (await Promise.all(names.map(async name => (await caches.open(name)).keys()))).flat()
        .map(request => new URL(request.url).pathname);
}"""

STORED = """async () => {
    if (!(await indexedDB.databases()).some(({name}) => name === 'queue')) return 0;
    const done = request => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await done(indexedDB.open('queue'));
    const number = await done(database.transaction('entries').objectStore('entries').count());
    database.close();
    return number;
}"""


@pytest.fixture
def server(transactional_db):
    with odd_server() as server:
        yield server


@pytest.fixture
def branch(transactional_db):
    """A branch with a meeting yesterday; the cadre of `cadre()` belongs to the ward's other one."""
    _ward, (branch, _home) = make.make_ward("W", branches=2)
    make.make_meeting(branch, timezone.localdate() - timedelta(days=1))
    return branch


def cadre(branch, name="an"):
    """The account of a cadre who is assigned to the branch."""
    home = type(branch).objects.get(code="W-2")
    member = make.make_member(home, full_name=f"Nguyễn Văn {name}")
    make.make_assignment(member, branch)
    return make.make_user(name, member=member)


@pytest.fixture
def context(browser, server, branch):
    """A phone on which a cadre is signed in."""
    context = browser.new_context(**PHONE)
    sign_in(context, server, cadre(branch))
    yield context
    context.close()


@pytest.fixture
def phone(context, server):
    """Its open page: what the cadre has to do, and all that it leads to is kept."""
    return open_my_work(context, server)


def open_my_work(context, server):
    page = context.new_page()
    page.goto(server.url + MY_WORK)
    wait_until(lambda: page.evaluate(KEPT))
    return page


def sign_in(context, server, user):
    client = Client()
    client.force_login(user)
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": server.url}])


def wait_until(is_so, seconds=20):
    end = monotonic() + seconds
    while monotonic() < end:
        with suppress(PlaywrightError):  # a page that gives way to another does not answer
            if is_so():
                return
        sleep(0.05)
    raise AssertionError("it did not come")


def open_form(page, server, branch):
    page.goto(f"{server.url}{LOG}?branch={branch.pk}")
    page.locator("[name=what]").first.check()


def log_a_visit(page, server, branch):
    open_form(page, server, branch)
    page.locator("form[data-queue] [type=submit]").click()


def log_offline(page, server, branch):
    page.context.set_offline(True)
    log_a_visit(page, server, branch)
    expect_state(page, "network")


def expect_state(page, state):
    expect(page.locator(f"[data-state={state}]:visible")).to_be_visible()


def expect_waiting(page, number):
    """What the bar at the top of the page says waits: nothing, once nothing is left to be sent."""
    chip = page.locator(".bar [data-waiting]")
    if number:
        expect(chip).to_have_text(re.compile(rf"^{number} \D+$"))
        return
    # A page that has not counted yet says nothing, too.
    wait_until(lambda: page.evaluate(STORED) == 0)
    expect(chip).to_be_hidden()


def expect_one_visit():
    wait_until(Visit.objects.exists)
    assert Visit.objects.count() == Submission.objects.count() == 1


def test_logged_offline_and_sent_once_when_the_network_is_back(phone, server, branch):
    log_offline(phone, server, branch)
    expect(phone.locator("[data-kept-bar]")).to_be_visible()
    expect_waiting(phone, 1)
    phone.reload()
    expect_waiting(phone, 1)
    phone.goto(server.url + QUEUE)
    expect_state(phone, "network")
    assert not Visit.objects.exists()
    phone.context.set_offline(False)
    expect_waiting(phone, 0)
    expect_one_visit()
    assert server.posts(LOG) == 1


def test_online_it_is_as_quick_as_a_form(phone, server, branch):
    log_a_visit(phone, server, branch)
    visit = re.compile(r"/visits/\d+/")
    phone.wait_for_url(visit)
    expect(phone.locator(".note-success")).to_be_visible()
    expect_waiting(phone, 0)
    assert server.requests.count(("GET", "/sending/")) == 0
    expect_one_visit()


def test_the_browser_is_killed_between_logging_and_sending(playwright, server, branch, tmp_path):
    user = cadre(branch)

    def start():
        context = playwright.chromium.launch_persistent_context(
            tmp_path, **PHONE, **launch_options()
        )
        sign_in(context, server, user)
        return context

    context = start()
    page = open_my_work(context, server)
    log_offline(page, server, branch)
    kill_browser(tmp_path)
    assert not Visit.objects.exists()
    context = start()
    page = context.new_page()
    page.goto(server.url + MY_WORK)
    wait_until(Visit.objects.exists)
    expect_waiting(page, 0)
    expect_one_visit()
    context.close()


def kill_browser(profile):
    """Kill the browser of this profile, with all its processes, so that it can put nothing away."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            if f"--user-data-dir={profile}".encode() in words.split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue


@pytest.mark.parametrize("fault", ["failing", "losing"])
def test_a_server_that_fails_and_one_that_loses_its_answer(context, server, branch, fault):
    """Twice 500, or saved without an answer: each time the state is said, and one row remains."""
    context.add_init_script(NO_SYNC)
    page = open_my_work(context, server)
    setattr(server, fault, 2)
    log_a_visit(page, server, branch)
    state = {"failing": "server", "losing": "network"}[fault]
    for tries in (1, 2):
        expect_state(page, state)
        expect(page.locator("[data-tried]:visible")).to_contain_text(f" {tries}")
        expect_waiting(page, 1)
        assert Visit.objects.exists() == (fault == "losing")
        if tries == 1:
            page.goto(server.url + QUEUE)  # which tries, too
    page.locator("[data-send]").click()
    expect_waiting(page, 0)
    expect(page.locator("[data-none]")).to_be_visible()
    expect_one_visit()
    assert server.posts(LOG) == 3


def test_a_double_tap_is_one_visit(phone, server, branch):
    open_form(phone, server, branch)
    phone.locator("form[data-queue] [type=submit]").dblclick()
    phone.wait_for_url(re.compile(r"/visits/\d+/"))
    expect_one_visit()
    assert server.posts(LOG) == 1


def test_two_tabs_send_what_waits_once(phone, server, branch):
    log_offline(phone, server, branch)
    other = phone.context.new_page()
    other.goto(server.url + MY_WORK)
    expect_waiting(other, 1)
    phone.context.set_offline(False)
    for page in (phone, other):
        expect_waiting(page, 0)
    expect_one_visit()
    assert server.posts(LOG) == 1


def test_the_same_visit_logged_in_two_tabs_is_one_visit(phone, server, branch):
    log_offline(phone, server, branch)
    other = phone.context.new_page()
    log_a_visit(other, server, branch)
    expect_waiting(other, 2)
    phone.context.set_offline(False)
    expect_waiting(other, 0)
    assert Visit.objects.count() == 1


def test_another_person_on_the_phone_never_sends_what_the_first_entered(phone, server, branch):
    context, owner = phone.context, Submission._meta.get_field("user").related_model
    first = owner.objects.get(username="an")
    log_offline(phone, server, branch)
    sign_in(context, server, cadre(branch, "binh"))
    context.set_offline(False)
    phone.goto(server.url + QUEUE)
    expect(phone.locator("[data-others]")).to_be_visible()
    expect(phone.locator("[data-rows] li")).to_have_count(0)
    assert phone.evaluate("queue.send({atOnce: true})") == 0
    assert LOG not in phone.evaluate(KEPT_PAGES)
    assert (Visit.objects.count(), server.posts(LOG)) == (0, 0)
    sign_in(context, server, first)
    phone.goto(server.url + MY_WORK)
    wait_until(Visit.objects.exists)
    expect_one_visit()
    assert Visit.objects.get().member == first.member


def test_signing_out_warns_and_clears_the_phone(phone, server, branch):
    server.failing = 99
    log_a_visit(phone, server, branch)
    expect_state(phone, "server")
    phone.goto(server.url + MY_WORK)
    expect_waiting(phone, 1)
    sign_out = phone.locator(".tabs form[data-sign-out] button")
    phone.locator(".tabs summary").click()
    asked = []
    phone.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    sign_out.click()
    wait_until(lambda: phone.evaluate("true") and asked)
    assert "1" in asked[0]
    expect_waiting(phone, 1)
    server.failing = 0
    phone.once("dialog", lambda dialog: dialog.accept())
    with phone.expect_navigation(url=f"**{SIGN_IN}"):
        sign_out.click()
    wait_until(lambda: phone.evaluate(KEPT_PAGES) == [])
    expect(phone.locator("[data-waiting]")).to_be_hidden()
    assert not Visit.objects.exists()


def test_signed_out_meanwhile_it_waits_for_its_owner(phone, server, branch):
    log_offline(phone, server, branch)
    Session.objects.all().delete()
    phone.context.set_offline(False)
    expect_state(phone, "signed_out")
    wait_until(lambda: phone.evaluate(KEPT_PAGES) == [])
    phone.goto(server.url + SIGN_IN)
    expect(phone.locator("[data-waiting]")).to_contain_text("1")
    phone.locator("[name=login]").fill("an")
    phone.locator("[name=password]").fill(make.PASSWORD)
    phone.locator("form [type=submit]").first.click()
    wait_until(Visit.objects.exists)
    expect_one_visit()


def test_the_service_worker_sends_when_no_page_is_open(phone, server, branch):
    log_offline(phone, server, branch)
    phone.goto("about:blank")
    phone.context.set_offline(False)
    wait_until(Visit.objects.exists)
    expect_one_visit()


def test_without_background_sync_a_page_sends(context, server, branch):
    context.add_init_script(NO_SYNC)
    page = open_my_work(context, server)
    log_offline(page, server, branch)
    page.close()  # one that is only left may still hear for a moment that there is a network
    context.set_offline(False)
    sleep(0.5)
    assert not Visit.objects.exists()
    page = context.new_page()
    page.goto(server.url + MY_WORK)
    wait_until(Visit.objects.exists)
    expect_one_visit()


def test_what_is_wrong_is_corrected_in_the_form_as_it_was_filled_in(phone, server, branch):
    phone.context.set_offline(True)
    open_form(phone, server, branch)
    phone.locator("[name=what][value=other]").check()
    phone.locator("[name=held_on]").fill("01/01/2099")
    phone.locator("[name=note]").evaluate("field => field.value = 'Họp ở nhà văn hóa'")
    phone.locator("form[data-queue] [type=submit]").click()
    expect_state(phone, "network")
    phone.context.set_offline(False)
    expect_state(phone, "invalid")
    phone.goto(server.url + QUEUE)
    expect(phone.locator("[data-told]")).not_to_be_empty()
    phone.locator("[data-correct]").click()
    expect(phone.locator("[name=held_on]")).to_have_value("01/01/2099")
    expect(phone.locator("[name=note]")).to_have_value("Họp ở nhà văn hóa")
    phone.locator("[name=held_on]").fill(f"{timezone.localdate():%d/%m/%Y}")
    phone.locator("form[data-queue] [type=submit]").click()
    phone.wait_for_url(re.compile(r"/visits/\d+/"))
    expect_waiting(phone, 0)
    expect_one_visit()
    assert Visit.objects.get().note == "Họp ở nhà văn hóa"


def test_a_roster_that_says_otherwise_is_shown_to_a_person(phone, server, branch):
    log_offline(phone, server, branch)
    meeting, member = Meeting.objects.get(), branch.assignments.get().member
    secretary = make.make_user("bithu")
    make.grant(secretary, Role.SECRETARY, branch)
    absent = {member.pk: ("unexcused", "")}
    state_visits(meeting, absent, by=secretary, at=timezone.now())
    phone.context.set_offline(False)
    expect_state(phone, "attention")
    assert Visit.objects.get().state == VisitState.DISPUTED
    phone.goto(server.url + QUEUE)
    expect(phone.locator("[data-told]")).not_to_be_empty()
    expect_waiting(phone, 1)
    phone.locator("[data-seen]").click()
    expect_waiting(phone, 0)


def test_pages_that_are_not_kept_say_so(phone, server):
    phone.context.set_offline(True)
    phone.goto(f"{server.url}/account/")
    expect(phone.get_by_role("heading")).to_be_visible()
    assert phone.locator(f"a[href='{QUEUE}']").count() == 1
    for address in (MY_WORK, QUEUE):
        phone.goto(server.url + address)
        expect(phone.locator("[data-kept-bar]")).to_be_visible()
    expect(phone.locator("[data-kept-pages] a")).to_have_count(2)
