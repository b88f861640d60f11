"""A board merges two branches: preview, confirm, the tree before and after the day, undo."""

from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.choices import Role
from branches.models import Organization, Reorganization
from tests import builders as make

from .looking import faults_here


@pytest.fixture
def board(transactional_db):
    """The board of a district with a ward of three branches, members and work."""
    district = make.make_organization("district", code="D", name="Huyện ủy Phong Điền")
    ward = make.make_organization(
        "grassroots_committee", code="W", name="Đảng ủy xã Mỹ Khánh", parent=district
    )
    branches = [
        make.make_organization(code=f"W-{number}", name=f"Chi bộ ấp {number}", parent=ward)
        for number in (1, 2, 3)
    ]
    members = [
        make.make_member(branch, full_name=f"{name} {branch.name[-1]}")
        for branch in branches
        for name in ("Nguyễn Thị Ánh", "Đỗ Văn Bình", "Lê Thị Cúc")
    ]
    make.make_position(members[0], branches[0], rank="branch_secretary", title="Bí thư chi bộ")
    make.make_meeting(branches[0], date(2026, 3, 3))
    cadre = make.make_member(branches[2], full_name="Trần Văn Hải")
    make.make_assignment(cadre, branches[0], code="A1", since=date(2026, 1, 1))
    make.grant(make.make_user("bithu", member=members[0]), Role.SECRETARY, branches[0])
    user = make.make_user("board")
    make.grant(user, Role.BOARD, district)
    return user


@pytest.fixture
def page(context, base_url, board):
    client = Client()
    client.force_login(board)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}
    context.add_cookies([cookie])
    return context.new_page()


def preview_a_merge(page, ward):
    page.goto(f"/organizations/?org={ward.pk}")
    page.locator("a[href*='/reorganize/']").click()
    page.locator("a[href*='/reorganize/merge/']").click()
    for number in (0, 1):
        page.locator("input[name=chosen]").nth(number).check()
    page.locator("#id_name").fill("Chi bộ ấp Mỹ Phước")
    page.locator("#id_code").fill("W-10")
    page.locator("#id_on").fill("01/07/2026")
    page.locator("button[value=preview]").click()


def tree_on(page, ward, day):
    page.goto(f"/organizations/?org={ward.pk}&on={day}")
    return page.locator("main .tree").inner_text()


def test_merge_preview_confirm_look_and_undo(page):
    ward = Organization.objects.get(code="W")
    preview_a_merge(page, ward)
    expect(page.locator("#members tbody tr")).to_have_count(6)
    expect(page.locator("#balance tbody tr").last).to_contain_text("6")
    expect(page.locator("#grants tbody tr")).to_have_count(1)
    expect(page.locator("#assignments select")).to_have_count(1)
    assert not Reorganization.objects.exists()
    page.locator("#id_decision").fill("77-QĐ/HU")
    page.locator("#id_reason").fill("Sáp nhập hai chi bộ ấp")
    page.locator("button[value=confirm]").click()
    expect(page.locator(".note-success")).to_be_visible()
    address = page.url
    before, after = tree_on(page, ward, "2026-06-30"), tree_on(page, ward, "2026-07-01")
    assert ("Chi bộ ấp 1" in before, "Chi bộ ấp Mỹ Phước" in before) == (True, False)
    assert ("Chi bộ ấp 1" in after, "Chi bộ ấp Mỹ Phước" in after) == (False, True)
    page.goto(address)
    page.locator("#undo input[name=reason]").fill("Nhầm ngày")
    page.locator("#undo button").click()
    expect(page.locator(".note-success")).to_be_visible()
    assert "Chi bộ ấp 1" in tree_on(page, ward, "2026-07-01")
    assert not Organization.objects.filter(code="W-10").exists()


def test_who_was_overtaken_is_shown_the_new_preview(page):
    preview_a_merge(page, Organization.objects.get(code="W"))
    make.make_member(Organization.objects.get(code="W-2"), code="NEWCOMER")
    page.locator("#id_decision").fill("77-QĐ/HU")
    page.locator("#id_reason").fill("Sáp nhập")
    page.locator("button[value=confirm]").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("#members")).to_contain_text("NEWCOMER")
    page.locator("button[value=confirm]").click()
    expect(page.locator(".note-success")).to_be_visible()


def test_keys_alone_do_it(page):
    ward = Organization.objects.get(code="W")
    page.goto(f"/reorganize/rename/?org={ward.pk}&organization={ward.pk}")
    page.locator("#id_name").focus()
    page.keyboard.type("Đảng ủy xã Mỹ Khánh mới")
    page.keyboard.press("Tab")
    page.keyboard.type("01/07/2026")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#organizations tbody tr")).to_have_count(1)
    page.locator("#id_decision").focus()
    page.keyboard.type("1-QĐ")
    page.keyboard.press("Tab")
    page.keyboard.type("Đổi tên")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".note-success")).to_be_visible()


def test_what_is_prepared_and_done_fits_and_reads(page):
    ward = Organization.objects.get(code="W")
    done = make.make_reorganization(ward)
    for address in (
        f"/reorganize/split/?org={ward.pk}",
        f"/reorganizations/{done.pk}/?org={ward.pk}",
    ):
        page.goto(address)
        assert faults_here(page) == [], address
    page.goto(f"/reorganize/merge/?org={ward.pk}")
    preview_a_merge(page, ward)
    assert faults_here(page) == []
