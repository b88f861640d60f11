"""Getting back in by e-mail, and who mail goes to."""

import re
import time

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse

from accounts.models import User
from config.email import read_email
from config.environment import SettingsError
from tests import builders as make
from tests.pages import text_of

NEW = "mat-khau-moi-cua-toi"
LINK = re.compile(r"http://testserver(/password/\S+/)")


def ask(client, email):
    return client.post(reverse("account_reset_password"), {"email": email})


def wait_for_link(worker):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := LINK.search(worker.log):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"No mail:\n{worker.log}")


def test_a_link_by_mail_sets_a_password_and_lifts_the_lock(client, celery_worker, settings):
    make.make_user("lan")
    User.objects.update(email="Lan@example.vn")
    session = Client()
    session.post(reverse("account_login"), {"login": "lan", "password": make.PASSWORD})
    for _number in range(settings.SIGN_IN_TRIES):
        client.post(reverse("account_login"), {"login": "lan", "password": "wrong"})
    (worker,) = celery_worker()
    assert ask(client, "lan@example.vn").url == reverse("account_reset_password_done")
    link = wait_for_link(worker)

    page = client.get(link, follow=True)
    address = page.context["action_url"]
    assert page.redirect_chain  # the key does not stay in the address
    done = client.post(address, {"password1": NEW, "password2": NEW})
    assert done.url == reverse("account_reset_password_from_key_done")
    entered = client.post(reverse("account_login"), {"login": "lan", "password": NEW})
    assert entered.url == reverse("home")
    assert session.get(reverse("home")).status_code == 302
    assert "không còn dùng được" in text_of(Client().get(link))


class UnknownAddressTests(TestCase):
    def test_is_answered_in_the_same_way_and_gets_no_mail(self):
        make.make_user("lan")
        User.objects.update(email="lan@example.vn")
        with self.captureOnCommitCallbacks() as known:
            first = ask(self.client, "lan@example.vn")
        with self.captureOnCommitCallbacks() as unknown:
            second = ask(self.client, "nobody@example.vn")
        assert (first.status_code, first.url) == (second.status_code, second.url)
        # Sending is a worker's, so it takes no time here.
        assert (len(known), len(unknown)) == (1, 0)
        assert mail.outbox == []

    def test_who_was_switched_off_gets_no_mail(self):
        make.make_user("lan")
        User.objects.update(email="lan@example.vn", is_active=False)
        with self.captureOnCommitCallbacks() as callbacks:
            ask(self.client, "lan@example.vn")
        assert callbacks == []


def test_mail_settings_come_from_one_address(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://chibo:pass%40word@mail.example.vn")
    monkeypatch.setenv("EMAIL_FROM", "chibo@example.vn")
    found = read_email(local=False)
    assert found["EMAIL_CONFIGURED"] is True
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.vn", 587)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("chibo", "pass@word")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)
    monkeypatch.setenv("EMAIL_URL", "smtps://mail.example.vn")
    found = read_email(local=False)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (
        465,
        False,
        True,
    )


@pytest.mark.parametrize("url", ["mail.example.vn:25", "http://mail.example.vn", "smtp://"])
def test_what_cannot_be_read_is_said(monkeypatch, url):
    monkeypatch.setenv("EMAIL_URL", url)
    with pytest.raises(SettingsError, match="EMAIL_URL"):
        read_email(local=False)


def test_without_settings_mail_stays_on_ones_own_machine(monkeypatch):
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert "console" in read_email(local=True)["EMAIL_BACKEND"]
    assert read_email(local=False)["EMAIL_CONFIGURED"] is False
