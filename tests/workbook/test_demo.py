"""The demo loads once, through a real worker, and gives each role its account."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.choices import Role
from accounts.models import User
from assignments.models import Opinion, Task, Visit
from branches.models import Attendance, Meeting, MeetingPlan
from evaluations.models import Appraisal, Cycle, Rating, RollUp, VoteCount
from evaluations.services.schemes import load_schemes
from workbook.demo import ACCOUNTS, PASSWORD


def load(**options):
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def count_what_lives():
    models = (MeetingPlan, Meeting, Attendance, Visit, Task, Opinion, Cycle, Appraisal, VoteCount)
    return [model.objects.count() for model in models]


@pytest.mark.django_db(transaction=True)
def test_the_demo_loads_once(celery_worker, client):
    load_schemes()
    celery_worker()
    printed = load()
    ratings = Rating.objects.count()
    assert ratings == 894 + 336
    assert all(account.username in printed for account in ACCOUNTS)
    live = count_what_lives()
    assert load() == printed
    assert count_what_lives() == live
    voted = Appraisal.objects.exclude(voted_level="").values_list("cycle_branch__branch__code")
    assert set(voted) == {("TA-2",)}
    states = set(Visit.objects.values_list("state", flat=True))
    assert states >= {"confirmed", "logged", "disputed", "excused", "unexcused"}
    assert (Rating.objects.count(), RollUp.objects.count()) == (ratings, 2)
    assert {account.role for account in ACCOUNTS} == {*Role, ""}
    assert client.login(username="lanhdao", password=PASSWORD)
    assert User.objects.get(username="canbo").member.code == "BT18-00849"


@pytest.mark.django_db
def test_it_is_refused_on_a_server():
    with override_settings(LOCAL=False), pytest.raises(CommandError):
        load()
    assert not User.objects.exists()
