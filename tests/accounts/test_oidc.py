"""Single sign-on: the whole round against a provider, and what happens when it cheats."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from accounts.models import JournalEntry, User
from tests import builders as make
from tests.pages import text_of

from .oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, key_of

pytestmark = pytest.mark.django_db
REFUSED = "Đăng nhập không thành công"
START = ["sso"]


@pytest.fixture
def provider(settings):
    provider = Provider()
    settings.OIDC_NAME = "Tỉnh"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": "Tỉnh",
                    "client_id": CLIENT_ID,
                    "secret": CLIENT_SECRET,
                    "settings": {"server_url": provider.url},
                }
            ],
        }
    }
    yield provider
    provider.close()


@pytest.fixture
def lan(db):
    user = make.make_user("lan")
    User.objects.filter(pk=user.pk).update(email="Lan@example.vn")
    return user


def leave(client, **form):
    """Press the button; returns the provider's address that the page goes on to."""
    response = client.post(reverse("openid_connect_login", args=START), form)
    assert response.status_code == 200
    return html.unescape(re.search(r'content="0;url=([^"]+)"', text_of(response))[1])


def come_back(client, address):
    """As the browser does: ask the provider, which sends it back to us."""
    back = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back)


def go_round(client, **form):
    return come_back(client, leave(client, **form))


def is_in(client):
    return client.get(reverse("accounts:account")).status_code == 200


def assert_refused(client, response):
    assert response.status_code == 401
    assert REFUSED in text_of(response)
    assert not is_in(client)


def test_lets_in_whom_a_verified_address_names(client, provider, lan):
    assert "Tiếp tục với Tỉnh" in text_of(client.get(reverse("account_login")))
    assert go_round(client).url == reverse("home")
    assert int(client.session["_auth_user_id"]) == lan.pk
    assert User.objects.get(pk=lan.pk).check_password(make.PASSWORD)
    assert SocialAccount.objects.get().extra_data == {}


def test_that_the_account_was_linked_is_put_down_to_its_user(client, provider, lan):
    go_round(client)
    entry = JournalEntry.objects.filter(table_name="socialaccount_socialaccount").earliest("pk")
    assert (entry.user, entry.operation) == (lan, "insert")


def test_goes_where_one_was_going_but_to_no_other_site(client, provider, lan):
    wanted = reverse("branches:search")
    assert go_round(client, next=wanted).url == wanted
    assert go_round(Client(), next="https://evil.example/").url == reverse("home")


def test_knows_the_person_again_by_their_number(client, provider, lan):
    go_round(client)
    provider.person |= {"email": "married@example.vn"}
    again = Client()
    go_round(again)
    assert int(again.session["_auth_user_id"]) == lan.pk


def test_a_stranger_is_told_whom_to_ask(client, provider):
    page = text_of(go_round(client))
    assert "Bạn chưa có tài khoản ở đây" in page
    assert not User.objects.exists()
    assert not is_in(client)


def test_an_address_that_is_not_verified_names_nobody(client, provider, lan):
    provider.person["email_verified"] = False
    assert "Bạn chưa có tài khoản ở đây" in text_of(go_round(client))
    assert not is_in(client)


def test_a_closed_account_stays_closed(client, provider, lan):
    go_round(client)
    User.objects.update(is_active=False)
    again = Client()
    assert go_round(again).url == reverse("account_inactive")
    assert not is_in(again)


def test_our_second_step_still_comes(client, provider, lan, settings):
    lan.authenticator_set.create(type="totp", data={"secret": "x"})
    assert go_round(client).url == reverse("mfa_authenticate")
    settings.OIDC_TRUST_SECOND_FACTOR = True
    trusted = Client()
    assert go_round(trusted).url == reverse("home")


def test_a_required_second_factor_may_be_the_providers(client, provider, lan, settings):
    ward, _branches = make.make_ward()
    make.grant(lan, "leader", ward)
    settings.SECOND_FACTOR_ROLES = ["leader"]
    go_round(client)
    assert client.get(reverse("home")).url == reverse("mfa_index")
    settings.OIDC_TRUST_SECOND_FACTOR = True
    assert client.get(reverse("home")).status_code == 200


def test_a_wrong_signature_is_refused(client, provider, lan):
    provider.published = key_of("somebody else")
    assert_refused(client, go_round(client))


def test_a_token_signed_with_the_public_key_or_not_at_all_is_refused(client, provider, lan):
    for algorithm, key in (("none", None), ("HS256", "x" * 32)):
        provider.token = forge(provider, algorithm, key)
        assert_refused(client, go_round(client))


def forge(provider, algorithm, key):
    honest = type(provider).token

    def token(form):
        answer = honest(provider, form)
        claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
        forged = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "k1"})
        return answer | {"id_token": forged}

    return token


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another site"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000_000},
        {"sub": "p-2"},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(client, provider, lan, claims):
    provider.claims = claims
    assert_refused(client, go_round(client))


def test_details_of_another_person_are_refused(client, provider, lan):
    provider.details = {"sub": "p-2"}
    assert_refused(client, go_round(client))


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(client, provider, lan):
    address = leave(Client())
    assert_refused(client, come_back(client, address))


def test_an_answer_is_taken_once(client, provider, lan):
    address = leave(client)
    back = requests.get(address, allow_redirects=False, timeout=5).headers["Location"]
    client.get(back)
    client.post(reverse("accounts:logout"))
    assert_refused(client, client.get(back))


def test_state_and_nonce_and_challenge_are_never_the_same(provider, lan):
    queries = [parse_qs(urlsplit(leave(Client())).query) for _number in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert queries[0][name] != queries[1][name]


def test_cancelling_is_no_error(client, provider, lan):
    provider.refuses = True
    response = go_round(client)
    assert response.url == reverse("socialaccount_login_cancelled")
    assert "Bạn chưa đăng nhập" in text_of(client.get(response.url))


def test_a_provider_that_is_down_is_said_in_words(client, provider, lan):
    provider.close()
    response = client.post(reverse("openid_connect_login", args=START))
    assert_refused(client, response)


def test_another_site_cannot_begin_it(client, provider):
    assert client.get(reverse("openid_connect_login", args=START)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("openid_connect_login", args=START)).status_code == 403


def test_is_not_there_unless_switched_on(client):
    assert "Tiếp tục với" not in text_of(client.get(reverse("account_login")))
    assert client.post(reverse("openid_connect_login", args=START)).status_code == 404
    assert client.get(reverse("openid_connect_callback", args=START)).status_code == 404
