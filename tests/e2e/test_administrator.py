"""What an administrator does all day, without JavaScript; and how the pages look to all."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.choices import Role
from accounts.models import User
from evaluations.models import Rating
from evaluations.services.roll_ups import roll_up_inline
from evaluations.services.schemes import load_schemes
from tests import builders as make

from .demo import NOON

SMALL = """() => [...document.querySelectorAll(
        '.btn, .form-control, .form-select, .sheet-table td a')]
    .map(part => [part, part.getBoundingClientRect()])
    .filter(([, box]) => box.width && Math.round(box.height) < 44)
    .map(([part, box]) => `${part.textContent.trim()} ${box.height}`)"""


@pytest.fixture
def administrator(transactional_db):
    """The administrator of a ward with a rated member, who is also its secretary."""
    load_schemes()
    ward, (branch,) = make.make_ward("W")
    member = make.make_member(branch, code="M-1", full_name="Nguyễn Thị Ngọc Ánh")
    roll_up_inline(ward, year=2018, at=NOON)
    user = make.make_user("quantri")
    make.grant(user, Role.ADMINISTRATOR, ward)
    make.grant(make.make_user("anh", member=member), Role.SECRETARY, branch)
    return user


def signed_in(context, user, base_url):
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}
    context.add_cookies([cookie])
    return context.new_page()


def test_invites_gives_and_withdraws_without_javascript(browser, base_url, administrator):
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context, administrator, base_url)
    page.goto(f"{base_url}/users/invite/")
    page.locator("#id_username").fill("moi")
    page.locator("#id_full_name").fill("Lê Văn Mới")
    page.locator("#submit-id-invite").click()
    link = page.locator("#link").input_value()
    assert link.startswith(f"{base_url}/invitation/")
    page.locator("a[href*='/give/']").click()
    page.locator("#id_role").select_option("office")
    page.locator("#id_organization").select_option("W-1")
    page.locator("#id_reason").fill("QĐ 12")
    page.locator("#submit-id-give").click()
    expect(page.locator(".note-success")).to_be_visible()
    page.locator("a[href*='/withdraw/']").click()
    page.locator("#id_reason").fill("Nhầm người")
    page.locator("#submit-id-end").click()
    expect(page.get_by_text("Nhầm người")).to_be_visible()
    assert not User.objects.get(username="moi").grants.filter(withdrawn_on=None).exists()
    context.close()


def test_what_one_taps_on_a_phone_is_large_enough(context, base_url, administrator):
    """Links in the tables of these pages too; the rest is looked at in test_every_page.py."""
    page = signed_in(context, administrator, base_url)
    page.set_viewport_size({"width": 390, "height": 844})
    user = User.objects.get(username="anh")
    grant, rating = user.grants.get(), Rating.objects.get()
    found = {}
    for address in (
        "/users/",
        "/users/invite/",
        f"/users/{user.pk}/",
        f"/users/{user.pk}/change/",
        f"/users/{user.pk}/switch/",
        f"/users/{user.pk}/invitation/",
        f"/users/{user.pk}/give/",
        f"/grants/{grant.pk}/withdraw/",
        f"/members/{user.member_id}/readers/",
        f"/ratings/{rating.pk}/readers/",
    ):
        page.goto(base_url + address)
        found[address] = page.evaluate(SMALL)
    assert {address: small for address, small in found.items() if small} == {}
