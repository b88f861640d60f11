from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from tests import builders as make
from tests.pages import text_of


class SignInTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = make.make_user("lan")
        cls.url = reverse("accounts:login")

    def sign_in(self, password=make.PASSWORD, **query):
        return self.client.post(self.url, {"login": "lan", "password": password, **query})

    def test_signs_in_and_goes_home(self):
        self.assertRedirects(self.sign_in(), reverse("home"))

    def test_goes_where_one_was_going(self):
        wanted = reverse("branches:search")
        self.assertRedirects(self.sign_in(next=wanted), wanted)

    def test_never_goes_to_another_site(self):
        self.assertRedirects(self.sign_in(next="https://evil.example/"), reverse("home"))

    def test_wrong_password_is_said_once_and_the_name_stays(self):
        page = text_of(self.sign_in(password="wrong"))
        assert page.count("alert-danger") == 1
        assert 'value="lan"' in page

    def test_in_vietnamese_unless_one_chooses_english(self):
        assert "Đăng nhập" in text_of(self.client.get(self.url))
        self.client.post(reverse("set_language"), {"language": "en"})
        assert "Sign in" in text_of(self.client.get(self.url))

    def test_signs_out_by_post_alone(self):
        self.client.force_login(self.user)
        assert self.client.get(reverse("accounts:logout")).status_code == 405
        self.assertRedirects(self.client.post(reverse("accounts:logout")), self.url)
        assert self.client.get(reverse("home")).status_code == 302


class NavigationTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, _branches = make.make_ward("W")

    def links(self, role):
        user = make.make_user()
        make.grant(user, role, self.ward)
        self.client.force_login(user)
        page = text_of(self.client.get(reverse("home")))
        names = ("branches:members", "assignments:tasks", "evaluations:board", "branches:meetings")
        return {name for name in names if f'href="{reverse(name)}?org={self.ward.pk}"' in page}

    def test_offers_what_the_role_may_open(self):
        everything = self.links(Role.LEADER)
        assert len(everything) == 4
        assert self.links(Role.AUDITOR) == everything
        assert self.links(Role.ADMINISTRATOR) == set()
