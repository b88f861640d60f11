"""Pages of users and grants."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Grant, User
from branches.periods import period
from tests import builders as make
from tests.pages import HTMX, count_queries, text_of


class UserPages(TestCase):
    """A ward with an administrator, an auditor and a secretary, and a user of another ward."""

    @classmethod
    def setUpTestData(cls):
        cls.today = timezone.localdate()
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.branch,) = make.make_ward("W", parent=cls.district)
        cls.other_ward, (cls.other_branch,) = make.make_ward("X", parent=cls.district)
        cls.administrator, cls.auditor = make.make_user("quantri"), make.make_user("kiemtra")
        cls.own_grant = make.grant(cls.administrator, Role.ADMINISTRATOR, cls.ward)
        make.grant(cls.auditor, Role.AUDITOR, cls.ward)
        cls.user, cls.stranger = cls.make_people("anh", "Nguyễn Thị", "Ánh"), make.make_user("xala")
        cls.grant = make.grant(cls.user, Role.SECRETARY, cls.branch)
        cls.foreign = make.grant(cls.stranger, Role.SECRETARY, cls.other_branch)
        cls.member = make.make_member(cls.branch, code="M-1", full_name="Đỗ Văn Bình")
        cls.foreign_member = make.make_member(cls.other_branch, code="M-2")

    @staticmethod
    def make_people(username, last_name, first_name):
        user = make.make_user(username)
        User.objects.filter(pk=user.pk).update(
            last_name=last_name, first_name=first_name, email=f"{username}@example.org"
        )
        user.refresh_from_db()
        return user

    def url(self, name, *args):
        return reverse(f"accounts:{name}", args=args) + f"?org={self.ward.pk}"

    def get(self, name, *args, by=None, headers=None, **query):
        self.client.force_login(by or self.administrator)
        return self.client.get(self.url(name, *args), query, headers=headers)

    def post(self, name, *args, by=None, **values):
        self.client.force_login(by or self.administrator)
        return self.client.post(self.url(name, *args), values)


class UserListTests(UserPages):
    def names(self, **query):
        response = self.get("users", **query)
        return [row.name for row in response.context["table"].page.object_list.data]

    def test_lists_the_users_of_the_scope_by_given_name(self):
        assert self.names() == ["Nguyễn Thị Ánh", "kiemtra", "quantri"]

    def test_search_needs_no_diacritics_and_looks_at_every_name(self):
        linked = make.make_user("u9", member=self.member)
        assert self.names(q="nguyen anh") == ["Nguyễn Thị Ánh"]
        assert self.names(q="anh@exam") == ["Nguyễn Thị Ánh"]
        assert self.names(q="KIEM") == ["kiemtra"]
        assert self.names(q="do binh") == self.names(q="u9") == [linked.called()]
        assert self.names(q="xala") == []

    def test_filters(self):
        Authenticator.objects.create(user=self.auditor, type="totp", data={})
        Authenticator.objects.create(user=self.user, type="recovery_codes", data={})
        User.objects.filter(pk=self.user.pk).update(is_active=False)
        assert self.names(role="auditor") == ["kiemtra"]
        assert self.names(organization=self.branch.pk) == ["Nguyễn Thị Ánh"]
        assert self.names(active="no") == ["Nguyễn Thị Ánh"]
        assert self.names(active="yes", second_factor="no") == ["quantri"]
        assert self.names(second_factor="yes") == ["kiemtra"]

    def test_shows_roles_of_the_scope_and_day_alone(self):
        make.grant(self.user, Role.LEADER, self.other_ward)
        Grant.objects.filter(pk=self.grant.pk).update(
            validity=period(None, self.today - timedelta(days=1))
        )
        rows = text_of(self.get("users", headers=HTMX))
        assert "Bí thư" not in rows
        assert "Lãnh đạo" not in rows
        yesterday = self.today - timedelta(days=1)
        assert "Bí thư" in text_of(self.get("users", on=yesterday, headers=HTMX))

    def test_offers_organizations_of_the_scope_alone(self):
        choices = self.get("users").context["filters"].form.fields["organization"].choices
        assert {pk for pk, _name in choices if pk} == {self.ward.pk, self.branch.pk}

    def test_auditors_read_and_others_may_not(self):
        invite = reverse("accounts:user_invite")
        assert invite in text_of(self.get("users"))
        assert invite not in text_of(self.get("users", by=self.auditor))
        assert self.get("users", by=self.user).status_code == 403

    def test_the_menu_leads_there(self):
        self.client.force_login(self.administrator)
        assert self.url("users") in text_of(self.client.get(reverse("home")))
        self.client.force_login(self.user)
        assert reverse("accounts:users") not in text_of(self.client.get(reverse("home")))

    def test_the_home_page_of_an_administrator_counts_users_and_roles(self):
        Authenticator.objects.create(user=self.user, type="totp", data={})
        self.client.force_login(self.administrator)
        accounts = self.client.get(reverse("home")).context["accounts"]
        assert (accounts.users, accounts.grants, accounts.without_second_factor) == (3, 3, 2)

    def test_htmx_gets_the_list_alone(self):
        assert "<html" not in text_of(self.get("users", headers=HTMX))

    def test_bad_input_is_no_error(self):
        for query in (
            {"q": "%_\\' \u202e" * 40},
            {"role": "king"},
            {"organization": str(self.other_branch.pk)},
            {"organization": "x"},
            {"active": "maybe"},
            {"sort": "password"},
            {"page": "9"},
        ):
            assert self.get("users", **query).status_code == 200, query

    def test_sorts_by_every_column(self):
        for column in ("name", "username", "second_factor", "last_login", "is_active"):
            assert self.get("users", sort=f"-{column}").status_code == 200

    def test_as_many_queries_for_many_as_for_few(self):
        self.client.force_login(self.administrator)
        few = count_queries(self.client, self.url("users"))
        for number in range(60):
            make.grant(make.make_user(f"many{number}"), Role.BOARD, self.branch)
        assert count_queries(self.client, self.url("users")) <= few <= 12


class UserPageTests(UserPages):
    def test_says_what_one_holds_since_when_and_from_whom(self):
        Grant.objects.create(
            user=self.user,
            role=Role.OFFICE,
            organization=self.ward,
            validity=period(make.LONG_AGO),
            granted_by=self.administrator,
            reason="QĐ 7",
        )
        page = text_of(self.get("user", self.user.pk))
        for words in ("Nguyễn Thị Ánh", "Văn phòng", "từ 01/01/2000", "quantri", "QĐ 7"):
            assert words in page

    def test_says_what_one_can_see_and_why_on_each_day(self):
        make.move(self.member, self.other_branch, on=self.today)
        grant, _parts = self.get("user", self.user.pk).context["reach"][0]
        assert (grant.organizations, grant.members) == (1, 0)
        yesterday = self.today - timedelta(days=1)
        grant, _parts = self.get("user", self.user.pk, on=yesterday).context["reach"][0]
        assert (grant.organizations, grant.members) == (1, 1)
        Grant.objects.filter(pk=self.grant.pk).update(validity=period(self.today))
        assert self.get("user", self.user.pk, on=yesterday).context["reach"] == []

    def test_leads_to_what_the_user_changed_and_read(self):
        page = text_of(self.get("user", self.user.pk))
        for name in ("journal", "access_log"):
            address = self.url(name) + "&amp;q=anh"
            assert address in page
            assert self.client.get(address.replace("&amp;", "&")).status_code == 200

    def test_own_record_by_the_linked_member(self):
        User.objects.filter(pk=self.user.pk).update(member=self.member)
        page = text_of(self.get("user", self.user.pk))
        assert reverse("accounts:member_readers", args=[self.member.pk]) in page

    def test_earlier_roles_stay_with_who_withdrew_them_and_why(self):
        Grant.objects.filter(pk=self.grant.pk).update(
            withdrawn_on=self.today, withdrawn_by=self.auditor, withdrawal_reason="Nghỉ hưu"
        )
        response = self.get("user", self.user.pk)
        assert response.context["grants"] == []
        assert "Nghỉ hưu" in text_of(response)

    def test_roles_of_elsewhere_are_not_told(self):
        make.grant(self.user, Role.LEADER, self.other_ward)
        response = self.get("user", self.user.pk)
        assert response.context["elsewhere"]
        assert not response.context["manages"]
        assert f">{self.other_ward.name}<" not in text_of(response)

    def test_counts_browsers_signed_in(self):
        for _number in range(2):
            Client().force_login(self.user)
        assert self.get("user", self.user.pk).context["sessions"] == 2

    def test_users_of_elsewhere_are_not_found(self):
        assert self.get("user", self.stranger.pk).status_code == 404
        for name in ("user_change", "user_switch", "user_invitation", "grant_give"):
            assert self.get(name, self.stranger.pk).status_code == 404, name
            assert self.post(name, self.stranger.pk).status_code == 404, name

    def test_auditors_read_and_change_nothing(self):
        page = text_of(self.get("user", self.user.pk, by=self.auditor))
        assert "Nguyễn Thị Ánh" in page
        assert "/withdraw/" not in page
        for name in ("user_change", "user_switch", "user_invitation", "grant_give"):
            assert self.post(name, self.user.pk, by=self.auditor).status_code == 403, name
        assert self.post("grant_withdraw", self.grant.pk, by=self.auditor).status_code == 403

    def test_ones_own_account_is_seen_and_not_changed(self):
        page = text_of(self.get("user", self.administrator.pk))
        assert "/withdraw/" not in page
        for name in ("user_change", "user_switch", "user_invitation", "grant_give"):
            assert self.get(name, self.administrator.pk).status_code == 403, name
            assert self.post(name, self.administrator.pk).status_code == 403, name
        assert self.post("grant_withdraw", self.own_grant.pk).status_code == 403

    def test_cost_does_not_grow(self):
        self.client.force_login(self.administrator)
        url = self.url("user", self.user.pk)
        few = count_queries(self.client, url)
        for _number in range(10):
            here = make.make_organization(parent=self.ward)
            make.grant(self.user, Role.OFFICE, here, since=self.today)
            make.grant(self.user, Role.OFFICE, here, until=make.LONG_AGO)
        assert count_queries(self.client, url) <= few <= 16


class InvitePageTests(UserPages):
    def test_shows_a_link_once_by_which_the_user_comes_in(self):
        response = self.post("user_invite", username="moi", full_name="Lê Mới", member="M-1")
        user = User.objects.get(username="moi")
        assert (user.member, user.invited_by) == (self.member, self.administrator)
        assert response.context["link"] in text_of(response)
        assert "no-store" in response["Cache-Control"]
        assert "/invitation/" not in text_of(self.get("user", user.pk)).replace(
            self.url("user_invitation", user.pk), ""
        )
        assert Client().get(response.context["link"]).status_code == 200

    def test_a_card_number_of_elsewhere_is_answered_as_one_that_does_not_exist(self):
        answers = [
            self.post("user_invite", username="moi", member=code).context["form"].errors["member"]
            for code in ("M-2", "NO-SUCH")
        ]
        assert answers[0] == answers[1]
        assert not User.objects.filter(username="moi").exists()

    def test_what_is_taken_is_said_and_what_was_typed_stays(self):
        for values in (
            {"username": "ANH"},
            {"username": "moi", "email": "ANH@example.org"},
            {"username": "a b"},
            {"username": "moi", "email": "x"},
            {"username": ""},
        ):
            response = self.post("user_invite", full_name="Lê Mới", **values)
            assert response.context["form"].errors, values
            assert 'value="Lê Mới"' in text_of(response)
        User.objects.filter(pk=self.user.pk).update(member=self.member)
        response = self.post("user_invite", username="moi", member="M-1")
        assert "member" in response.context["form"].errors

    def test_a_new_link_replaces_the_first(self):
        first = self.post("user_invite", username="moi").context["link"]
        user = User.objects.get(username="moi")
        assert self.get("user_invitation", user.pk).status_code == 200
        assert Client().get(first).status_code == 200, "looking changes nothing"
        second = self.post("user_invitation", user.pk).context["link"]
        assert Client().get(first).status_code == 410
        assert Client().get(second).status_code == 200

    def test_the_second_factor_goes_only_when_that_is_asked_for(self):
        Authenticator.objects.create(user=self.user, type="totp", data={})
        Authenticator.objects.create(user=self.user, type="recovery_codes", data={})
        assert 'name="forget"' in text_of(self.get("user_invitation", self.user.pk))
        self.post("user_invitation", self.user.pk)
        assert Authenticator.objects.filter(user=self.user).count() == 2
        self.post("user_invitation", self.user.pk, forget="yes")
        assert not Authenticator.objects.filter(user=self.user).exists()
        assert 'name="forget"' not in text_of(self.get("user_invitation", self.user.pk))

    def test_only_administrators(self):
        assert self.post("user_invite", by=self.auditor, username="moi").status_code == 403
        assert self.post("user_invite", by=self.user, username="moi").status_code == 403


class ChangePageTests(UserPages):
    def test_changes_and_keeps_the_link_that_is_not_named(self):
        User.objects.filter(pk=self.user.pk).update(member=self.member)
        response = self.post(
            "user_change", self.user.pk, full_name="Lê Ánh", email="le@example.org"
        )
        self.assertRedirects(response, self.url("user", self.user.pk))
        self.user.refresh_from_db()
        assert (self.user.called(), self.user.member) == ("Lê Ánh", self.member)
        self.post("user_change", self.user.pk, unlink="on")
        self.user.refresh_from_db()
        assert self.user.member is None

    def test_the_card_number_is_not_shown(self):
        User.objects.filter(pk=self.user.pk).update(member=self.member)
        for name in ("user", "user_change"):
            assert "M-1" not in text_of(self.get(name, self.user.pk))

    def test_a_member_of_elsewhere_or_of_another_user_is_an_error(self):
        make.make_user(member=self.member)
        for code in ("M-1", "M-2"):
            response = self.post("user_change", self.user.pk, member=code)
            assert "member" in response.context["form"].errors
        response = self.post("user_change", self.auditor.pk, email="anh@example.org")
        assert response.context["form"].errors

    def test_switched_off_with_a_reason_and_on_again(self):
        other = Client()
        other.force_login(self.user)
        assert self.post("user_switch", self.user.pk, to="off").context["form"].errors
        self.post("user_switch", self.user.pk, to="off", reason="Nghỉ")
        self.post("user_switch", self.user.pk, to="off", reason="Nghỉ")
        self.user.refresh_from_db()
        assert not self.user.is_active, "sent twice it is switched once"
        assert other.get(reverse("home")).status_code == 302
        self.post("user_switch", self.user.pk, to="on", reason="Trở lại")
        self.user.refresh_from_db()
        assert self.user.is_active


class GivePageTests(UserPages):
    def give(self, **values):
        values = {"role": "office", "organization": "W", "reason": "QĐ 1"} | values
        return self.post("grant_give", self.user.pk, **values)

    def test_gives_from_today(self):
        self.assertRedirects(self.give(until="31/12/2099"), self.url("user", self.user.pk))
        grant = self.user.grants.get(role="office")
        assert (grant.organization, grant.granted_by) == (self.ward, self.administrator)
        assert grant.validity.lower == self.today

    def test_an_organization_of_elsewhere_is_answered_as_one_that_does_not_exist(self):
        answers = [
            self.give(organization=code).context["form"].errors["organization"]
            for code in ("X", "D", "X-1", "NO-SUCH")
        ]
        assert all(answer == answers[0] for answer in answers)
        assert self.user.grants.count() == 1

    def test_what_is_wrong_is_said_at_its_field(self):
        for field, values in (
            ("reason", {"reason": ""}),
            ("since", {"since": "01/01/2020"}),
            ("since", {"since": "x"}),
            ("until", {"until": "01/01/2020"}),
            ("role", {"role": "king"}),
            ("__all__", {"role": "secretary", "organization": "W-1"}),
        ):
            assert list(self.give(**values).context["form"].errors) == [field], values

    def test_offers_what_one_administers_below_the_organization_acted_for(self):
        widget = self.get("grant_give", self.user.pk).context["form"].fields["organization"].widget
        assert [code for code, _name in widget.choices if code] == ["W", "W-1"]

    def test_where_there_are_many_a_code_is_typed(self):
        for number in range(201):
            make.make_organization(code=f"W-N{number}", parent=self.ward)
        page = text_of(self.get("grant_give", self.user.pk))
        assert "<datalist" in page
        assert 'value="W"' in page
        self.assertRedirects(self.give(organization="W-N200"), self.url("user", self.user.pk))


class WithdrawPageTests(UserPages):
    def test_names_what_will_be_lost(self):
        page = text_of(self.get("grant_withdraw", self.grant.pk))
        for words in ("Nguyễn Thị Ánh", "Bí thư", self.branch.name):
            assert words in page

    def test_withdraws_with_a_reason(self):
        assert self.post("grant_withdraw", self.grant.pk).context["form"].errors
        response = self.post("grant_withdraw", self.grant.pk, reason="Thôi việc")
        self.assertRedirects(response, self.url("user", self.user.pk))
        self.grant.refresh_from_db()
        assert (self.grant.withdrawn_on, self.grant.withdrawn_by) == (
            self.today,
            self.administrator,
        )
        assert self.get("grant_withdraw", self.grant.pk).status_code == 404

    def test_grants_of_elsewhere_are_not_found(self):
        above = make.grant(self.user, Role.LEADER, self.district)
        for grant in (self.foreign, above):
            assert self.get("grant_withdraw", grant.pk).status_code == 404
            assert self.post("grant_withdraw", grant.pk, reason="x").status_code == 404
        assert not Grant.objects.exclude(withdrawn_on=None).exists()
