from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory, TestCase
from django.urls import reverse

from accounts.invitations import invitation_link
from accounts.sessions import describe_browser, end_sessions
from accounts.tasks import clear_sessions
from tests import builders as make
from tests.pages import text_of

NEW = "mat-khau-moi-cua-toi"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


class SessionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make.make_user("lan")

    def signed_in(self, **more):
        client = Client(**more)
        client.post(reverse("account_login"), {"login": "lan", "password": make.PASSWORD})
        assert is_in(client)
        return client

    def change_password(self, client):
        return client.post(
            reverse("account_change_password"),
            {"oldpassword": make.PASSWORD, "password1": NEW, "password2": NEW},
        )

    def test_a_stolen_session_dies_at_password_change(self):
        client = self.signed_in()
        thief = steal(client)
        assert is_in(thief)
        self.assertRedirects(self.change_password(client), reverse("accounts:account"))
        assert is_in(client)
        assert not is_in(thief)

    def test_other_sessions_end_at_password_change_and_leave_the_store(self):
        client, other = self.signed_in(), self.signed_in()
        self.change_password(client)
        assert is_in(client)
        assert not is_in(other)
        assert [each.session_key for each in Session.objects.all()] == [key_of(client)]

    def test_end_sessions_ends_them_all_really(self):
        clients = [self.signed_in(), self.signed_in(), steal(self.signed_in())]
        assert end_sessions(self.user) == 3
        assert not any(map(is_in, clients))
        assert not Session.objects.exists()

    def test_end_sessions_ends_those_that_no_page_began(self):
        client = Client()
        client.force_login(self.user)
        end_sessions(self.user)
        assert not is_in(client)

    def test_end_sessions_may_keep_one_and_leaves_others_alone(self):
        kept, ended, stranger = self.signed_in(), self.signed_in(), Client()
        stranger.force_login(make.make_user())
        end_sessions(self.user, keep=key_of(kept))
        assert (is_in(kept), is_in(ended), is_in(stranger)) == (True, False, True)

    def test_a_new_link_for_somebody_ends_their_sessions(self):
        client = self.signed_in()
        invitation_link(self.user, RequestFactory().get("/"))
        assert not is_in(client)

    def test_a_session_ends_by_itself(self):
        age = self.signed_in().cookies["sessionid"]["max-age"]
        assert age == 12 * 3600

    def test_the_page_lists_them_and_ends_one(self):
        client, other = self.signed_in(), self.signed_in(headers={"user-agent": CHROME})
        page = text_of(client.get(reverse("accounts:sessions")))
        assert "Chrome, Windows" in page
        assert page.count("thiết bị này") == 1
        pk = self.user.usersession_set.get(session_key=key_of(other)).pk
        self.assertRedirects(
            client.post(reverse("accounts:session_end", args=[pk])), reverse("accounts:sessions")
        )
        assert (is_in(client), is_in(other)) == (True, False)

    def test_the_page_ends_all_others(self):
        client, others = self.signed_in(), [self.signed_in(), self.signed_in()]
        client.post(reverse("accounts:session_end_others"))
        assert is_in(client)
        assert not any(map(is_in, others))

    def test_nobody_ends_the_session_of_another(self):
        client, stranger = self.signed_in(), Client()
        stranger.force_login(make.make_user())
        pk = self.user.usersession_set.get().pk
        assert stranger.post(reverse("accounts:session_end", args=[pk])).status_code == 404
        assert is_in(client)

    def test_ones_own_session_ends_by_signing_out_alone(self):
        client = self.signed_in()
        pk = self.user.usersession_set.get().pk
        client.post(reverse("accounts:session_end", args=[pk]))
        assert is_in(client)

    def test_sessions_end_by_post_alone(self):
        client = self.signed_in()
        pk = self.user.usersession_set.get().pk
        for name, args in (("accounts:session_end", [pk]), ("accounts:session_end_others", [])):
            assert client.get(reverse(name, args=args)).status_code == 405

    def test_looking_at_the_page_writes_nothing(self):
        client = self.signed_in()
        self.user.usersession_set.create(session_key="gone", ip="10.0.0.1")
        assert "10.0.0.1" not in text_of(client.get(reverse("accounts:sessions")))
        assert self.user.usersession_set.count() == 2

    def test_sessions_that_ended_by_themselves_are_forgotten(self):
        client, old = self.signed_in(), self.signed_in()
        Session.objects.filter(session_key=key_of(old)).update(expire_date=LONG_AGO)
        clear_sessions()
        assert [each.session_key for each in Session.objects.all()] == [key_of(client)]
        assert [each.session_key for each in UserSession.objects.all()] == [key_of(client)]

    def test_browsers_are_named_as_people_know_them(self):
        edge = CHROME + " Edg/130.0"
        phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
        assert describe_browser(edge) == "Edge, Windows"
        assert describe_browser(phone) == "Safari, iPhone"
        assert describe_browser("curl/8") == ""


def key_of(client):
    return client.cookies["sessionid"].value


def steal(client):
    """Another client, with nothing but a copy of the session's cookie."""
    thief = Client()
    thief.cookies["sessionid"] = key_of(client)
    return thief


def is_in(client):
    return client.get(reverse("accounts:account")).status_code == 200
