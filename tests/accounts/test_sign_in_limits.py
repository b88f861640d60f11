"""Guessing passwords, and how the rightful user gets in all the same."""

import time

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client, RequestFactory, TestCase, override_settings
from django.urls import reverse

from accounts.invitations import invitation_link
from tests import builders as make
from tests.pages import text_of

NEW = "mat-khau-moi-cua-toi"
LOCKED, WRONG = "tạm khóa đăng nhập", "không đúng"
checked = []


class CountingHasher(MD5PasswordHasher):
    """Counts how many passwords were compared with a user's."""

    algorithm = "counted"

    def verify(self, password, encoded):
        checked.append(password)
        return super().verify(password, encoded)


class SignInLimitTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make.make_user("lan")
        get_user_model().objects.filter(pk=cls.user.pk).update(email="Lan@example.vn")

    def sign_in(self, password, login="lan", *, address="127.0.0.1", client=None):
        return (client or self.client).post(
            reverse("account_login"),
            {"login": login, "password": password},
            REMOTE_ADDR=address,
        )

    def lock(self, login="lan", **more):
        for _number in range(settings.SIGN_IN_TRIES):
            assert WRONG in text_of(self.sign_in("wrong", login, **more))

    def assert_locked(self, login="lan", **more):
        page = text_of(self.sign_in(make.PASSWORD, login, **more))
        assert LOCKED in page
        assert f"{settings.SIGN_IN_LOCK_MINUTES} phút" in page

    @override_settings(PASSWORD_HASHERS=[f"{__name__}.CountingHasher"])
    def test_a_thousand_wrong_passwords_are_stopped_at_the_limit(self):
        self.user.set_password(make.PASSWORD)
        self.user.save()
        checked.clear()
        for number in range(1000):
            # From a new address each time: what locks is the count of the account.
            self.sign_in(f"guess {number}", address=f"10.0.{number // 250}.{number % 250 + 1}")
        assert len(checked) == settings.SIGN_IN_TRIES
        self.assert_locked(address="10.1.1.1")
        assert len(checked) == settings.SIGN_IN_TRIES

    def test_the_lock_covers_all_names_of_the_account(self):
        for login in ("lan", "LAN", "lan@example.vn") * 4:
            self.sign_in("wrong", login)
        self.assert_locked("Lan@example.vn")
        self.assert_locked("Lan")

    def test_the_lock_ends_with_its_time(self):
        self.lock()
        later = time.time() + settings.SIGN_IN_LOCK_MINUTES * 60 + 1
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("allauth.core.internal.ratelimit.time.time", lambda: later)
            self.assertRedirects(self.sign_in(make.PASSWORD), reverse("home"))

    def test_other_people_of_the_same_office_go_in(self):
        self.lock()
        for _number in range(3):
            self.assert_locked()
        make.make_user("minh")
        self.assertRedirects(self.sign_in(make.PASSWORD, "minh"), reverse("home"))

    def test_one_address_that_tries_many_accounts_is_locked(self):
        allowed = 10 * settings.SIGN_IN_TRIES
        with pytest.MonkeyPatch.context() as patch:
            limits = settings.ACCOUNT_RATE_LIMITS | {"login": "1000/m/ip"}
            patch.setattr(settings, "ACCOUNT_RATE_LIMITS", limits)
            for number in range(allowed):
                assert WRONG in text_of(self.sign_in("wrong", f"user{number}", address="10.9.9.9"))
            self.assert_locked(address="10.9.9.9")
        self.assertRedirects(self.sign_in(make.PASSWORD), reverse("home"))

    def test_too_many_sign_ins_from_one_address_are_told_to_wait(self):
        with override_settings(ACCOUNT_RATE_LIMITS=settings.ACCOUNT_RATE_LIMITS | {"login": "2/m"}):
            for _number in range(2):
                self.sign_in("wrong")
            response = self.sign_in("wrong")
        assert response.status_code == 429
        assert "Quá nhiều yêu cầu" in text_of(response)

    def test_right_passwords_do_not_count(self):
        for _number in range(settings.SIGN_IN_TRIES + 2):
            self.assertRedirects(self.sign_in(make.PASSWORD, client=Client()), reverse("home"))

    def test_an_invitation_link_lets_the_rightful_user_in_again(self):
        self.lock()
        link = invitation_link(self.user, RequestFactory().get("/"))
        self.client.post(link, {"new_password1": NEW, "new_password2": NEW})
        self.assertRedirects(self.sign_in(NEW), reverse("home"))

    def test_a_name_that_nobody_has_is_answered_in_the_same_way(self):
        known, unknown = self.sign_in("wrong"), self.sign_in("wrong", "nobody")
        as_one = [
            text_of(answer).replace('value="lan"', "").replace('value="nobody"', "")
            for answer in (known, unknown)
        ]
        lines = zip(*(page.splitlines() for page in as_one), strict=True)
        assert {one for one, other in lines if one != other and "csrf" not in one} == set()
        self.lock("nobody-either")
        self.assert_locked("nobody-either")

    @override_settings(PASSWORD_HASHERS=[f"{__name__}.CountingHasher"])
    def test_a_name_that_nobody_has_takes_as_long(self):
        """One hash is computed for each of them, which is what takes the time."""
        self.user.set_password(make.PASSWORD)
        self.user.save()
        make.make_user("closed")
        get_user_model().objects.filter(username="closed").update(is_active=False)
        for login in ("lan", "lan@example.vn", "nobody", "nobody@example.vn", "closed"):
            with self.subTest(login), HashesCounted() as counted:
                self.sign_in("wrong", login)
            assert counted.number == 1, login

    def test_a_closed_account_says_so_to_who_knows_the_password(self):
        get_user_model().objects.update(is_active=False)
        self.assertRedirects(self.sign_in(make.PASSWORD), reverse("account_inactive"))
        assert "đã bị khóa" in text_of(self.client.get(reverse("account_inactive")))
        assert self.client.get(reverse("home")).status_code == 302


class HashesCounted:
    """Counts the hashes that are computed within the block."""

    number = 0

    def __enter__(self):
        self.patch = pytest.MonkeyPatch()
        encode = CountingHasher.encode

        def counted(hasher, *args, **kwargs):
            self.number += 1
            return encode(hasher, *args, **kwargs)

        self.patch.setattr(CountingHasher, "encode", counted)
        return self

    def __exit__(self, *error):
        self.patch.undo()
