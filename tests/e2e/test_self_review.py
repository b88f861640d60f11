"""The self-review on a phone: a draft, what is missing, handing in; then what the branch does with
it, up to the notice that lets the member see the decision."""

import pytest
from playwright.sync_api import expect

from evaluations.models import SelfReview
from evaluations.services.schemes import load_schemes
from tests import builders as make
from tests.year_end import do_steps, open_small_cycle

from .looking import serious_faults, wide_parts
from .test_administrator import SMALL, signed_in

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def small(transactional_db):
    load_schemes()
    return open_small_cycle(units=1, branches=1, members=2)


def phone(browser, user, base_url, **more):
    context = browser.new_context(locale="vi-VN", **PHONE, **more)
    return signed_in(context, user, base_url)


def test_a_member_writes_a_draft_and_hands_it_in(browser, base_url, small):
    appraisal = small.appraisals[0]
    page = phone(browser, make.make_user(member=appraisal.member), base_url)
    page.goto(f"{base_url}/my/self-review/")
    page.locator("[name=strengths]").fill("Hoàn thành việc được giao")
    page.locator("[name=draft]").click()
    expect(page.locator(".note-success")).to_be_visible()
    expect(page.locator("[name=strengths]")).to_have_value("Hoàn thành việc được giao")
    page.locator("[name=hand_in]").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    page.locator("[name=points_common]").fill("28")
    page.locator("[name=points_results]").fill("61.5")
    page.locator("label:has([name=level][value=good])").click()
    page.locator("[name=hand_in]").click()
    expect(page.locator("[role=alert]")).to_have_count(0)
    review = SelfReview.objects.get()
    assert review.submitted_at is not None
    assert (review.points, review.level) == ({"common": "28", "results": "61.5"}, "good")


def test_the_page_fits_a_phone(browser, base_url, small):
    page = phone(browser, make.make_user(member=small.appraisals[0].member), base_url)
    page.goto(f"{base_url}/my/self-review/")
    assert wide_parts(page) == []
    assert page.evaluate(SMALL) == []
    assert serious_faults(page) == []


def test_it_works_without_javascript_and_stays_when_the_step_is_done(browser, base_url, small):
    appraisal = small.appraisals[0]
    user = make.make_user(member=appraisal.member)
    page = phone(browser, user, base_url, java_script_enabled=False)
    page.goto(f"{base_url}/my/self-review/")
    page.locator("[name=points_common]").fill("30")
    page.locator("[name=points_results]").fill("70")
    page.locator("[name=level][value=excellent]").check()
    page.locator("[name=hand_in]").click()
    expect(page.locator("[name=hand_in]")).to_be_visible()  # it may still be changed
    do_steps(appraisal.cycle_branch, before="comments", by=small.by)
    page.reload()
    expect(page.locator("[name=hand_in]")).to_have_count(0)
    expect(page.locator(".level-excellent")).to_be_visible()
