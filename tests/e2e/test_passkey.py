"""A passkey in a real browser, with an authenticator that the browser plays itself."""

import pytest
from playwright.sync_api import expect

from tests import builders as make

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(base_url, transactional_db):
    """By name: browsers make no passkeys for a bare address."""
    make.make_user("lan")
    return base_url.replace("127.0.0.1", "localhost")


@pytest.fixture
def authenticator(page):
    """The page's key holder: `authenticator(isUserVerified=False)` changes what it does."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def change(verified):
        name = {"authenticatorId": added["authenticatorId"]}
        session.send("WebAuthn.setUserVerified", name | {"isUserVerified": verified})

    return change


def sign_in(page, site, password=make.PASSWORD):
    page.goto(f"{site}/sign-in/")
    page.get_by_label("Tên đăng nhập").fill("lan")
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def add_passkey(page, site):
    page.goto(f"{site}/account/second-factor/passkeys/add/")
    page.get_by_label("Mật khẩu").fill(make.PASSWORD)
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Tên").fill("Máy cơ quan")
    page.get_by_role("button", name="Thêm khóa truy cập").click()
    page.wait_for_url("**/codes/")


def sign_out(page, site):
    page.goto(f"{site}/account/")
    page.locator("details.user summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in/")


def use_passkey(page):
    page.get_by_role("button", name="Dùng khóa truy cập").click()


def test_is_made_signs_in_alone_and_as_a_second_step(page, site, authenticator):
    broken = []
    page.on("console", lambda message: broken.append(message.text) if csp(message) else None)
    sign_in(page, site)
    page.wait_for_url(f"{site}/")
    add_passkey(page, site)
    page.goto(f"{site}/account/second-factor/")
    expect(page.get_by_text("Máy cơ quan")).to_be_visible()

    sign_out(page, site)
    use_passkey(page)
    page.wait_for_url(f"{site}/")

    sign_out(page, site)
    sign_in(page, site)
    page.wait_for_url("**/sign-in/code/")
    use_passkey(page)
    page.wait_for_url(f"{site}/")
    assert broken == []


def test_opens_an_account_that_guessing_has_locked(page, site, authenticator, settings):
    sign_in(page, site)
    page.wait_for_url(f"{site}/")
    add_passkey(page, site)
    sign_out(page, site)
    for _number in range(settings.SIGN_IN_TRIES + 1):
        sign_in(page, site, "wrong")
    expect(page.get_by_text("tạm khóa đăng nhập")).to_be_visible()
    use_passkey(page)
    page.wait_for_url(f"{site}/")


def test_what_did_not_work_is_said_in_words(page, site, authenticator):
    sign_in(page, site)
    page.wait_for_url(f"{site}/")
    add_passkey(page, site)
    sign_out(page, site)
    authenticator(verified=False)
    use_passkey(page)
    expect(page.get_by_text("Chưa dùng được khóa truy cập")).to_be_visible()
    authenticator(verified=True)
    use_passkey(page)
    page.wait_for_url(f"{site}/")


def csp(message):
    return "Content Security Policy" in message.text
