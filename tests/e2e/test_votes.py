"""A secretary enters what the branch voted: by keys alone at a desk, with a thumb on a phone."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from evaluations.choices import StepKind
from evaluations.models import Vote
from evaluations.voting import to_vote_on
from tests import builders as make
from tests.year_end import do_steps, open_small_cycle

from .looking import serious_faults, wide_parts

PHONE = {"width": 390, "height": 844}
TOO_SMALL = """() => [...document.querySelectorAll('.vote-form .form-control, .btn')]
    .map(part => part.getBoundingClientRect())
    .filter(({width, height}) => width && Math.round(height) < 40).length"""


@pytest.fixture
def branch(transactional_db):
    small = open_small_cycle(
        units=1, branches=1, members=6, suggested=False, year=timezone.localdate().year
    )
    branch = small.cycle_branches[0]
    do_steps(branch, before=StepKind.VOTE, by=small.by, on=timezone.localdate())
    branch.by = make.make_user("bithu")
    make.grant(branch.by, "secretary", branch.branch)
    return branch


def open_as(browser, user, base_url, **options):
    client = Client()
    client.force_login(user)
    context = browser.new_context(locale="vi-VN", **options)
    name = client.cookies["sessionid"].key
    cookie = {"name": name, "value": client.cookies[name].value, "url": base_url}
    context.add_cookies([cookie])
    return context.new_page()


def address(branch, page=""):
    return f"/cycles/{branch.cycle_id}/branches/{branch.branch_id}/votes/{page}"


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def enter(page, name, value):
    page.locator(f"[name={name}]").fill(str(value))


def test_a_ballot_is_entered_by_keys_alone(browser, base_url, branch):
    page = open_as(browser, branch.by, base_url)
    page.goto(base_url + address(branch, "1/1/"))
    assert page.locator("[name=convened]").input_value() == "6"
    assert page.locator("[data-needed]").inner_text() == "4"
    page.locator("[name=issued]").focus()
    press(page, "6", "Tab", "6", "Tab", "Delete", "1", "Tab")
    people = to_vote_on(branch, round_number=1, ballot=1)
    page.locator(f"#v-{people[0].pk}-good").focus()
    for number in ("4", "5", "5", "3", "5"):
        press(page, number, "Enter")
    press(page, "5", "ArrowUp", "ArrowUp")
    press(page, "Tab", "=")  # two are missing on the fourth: they voted it completed
    assert page.locator(f"#v-{people[3].pk}-completed").input_value() == "2"
    assert page.locator("[data-right]").inner_text() == "5"
    assert page.locator(".vote-sum .is-wrong").inner_text() == "4 / 5"
    page.locator(f"#v-{people[0].pk}-blank").focus()
    press(page, "=")
    assert page.locator("[data-right]").inner_text() == "6"
    assert serious_faults(page) == []
    page.locator(".roster-save button").press("Enter")
    page.wait_for_url(re.compile(r"/votes/(\?.*)?$"))
    assert serious_faults(page) == []
    levels = branch.appraisals.order_by("member__code").values_list("voted_level", flat=True)
    assert list(levels) == ["good", "good", "good", "", "good", "good"]


@pytest.mark.parametrize("script", [True, False])
def test_what_does_not_add_up_is_told_on_a_phone(browser, base_url, branch, script):
    page = open_as(browser, branch.by, base_url, viewport=PHONE, java_script_enabled=script)
    page.goto(base_url + address(branch, "1/1/"))
    people = to_vote_on(branch, round_number=1, ballot=1)
    for name, value in {"issued": 6, "returned": 6, "invalid": 0}.items():
        enter(page, name, value)
    for each in people[1:]:
        enter(page, f"v-{each.pk}-good", 6)
    enter(page, f"v-{people[0].pk}-good", 5)
    if script:
        assert wide_parts(page) == []
        assert page.evaluate(TOO_SMALL) == 0
    page.locator(".roster-save button").click()
    told = page.locator(f"#row-{people[0].pk} .invalid-feedback")
    assert re.search("5.*6", told.inner_text())
    expect(page.locator(".invalid-feedback:visible")).to_have_count(1)
    assert not Vote.objects.exists()
    page.locator(f"#v-{people[0].pk}-good").fill("")
    page.locator(f"[name=r-{people[0].pk}]").select_option("absent")
    page.locator(".roster-save button").click()
    page.wait_for_url(re.compile(r"/votes/(\?.*)?$"))
    assert Vote.objects.get().not_voted.get().reason == "absent"
    # Who was absent is rated in a later round, which the page offers.
    page.locator(f'a[href*="{address(branch, "2/1/")}"]').click()
    expect(page.locator("[data-row]")).to_have_count(1)
