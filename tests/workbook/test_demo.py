"""The demo loads once, through a real worker, and gives each role its account."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.choices import Role
from accounts.models import User
from evaluations.models import Rating, RollUp
from evaluations.services import load_schemes
from workbook.demo import ACCOUNTS, PASSWORD


def load(**options):
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_demo_loads_once(celery_worker, client):
    load_schemes()
    celery_worker()
    printed = load()
    ratings = Rating.objects.count()
    assert ratings == 894 + 336
    assert all(account.username in printed for account in ACCOUNTS)
    assert load() == printed
    assert (Rating.objects.count(), RollUp.objects.count()) == (ratings, 2)
    assert {account.role for account in ACCOUNTS} == {*Role, ""}
    assert client.login(username="lanhdao", password=PASSWORD)
    assert User.objects.get(username="canbo").member.code == "BT18-00849"


@pytest.mark.django_db
def test_it_is_refused_on_a_server():
    with override_settings(LOCAL=False), pytest.raises(CommandError):
        load()
    assert not User.objects.exists()
