from django.test import Client, RequestFactory, TestCase
from django.urls import reverse

from accounts.adapters import SecondFactorAdapter
from accounts.choices import AccessKind
from accounts.invitations import invitation_link
from accounts.models import AccessLog
from tests import builders as make

from .test_second_factor import code_for

NEW = "mat-khau-moi-cua-toi"


class SignInLogTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make.make_user("lan")

    def sign_in(self, password=make.PASSWORD, login="lan", client=None):
        return (client or self.client).post(
            reverse("account_login"), {"login": login, "password": password}
        )

    def logged(self):
        """The kinds of the entries, in order; all of them are lan's, from this address."""
        entries = AccessLog.objects.order_by("pk")
        assert {entry.by for entry in entries} <= {self.user}
        assert {entry.note for entry in entries} <= {"127.0.0.1"}
        return [AccessKind(entry.kind) for entry in entries]

    def test_in_and_out(self):
        self.sign_in("wrong")
        self.sign_in()
        self.client.post(reverse("accounts:logout"))
        assert self.logged() == [
            AccessKind.SIGN_IN_FAILED,
            AccessKind.SIGNED_IN,
            AccessKind.SESSION_ENDED,
        ]

    def test_names_that_nobody_has(self):
        self.sign_in("wrong", "my password, typed into the wrong field")
        entry = AccessLog.objects.get()
        assert (entry.kind, entry.by, entry.note) == ("sign_in_failed", None, "127.0.0.1")

    def test_a_lock_is_one_entry(self):
        with self.settings(SIGN_IN_TRIES=10):
            for _number in range(14):
                self.sign_in("wrong")
        assert self.logged() == [AccessKind.SIGN_IN_FAILED] * 10 + [AccessKind.LOCKED_OUT]

    def test_changes_of_the_account(self):
        self.sign_in()
        self.client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
        before = len(self.logged())
        secret = self.client.get(reverse("mfa_activate_totp")).context["form"].secret
        with self.captureOnCommitCallbacks(execute=True):
            self.client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
        added = self.logged()
        assert set(added[before:]) == {AccessKind.SECOND_FACTOR_CHANGED}
        self.client.post(
            reverse("account_change_password"),
            {"oldpassword": make.PASSWORD, "password1": NEW, "password2": NEW},
        )
        assert self.logged()[len(added) :] == [AccessKind.PASSWORD_CHANGED]
        self.client.post(reverse("accounts:session_end_others"))
        assert self.logged()[len(added) + 1 :] == [AccessKind.SESSION_ENDED]

    def test_guessing_codes(self):
        secret = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
        self.user.authenticator_set.create(type="totp", data={"secret": secret})
        client = Client()
        self.sign_in(client=client)
        for _number in range(12):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert self.logged() == [AccessKind.SIGN_IN_FAILED] * 10 + [AccessKind.LOCKED_OUT]

    def test_an_invitation(self):
        link = invitation_link(self.user, RequestFactory().get("/"))
        self.client.post(link, {"new_password1": NEW, "new_password2": NEW})
        assert self.logged() == [AccessKind.PASSWORD_CHANGED]
