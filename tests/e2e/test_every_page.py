"""Every page, the first third of the routes (see looking.py); pages with many rows, and without
JavaScript."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from assignments.models import Assignment, Task
from branches.models import Meeting, Member, Organization
from evaluations.models import Rating, RollUp
from tests.builders import PASSWORD

from .demo import LEADER, make_rated_district
from .looking import look_at, signed_in, walk


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


@pytest.mark.django_db(transaction=True)
def test_every_route_fits_and_reads_on_a_laptop_and_a_phone(browser, base_url):
    assert walk(browser, base_url, 0) == {}


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
