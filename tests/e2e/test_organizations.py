"""The committee decides on the branches of its ward, on a laptop and on a phone."""

import pytest
from django.utils import timezone

from evaluations.models import OrganizationDecision
from evaluations.services.organization_schemes import load_organization_schemes
from evaluations.services.schemes import load_schemes
from tests import year_end
from tests.evaluations.organization_worlds import decide_members, make_scheme
from tests.evaluations.test_organization_ratings import CAPPED, make_excellent

from .looking import serious_faults, wide_parts
from .test_votes import open_as

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def world(transactional_db):
    load_schemes()
    load_organization_schemes()
    year = timezone.localdate().year - 1
    world = year_end.open_small_cycle(units=1, branches=6, members=1, year=year)
    make_excellent(world)
    decide_members(world)
    make_scheme(year, **CAPPED)
    return world


def faults(page):
    return serious_faults(page) + wide_parts(page)


def test_a_committee_suggests_decides_and_looks_why(browser, base_url, world):
    page = open_as(browser, world.by, base_url, viewport={"width": 1366, "height": 768})
    page.goto(f"{base_url}/cycles/{world.cycle.pk}/organizations/")
    page.locator("select[name=scheme]").select_option(label="x")
    page.locator("form[action*=suggest] [type=submit]").click()
    for number in (0, 1):
        page.locator("input[name=ids]").nth(number).check()
    page.locator("#bulk [name=level]").select_option("excellent")
    page.locator("#bulk [type=submit]").click()
    page.locator("[name=reason]").fill("Dẫn đầu phong trào")
    with page.expect_navigation():
        page.locator(".decide-fields [type=submit]").click()
    page.locator("label[for=id_level] ~ .invalid-feedback").wait_for()  # two, and one place
    page.locator("[name=level]").select_option("good")
    page.locator(".decide-fields [type=submit]").click()
    page.locator("meter").first.wait_for()
    assert OrganizationDecision.objects.count() == 2
    assert faults(page) == []
    page.locator("#list td a").nth(1).click()
    page.locator(".ladder .chosen").wait_for()
    assert faults(page) == []
    phone = open_as(browser, world.by, base_url, viewport=PHONE)
    for address in (page.url, f"{base_url}/cycles/{world.cycle.pk}/organizations/"):
        phone.goto(address)
        assert faults(phone) == []
