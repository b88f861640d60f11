import json
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.core.cache import cache
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from accounts.adapters import SecondFactorAdapter
from accounts.choices import Role
from accounts.second_factor import has_second_factor, remove_second_factor
from tests import builders as make
from tests.infra.test_settings import PRODUCTION, SHOW, run_python
from tests.pages import HTMX, count_queries, text_of

LOCKED, WRONG = "tạm khóa đăng nhập", "Mã không đúng"


def code_for(secret, *, at=None):
    counter = int(at or time.time()) // 30
    return format_hotp_value(hotp_value(secret, counter))


class SecondFactorCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make.make_user("lan")

    def setUp(self):
        self.enter_password(self.client)

    def enter_password(self, client):
        return client.post(reverse("account_login"), {"login": "lan", "password": make.PASSWORD})

    def confirm(self, client):
        client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})

    def set_up(self):
        """Switch the app on as a person does; returns its secret."""
        self.confirm(self.client)
        url = reverse("mfa_activate_totp")
        secret = self.client.get(url).context["form"].secret
        response = self.client.post(url, {"code": code_for(secret)})
        self.assertRedirects(response, reverse("mfa_view_recovery_codes"))
        return secret

    def codes(self):
        return self.client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]

    def second_step(self, client, code):
        return client.post(reverse("mfa_authenticate"), {"code": code})


class AppTests(SecondFactorCase):
    def test_setting_it_up_asks_for_the_password_again(self):
        response = self.client.get(reverse("mfa_activate_totp"))
        assert response.url.startswith(reverse("account_reauthenticate"))
        response = self.client.post(reverse("account_reauthenticate"), {"password": "wrong"})
        assert "Mật khẩu không đúng" in text_of(response)

    def test_a_wrong_code_does_not_switch_it_on(self):
        self.confirm(self.client)
        response = self.client.post(reverse("mfa_activate_totp"), {"code": "000000"})
        assert WRONG in text_of(response)
        assert not has_second_factor(self.user)

    def test_signing_in_then_takes_the_code(self):
        secret, client = self.set_up(), Client()
        self.assertRedirects(self.enter_password(client), reverse("mfa_authenticate"))
        assert client.get(reverse("home")).status_code == 302
        assert WRONG in text_of(self.second_step(client, "000000"))
        self.assertRedirects(self.second_step(client, code_for(secret)), reverse("home"))

    def test_goes_where_one_was_going(self):
        secret, client, wanted = self.set_up(), Client(), reverse("branches:search")
        client.post(
            f"{reverse('account_login')}?next={wanted}",
            {"login": "lan", "password": make.PASSWORD, "next": wanted},
        )
        self.assertRedirects(self.second_step(client, code_for(secret)), wanted)

    def test_a_code_works_once_even_while_the_tolerance_holds_it(self):
        secret = self.set_up()
        code, now = code_for(secret), time.time()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("allauth.mfa.totp.internal.auth.time.time", lambda: now)
            first, second = Client(), Client()
            self.enter_password(first)
            self.enter_password(second)
            self.second_step(first, code)
            used = Authenticator.objects.get(type="totp").wrap()._get_used_cache_key(code)
            assert cache._cache.get_client().ttl(cache.make_key(used)) > 60
            assert WRONG in text_of(self.second_step(second, code))

    def test_a_clock_half_a_minute_off_is_forgiven(self):
        secret, client = self.set_up(), Client()
        self.enter_password(client)
        late = code_for(secret, at=time.time() - 30)
        self.assertRedirects(self.second_step(client, late), reverse("home"))

    def test_guessing_codes_locks(self):
        secret, client = self.set_up(), Client()
        self.enter_password(client)
        for _number in range(settings.SIGN_IN_TRIES):
            assert WRONG in text_of(self.second_step(client, "000000"))
        assert LOCKED in text_of(self.second_step(client, code_for(secret)))

    def test_the_second_step_without_the_first_leads_nowhere(self):
        self.set_up()
        self.assertRedirects(Client().get(reverse("mfa_authenticate")), reverse("account_login"))

    def test_the_secret_lies_encrypted(self):
        secret = self.set_up()
        stored = Authenticator.objects.get(type="totp").data["secret"]
        assert secret not in stored
        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
            assert SecondFactorAdapter().decrypt(stored) == secret

    def test_switching_it_off_asks_for_password_or_code(self):
        self.set_up()
        fresh = Client()
        fresh.force_login(self.user)
        response = fresh.post(reverse("mfa_deactivate_totp"))
        assert "/account/confirm/" in response.url
        assert has_second_factor(self.user)
        self.client.post(reverse("mfa_deactivate_totp"))
        assert not has_second_factor(self.user)


