from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.urls import reverse

from accounts.models import Grant, JournalEntry, User
from tests import builders as make

NEW = "mat-khau-moi-cua-toi"


def invite(username="quantri", org="W", **options):
    out = StringIO()
    call_command("invite_administrator", username, org=org, stdout=out, **options)
    return out.getvalue().strip()


class InviteAdministratorTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, _branches = make.make_ward("W")

    def accept(self, link):
        path = link.removeprefix("http://testserver")
        return self.client.post(path, {"new_password1": NEW, "new_password2": NEW})

    def test_makes_the_first_one_who_comes_in_by_the_link(self):
        link = invite(site="http://testserver/")
        self.assertRedirects(self.accept(link), reverse("accounts:login"))
        self.client.post(reverse("account_login"), {"login": "quantri", "password": NEW})
        assert self.client.get(reverse("accounts:users")).status_code == 200
        grant = Grant.objects.get()
        assert (grant.user.username, grant.role, grant.organization) == (
            "quantri",
            "administrator",
            self.ward,
        )
        assert grant.granted_by is None

    def test_lets_one_back_in_who_lost_everything(self):
        invite()
        user = User.objects.get()
        user.authenticator_set.create(type="totp", data={"secret": "x"})
        link = invite("QuanTri", site="http://testserver")
        assert Grant.objects.count() == User.objects.count() == 1
        assert not user.authenticator_set.exists()
        assert self.accept(link).status_code == 302

    def test_stands_in_the_trail_under_its_name(self):
        invite()
        sources = set(JournalEntry.objects.filter(user=None).values_list("source", flat=True))
        assert "command: invite_administrator" in sources

    def test_what_cannot_be_is_said(self):
        for words in ({"org": "X"}, {"username": "two words"}):
            with pytest.raises(CommandError):
                invite(**words)
        invite()
        User.objects.update(is_active=False)
        with pytest.raises(CommandError):
            invite()
