"""The pages of signing in and of one's own account: all Vietnamese, under our strict CSP."""

import html
import json
import re
from pathlib import Path

import allauth
from babel.messages.pofile import read_po
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from accounts.models import User
from accounts.pages import PAGES
from accounts.sign_in_urls import urlpatterns
from tests import builders as make
from tests.pages import text_of

from .test_second_factor import code_for

CATALOG = Path(allauth.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "django.po"
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\son\w+=|\sstyle=")


def english_sentences():
    """What allauth says, of two words or more, up to the first placeholder."""
    with CATALOG.open("rb") as file:
        catalog = read_po(file)
    for message in list(catalog)[1:]:
        for text in message.id if isinstance(message.id, tuple) else (message.id,):
            words = " ".join(re.split(r"%\(|%s|%d|\{", text)[0].split())
            if words.count(" ") >= 2:
                yield words


# What is no key, from nothing to nearly one.
PARTS = {"id": "eA", "rawId": "eA", "type": "public-key", "clientExtensionResults": {}}
ANSWER = {"clientDataJSON": "e30", "authenticatorData": "eA", "signature": "eA", "userHandle": "MQ"}
NO_KEYS = [
    "",
    "no JSON",
    "[]",
    "1",
    '{"id": "x"}',
    json.dumps(PARTS),
    json.dumps(PARTS | {"response": None}),
    json.dumps(PARTS | {"response": ANSWER}),
    json.dumps(PARTS | {"response": ANSWER | {"attestationObject": "eA"}}),
    "[" * 100_000,
]
ENGLISH = sorted(set(english_sentences()))


class AccountPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make.make_user("lan")

    def assert_ours(self, response):
        page = text_of(response)
        seen = " ".join(html.unescape(TAGS.sub(" ", page)).split())
        assert [sentence for sentence in ENGLISH if sentence in seen] == [], response.request
        assert INLINE.findall(page) == [], response.request
        assert "<html lang=" not in page or "· Chi Bộ</title>" in page

    def see(self, name, *args, client=None, status=200, data=None):
        client, url = client or self.client, reverse(name, args=args)
        response = client.get(url) if data is None else client.post(url, data)
        assert response.status_code == status, (url, response)
        self.assert_ours(response)
        return response

    def sign_in(self, client=None, password=make.PASSWORD):
        return (client or self.client).post(
            reverse("account_login"), {"login": "lan", "password": password}
        )

    def test_the_catalog_of_allauth_is_read(self):
        assert len(ENGLISH) > 100
        assert "Forgot your password?" in ENGLISH

    def test_every_page_of_allauth_stands_in_the_table_of_pages(self):
        assert {pattern.name for pattern in urlpatterns} <= set(PAGES)

    @override_settings(
        SOCIALACCOUNT_PROVIDERS={
            "openid_connect": {
                "APPS": [{"provider_id": "sso", "settings": {"server_url": "http://127.0.0.1:1"}}]
            }
        }
    )
    def test_signed_out(self):
        for name in (
            "account_login",
            "account_inactive",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key_done",
            "socialaccount_login_cancelled",
        ):
            self.see(name)
        self.see("account_reset_password_from_key", "1", "wrong-key")
        self.see("openid_connect_login", "sso", data={}, status=401)
        self.see("account_reset_password", data={"email": "no address"})
        for login in ("lan", "lan@example.vn", ""):
            self.see("account_login", data={"login": login, "password": "wrong"})
        with override_settings(EMAIL_CONFIGURED=False):
            self.see("account_reset_password")
            self.see("account_reset_password", data={"email": "a@example.vn"}, status=405)

    def test_signed_in(self):
        self.sign_in()
        for name in ("accounts:account", "accounts:sessions", "account_change_password"):
            self.see(name)
        weak = {"oldpassword": "wrong", "password1": "short", "password2": "other"}
        self.see("account_change_password", data=weak)
        self.see("account_reauthenticate")
        self.see("account_reauthenticate", data={"password": "wrong"})
        self.see("account_reauthenticate", data={"password": make.PASSWORD}, status=302)
        self.see("mfa_index")
        self.see("mfa_generate_recovery_codes", data={})
        self.see("mfa_add_webauthn")
        for key in NO_KEYS:
            self.see("mfa_add_webauthn", data={"credential": key, "passwordless": "True"})
        secret = self.see("mfa_activate_totp").context["form"].secret
        self.see("mfa_activate_totp", data={"code": "wrong"})
        self.see("mfa_activate_totp", data={"code": code_for(secret)}, status=302)
        for name in (
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_index",
            "mfa_deactivate_totp",
            "mfa_reauthenticate",
        ):
            self.see(name)
        self.see("mfa_reauthenticate", data={"code": "wrong"})
        self.see("accounts:account")
        key = self.user.authenticator_set.create(
            type="webauthn", data={"name": "Máy cơ quan", "credential": {}}
        )
        self.see("mfa_index")
        self.see("mfa_edit_webauthn", key.pk)
        self.see("mfa_edit_webauthn", key.pk, data={"name": ""})
        self.see("mfa_remove_webauthn", key.pk)

    def test_messages_after_each_change(self):
        self.sign_in()
        self.see("account_reauthenticate", data={"password": make.PASSWORD}, status=302)
        secret = self.see("mfa_activate_totp").context["form"].secret
        for name, data, said in (
            ("mfa_activate_totp", {"code": code_for(secret)}, "Đã thiết lập ứng dụng"),
            ("mfa_generate_recovery_codes", {}, "mã dự phòng mới"),
            ("mfa_deactivate_totp", {}, "Đã tắt ứng dụng"),
        ):
            response = self.client.post(reverse(name), data, follow=True)
            self.assert_ours(response)
            assert said in text_of(response)

    def test_the_second_step(self):
        self.user.authenticator_set.create(type="totp", data={"secret": "x"})
        other = Client()
        self.sign_in(other)
        self.see("mfa_authenticate", client=other)
        for key in NO_KEYS[:5]:
            self.see("mfa_authenticate", client=other, data={"credential": key})

    def test_passkeys_that_are_none_are_refused(self):
        for key in NO_KEYS:
            response = self.client.post(
                reverse("mfa_login_webauthn"), {"credential": key}, follow=True
            )
            self.assert_ours(response)
            if key:
                assert "Mã không đúng" in text_of(response), key[:50]
        question = self.client.get(
            reverse("mfa_login_webauthn"), headers={"accept": "application/json"}
        ).json()["request_options"]["publicKey"]
        assert question["userVerification"] == "required"
        assert not question.get("allowCredentials")

    def test_who_has_no_password_can_set_one(self):
        user = User.objects.create_user("moi")
        self.client.force_login(user)
        self.assertRedirects(
            self.client.get(reverse("account_change_password")), reverse("account_set_password")
        )
        self.see("account_set_password")
        new = {"password1": "mat-khau-moi-cua-toi", "password2": "mat-khau-moi-cua-toi"}
        response = self.client.post(reverse("account_set_password"), new, follow=True)
        self.assert_ours(response)
        assert "Đã đặt mật khẩu" in text_of(response)

    def test_nobody_signs_up(self):
        for address in ("/signup/", "/accounts/signup/", "/account/email/", "/account/signup/"):
            assert self.client.get(address).status_code == 404

    def test_keys_of_others_are_not_there(self):
        key = make.make_user().authenticator_set.create(
            type="webauthn", data={"name": "x", "credential": {}}
        )
        self.sign_in()
        self.client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
        for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
            self.see_nothing(name, key.pk)

    def see_nothing(self, name, pk):
        for response in (
            self.client.get(reverse(name, args=[pk])),
            self.client.post(reverse(name, args=[pk]), {"name": "y"}),
        ):
            assert response.status_code == 404