class RecoveryCodeTests(SecondFactorCase):
    def test_each_opens_once(self):
        self.set_up()
        code, first, second = self.codes()[0], Client(), Client()
        self.enter_password(first)
        self.assertRedirects(self.second_step(first, code), reverse("home"))
        self.enter_password(second)
        assert WRONG in text_of(self.second_step(second, code))
        assert code not in self.codes()

    def test_new_ones_replace_the_old(self):
        self.set_up()
        old = self.codes()
        self.client.post(reverse("mfa_generate_recovery_codes"))
        assert not set(old) & set(self.codes())

    def test_they_come_as_a_file(self):
        self.set_up()
        response = self.client.get(reverse("mfa_download_recovery_codes"))
        assert text_of(response).split() == self.codes()
        assert response["Content-Disposition"].startswith("attachment")

    def test_what_is_lost_can_be_taken_off(self):
        self.set_up()
        remove_second_factor(self.user)
        client = Client()
        self.assertRedirects(self.enter_password(client), reverse("home"))


@override_settings(SECOND_FACTOR_ROLES=["leader", "auditor"])
class RequiredTests(SecondFactorCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.ward, _branches = make.make_ward()

    def goes_to_set_up(self, name="home"):
        return self.client.get(reverse(name)).url == reverse("mfa_index")

    def is_open(self, name="home"):
        return self.client.get(reverse(name)).status_code == 200

    def test_that_it_is_required_costs_a_page_no_query(self):
        make.grant(self.user, "leader", self.ward)
        self.set_up()
        url = reverse("branches:members")
        with override_settings(SECOND_FACTOR_ROLES=[]):
            count_queries(self.client, url)
            without = count_queries(self.client, url)
        assert count_queries(self.client, url) == without

    def test_a_member_needs_none(self):
        assert self.is_open()

    def test_a_role_that_must_have_one_sets_it_up_first(self):
        make.grant(self.user, Role.LEADER, self.ward)
        for name in ("home", "branches:members", "evaluations:board", "branches:search"):
            assert self.goes_to_set_up(name), name
        assert "phải có xác thực lớp thứ hai" in text_of(self.client.get(reverse("mfa_index")))
        for name in ("accounts:account", "accounts:sessions", "account_change_password"):
            assert self.is_open(name), name
        self.set_up()
        assert self.is_open()

    def test_nothing_is_written_before_that(self):
        make.grant(self.user, Role.LEADER, self.ward)
        response = self.client.post(reverse("evaluations:roll_up_start"), {"year": "2018"})
        self.assertRedirects(response, reverse("mfa_index"))

    def test_parts_of_pages_lead_the_whole_page_there(self):
        make.grant(self.user, Role.LEADER, self.ward)
        response = self.client.get(reverse("branches:members"), headers=HTMX)
        assert response["HX-Redirect"] == reverse("mfa_index")

    def test_only_grants_of_today_and_roles_of_the_setting_count(self):
        make.grant(self.user, Role.SECRETARY, self.ward)
        make.grant(self.user, Role.LEADER, self.ward, until=make.LONG_AGO)
        assert self.is_open()

    def test_one_can_sign_out_and_choose_the_language(self):
        make.grant(self.user, Role.LEADER, self.ward)
        self.client.post(reverse("set_language"), {"language": "en"})
        assert "needs a second factor" in text_of(self.client.get(reverse("mfa_index")))
        self.assertRedirects(
            self.client.post(reverse("accounts:logout")), reverse("accounts:login")
        )

    def test_taking_it_off_closes_the_pages_again(self):
        make.grant(self.user, Role.LEADER, self.ward)
        self.set_up()
        self.client.post(reverse("mfa_deactivate_totp"))
        assert self.goes_to_set_up()


ROLES = {"board", "office", "secretary", "leader", "auditor", "administrator"}


def required_roles(**environment):
    done = run_python(PRODUCTION | environment, "-c", SHOW, "SECOND_FACTOR_ROLES")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["SECOND_FACTOR_ROLES"]


def test_every_role_needs_one_in_production_and_none_at_home():
    assert set(required_roles()) == ROLES == set(Role)
    assert required_roles(LOCAL="true") == []
    assert required_roles(SECOND_FACTOR_ROLES="leader, board") == ["leader", "board"]
    assert required_roles(SECOND_FACTOR_ROLES="") == []


def test_settings_that_cannot_be_meant_are_refused_in_words():
    for name, environment in (
        ("bord", {"SECOND_FACTOR_ROLES": "bord, leader"}),
        ("OIDC_CLIENT_ID", {"OIDC_SERVER_URL": "https://id.example.vn"}),
        ("OIDC_SERVER_URL", {"OIDC_SERVER_URL": "id.example.vn", "OIDC_CLIENT_ID": "chibo"}),
    ):
        done = run_python(PRODUCTION | environment, "-c", SHOW, "LOCAL")
        assert done.returncode != 0
        assert name in done.stderr.splitlines()[-1]


class HashingTests(TestCase):
    def test_passwords_are_hashed_by_argon2_outside_of_tests(self):
        from config import settings as production

        with override_settings(PASSWORD_HASHERS=production.PASSWORD_HASHERS):
            assert identify_hasher(make_password("x")).algorithm == "argon2"
