"""The pages of signing in and of one's own account, at both widths, by eye and by keyboard."""

import pytest
from django.test import RequestFactory

from accounts.invitations import invitation_link
from accounts.models import User
from tests import builders as make

from .looking import serious_faults

SIGNED_OUT = ["/sign-in/", "/password/", "/password/sent/", "/password/1-x/", "/invitation/x/"]
SIGNED_IN = [
    "/account/",
    "/account/password/",
    "/account/sessions/",
    "/account/second-factor/",
    "/account/second-factor/app/",
    "/account/second-factor/passkeys/add/",
]
SMALL = """() => [...document.querySelectorAll('.btn, .form-control, .links a, .language button')]
    .map(part => [part, part.getBoundingClientRect()])
    .filter(([, box]) => box.width && Math.round(box.height) < 40)
    .map(([part, box]) => `${part.className || part.tagName} ${box.height}`)"""


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


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (390, "dark")])
def test_pages_fit_and_read(page, base_url, addresses, width, scheme):
    broken, faults = [], {}
    page.on("console", lambda said: broken.append(said.text) if "Policy" in said.text else None)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})

    def look(address):
        page.goto(base_url + address)
        found = serious_faults(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append("scrolls sideways")
        if width < 400:
            found += page.evaluate(SMALL)
        if found:
            faults[address] = found

    for address in addresses:
        look(address)
    sign_in(page, base_url)
    for address in SIGNED_IN:
        look(address)
    assert faults == {}
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
