from datetime import timedelta
from unittest import mock

from django.test import RequestFactory, TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import invitation_link
from accounts.models import User
from tests import builders as make
from tests.pages import text_of

NEW = "mat-khau-moi-cua-toi"


def link_for(user):
    return invitation_link(user, RequestFactory().get("/"))


class InvitationTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.user = User.objects.create_user("moi")

    def accept(self, link, password=NEW):
        return self.client.post(link, {"new_password1": password, "new_password2": password})

    def assert_spent(self, link):
        for response in (self.client.get(link), self.accept(link)):
            assert response.status_code == 410
            assert "không còn dùng được" in text_of(response)

    def test_is_an_absolute_address_that_names_the_user(self):
        link = link_for(self.user)
        assert link.startswith("http://testserver/")
        assert "moi" in text_of(self.client.get(link))

    def test_sets_the_password_and_goes_on_to_sign_in(self):
        self.assertRedirects(self.accept(link_for(self.user)), reverse("accounts:login"))
        assert User.objects.get().check_password(NEW)

    def test_works_once(self):
        link = link_for(self.user)
        self.accept(link)
        self.assert_spent(link)

    def test_a_newer_link_replaces_it(self):
        old, new = link_for(self.user), link_for(self.user)
        self.assert_spent(old)
        assert self.accept(new).status_code == 302

    def test_grows_too_old(self):
        link = link_for(self.user)
        late = (timezone.now() + timedelta(days=7, minutes=1)).timestamp()
        with mock.patch("django.core.signing.time.time", return_value=late):
            self.assert_spent(link)

    def test_a_changed_or_invented_link_is_refused(self):
        link = link_for(self.user)
        self.assert_spent(link[:-2] + "x/")
        self.assert_spent(reverse("accounts:invitation", args=["1"]))
        other = make.make_user()
        self.assert_spent(link.replace(f"/{self.user.pk}-", f"/{other.pk}-"))

    def test_somebody_who_may_no_longer_sign_in_is_not_let_in(self):
        link = link_for(self.user)
        User.objects.update(is_active=False)
        self.assert_spent(link)

    def test_who_lost_access_is_out_until_the_link_is_used(self):
        user = make.make_user()
        self.client.force_login(user)
        link_for(user)
        assert not User.objects.get(pk=user.pk).has_usable_password()
        assert self.client.get(reverse("home")).status_code == 302

    def test_weak_passwords_are_refused(self):
        link = link_for(self.user)
        for weak in ("short", "moi", "1234567890", "password123"):
            assert self.accept(link, weak).status_code == 200, weak
        assert not User.objects.get().has_usable_password()
