"""The pages of signing in and of one's own account, at both widths, by eye and by keyboard."""

import pytest
from django.test import RequestFactory

from accounts.invitations import invitation_link
from accounts.models import User
from tests import builders as make

from .looking import look

SIGNED_OUT = ["/sign-in/", "/password/", "/password/sent/", "/password/1-x/", "/invitation/x/"]
SIGNED_IN = [
    "/account/",
    "/account/password/",
    "/account/sessions/",
    "/account/second-factor/",
    "/account/second-factor/app/",
    "/account/second-factor/passkeys/add/",
]


@pytest.fixture
def addresses(transactional_db):
    make.make_user("lan")
    invited = User.objects.create_user("moi")
    link = invitation_link(invited, RequestFactory().get("/"))
    return [*SIGNED_OUT, link.removeprefix("http://testserver")]


def sign_in(page, base_url):
    page.goto(f"{base_url}/sign-in/")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(make.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{base_url}/")
    page.goto(f"{base_url}/account/second-factor/app/")
    page.get_by_label("Mật khẩu").fill(make.PASSWORD)
    page.get_by_role("button", name="Tiếp tục").click()


def test_pages_fit_and_read(page, base_url, addresses):
    broken = []
    page.on("console", lambda said: broken.append(said.text) if "Policy" in said.text else None)
    assert look(page, base_url, addresses) == {}
    sign_in(page, base_url)
    assert look(page, base_url, SIGNED_IN) == {}
    assert [said for said in broken if "Content Security Policy" in said] == []


@pytest.mark.parametrize("java_script_enabled", [False])
def test_passwords_and_codes_need_no_javascript(browser, base_url, addresses, java_script_enabled):
    context = browser.new_context(java_script_enabled=java_script_enabled, locale="vi-VN")
    page = context.new_page()
    page.goto(f"{base_url}/sign-in/")
    assert not page.get_by_role("button", name="Dùng khóa truy cập").is_visible()
    sign_in(page, base_url)
    assert page.get_by_label("Mã do ứng dụng hiển thị").is_visible()
    context.close()
