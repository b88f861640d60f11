"""Who may give what to whom; every service is one transaction."""

from datetime import date
from threading import Barrier, Thread

import pytest
from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections
from django.test import Client, TestCase, TransactionTestCase
from django.urls import reverse

from accounts import services
from accounts.choices import Role
from accounts.models import Grant, JournalEntry, User
from branches.models import Organization
from branches.periods import period
from tests import builders as make

JUNE_30, JULY_1, JULY_2 = date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 2)


class ServiceTests(TestCase):
    """A district with two wards; the administrator answers for the first ward."""

    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, (cls.branch,) = make.make_ward("W", parent=cls.district)
        cls.other_ward, (cls.other_branch,) = make.make_ward("X", parent=cls.district)
        cls.administrator = make.make_user("quantri")
        cls.own_grant = make.grant(cls.administrator, Role.ADMINISTRATOR, cls.ward)
        cls.user, cls.stranger = make.make_user("lan"), make.make_user("xa")
        cls.grant = make.grant(cls.user, Role.SECRETARY, cls.branch)
        cls.foreign = make.grant(cls.stranger, Role.SECRETARY, cls.other_branch)
        cls.member = make.make_member(cls.branch, code="M-1")
        cls.foreign_member = make.make_member(cls.other_branch, code="M-2")

    def give(self, user=None, *, by=None, on=JULY_1, **values):
        values = {"role": Role.OFFICE, "organization": self.ward, "reason": "QĐ 12"} | values
        return services.give_grant(user or self.user, **values, by=by or self.administrator, on=on)

    def withdraw(self, grant, *, by=None, on=JULY_1):
        return services.withdraw_grant(
            grant, reason="Thôi việc", by=by or self.administrator, on=on
        )

    def change(self, user=None, *, by=None, **values):
        values = {"full_name": "", "email": "", "member": None} | values
        return services.change_user(
            user or self.user, **values, by=by or self.administrator, on=JULY_1
        )

    def switch(self, user=None, *, active=False, by=None):
        return services.switch_user(
            user or self.user, active=active, reason="x", by=by or self.administrator, on=JULY_1
        )

    def sign_in(self, user):
        client = Client()
        client.force_login(user)
        return client

    def is_signed_in(self, client):
        return client.get(reverse("home")).status_code == 200


class VisibleUsersTests(ServiceTests):
    def seen(self, by=None, on=JULY_1):
        return set(User.objects.visible_to(by or self.administrator, on=on))

    def managed(self, by=None):
        return set(User.objects.managed_by(by or self.administrator, on=JULY_1))

    def test_those_with_a_role_in_the_scope_also_an_ended_one(self):
        assert self.seen() == {self.administrator, self.user}
        Grant.objects.filter(pk=self.grant.pk).update(validity=period(None, JUNE_30))
        assert self.seen() == {self.administrator, self.user}
        self.withdraw(self.grant, on=JUNE_30)
        assert self.seen() == {self.administrator, self.user}

    def test_those_whose_member_belongs_there_on_the_day(self):
        one = make.make_user(member=self.member)
        assert one in self.seen()
        make.move(self.member, self.other_branch, on=JULY_1)
        assert one in self.seen(on=JUNE_30)
        assert one not in self.seen(on=JULY_1)

    def test_those_invited_while_they_have_nothing(self):
        invited = services.invite_user(username="moi", by=self.administrator, on=JULY_1)
        assert invited in self.seen() & self.managed()
        colleague = make.make_user()
        make.grant(colleague, Role.ADMINISTRATOR, self.ward)
        assert invited not in self.seen(colleague)
        make.grant(invited, Role.OFFICE, self.other_ward)
        assert invited not in self.seen()

    def test_nobody_without_a_role_that_may_see_access(self):
        for role in (Role.BOARD, Role.OFFICE, Role.SECRETARY, Role.LEADER):
            user = make.make_user(role)
            make.grant(user, role, self.ward)
            assert self.seen(user) == self.managed(user) == set(), role
        auditor = make.make_user()
        make.grant(auditor, Role.AUDITOR, self.ward)
        assert self.user in self.seen(auditor)
        assert self.managed(auditor) == set(), "auditors change nothing"

    def test_an_account_that_reaches_further_is_not_managed(self):
        assert self.managed() == {self.user}
        further = make.grant(self.user, Role.LEADER, self.district, since=JULY_2)
        assert self.managed() == set(), "not even before it begins"
        Grant.objects.filter(pk=further.pk).update(withdrawn_on=JULY_1, withdrawal_reason="x")
        assert self.managed() == {self.user}
        User.objects.filter(pk=self.user.pk).update(member=self.foreign_member)
        assert self.managed() == set(), "the account opens a record of elsewhere"

    def test_is_a_part_of_the_query(self):
        with self.assertNumQueries(1):
            self.seen()
        with self.assertNumQueries(1):
            self.managed()


class InviteTests(ServiceTests):
    def invite(self, **values):
        values = {"username": "moi", "by": self.administrator, "on": JULY_1} | values
        return services.invite_user(**values)

    def test_makes_an_account_that_nobody_can_sign_in_to_yet(self):
        user = self.invite(full_name="  Nguyễn  Thị Ánh ", email="a@example.org")
        user.refresh_from_db()
        assert (user.last_name, user.first_name) == ("Nguyễn Thị", "Ánh")
        assert user.invited_by == self.administrator
        assert not user.has_usable_password()
        assert not user.scope(on=JULY_1).exists()

    def test_links_a_member_of_the_scope_alone(self):
        assert self.invite(member=self.member).member == self.member
        with pytest.raises(PermissionDenied):
            self.invite(username="hai", member=self.foreign_member)

    def test_one_user_a_member_and_an_address_and_a_name(self):
        self.invite(member=self.member, email="a@example.org")
        for field, values in (
            ("member", {"member": self.member}),
            ("__all__", {"email": "A@EXAMPLE.org"}),
            ("username", {"username": "moi"}),
            ("username", {"username": "a b"}),
            ("__all__", {"username": "MOI"}),
        ):
            with pytest.raises(ValidationError) as caught:
                self.invite(**({"username": "hai"} | values))
            assert list(caught.value.message_dict) == [field], values
        assert User.objects.filter(invited_by=self.administrator).count() == 1

    def test_only_administrators_invite(self):
        with pytest.raises(PermissionDenied):
            self.invite(by=self.user)
        with pytest.raises(PermissionDenied):
            self.invite(by=self.administrator, on=self.ended())

    def ended(self):
        Grant.objects.filter(pk=self.own_grant.pk).update(validity=period(None, JUNE_30))
        return JULY_1


class ChangeTests(ServiceTests):
    def test_changes_name_address_and_member(self):
        self.change(full_name="Ánh", email="b@example.org", member=self.member)
        self.user.refresh_from_db()
        assert self.user.called() == "Ánh"
        assert (self.user.email, self.user.member) == ("b@example.org", self.member)
        self.change()
        self.user.refresh_from_db()
        assert (self.user.email, self.user.member) == ("", None)

    def test_an_earlier_address_finds_the_account_no_more(self):
        self.change(email="Old@Example.org")
        EmailAddress.objects.create(user=self.user, email="old@example.org", verified=True)
        assert filter_users_by_email("OLD@example.org") == [self.user]
        self.change(email="new@example.org")
        assert filter_users_by_email("old@example.org", prefer_verified=True) == []
        assert filter_users_by_email("New@example.org") == [self.user]

    def test_not_of_others_nor_of_oneself(self):
        make.grant(self.administrator, Role.BOARD, self.branch)
        for user in (self.stranger, self.administrator):
            with pytest.raises(PermissionDenied):
                self.change(user)
            with pytest.raises(PermissionDenied):
                self.switch(user)

    def test_not_of_one_who_reaches_further(self):
        make.grant(self.user, Role.LEADER, self.district)
        with pytest.raises(PermissionDenied):
            self.change(email="mine@example.org")

    def test_a_member_of_elsewhere_is_refused(self):
        with pytest.raises(PermissionDenied):
            self.change(member=self.foreign_member)
        assert services.find_member("M-2", by=self.administrator, on=JULY_1) is None
        assert services.find_member("M-1", by=self.administrator, on=JULY_1) == self.member

    def test_switching_off_signs_out_at_once_and_on_lets_in_again(self):
        client = self.sign_in(self.user)
        assert self.is_signed_in(client)
        self.switch()
        assert not self.is_signed_in(client)
        assert not UserSession.objects.filter(user=self.user).exists()
        self.switch(active=True)
        assert not self.is_signed_in(client), "the old session is gone for good"
        assert self.is_signed_in(self.sign_in(self.user))

    def test_who_is_switched_off_changes_nothing(self):
        User.objects.filter(pk=self.administrator.pk).update(is_active=False)
        for act in (self.change, self.switch, self.give, lambda: self.withdraw(self.grant)):
            with pytest.raises(PermissionDenied):
                act()


class GiveTests(ServiceTests):
    def test_opens_from_the_first_day_and_says_who_gave_it_and_why(self):
        grant = self.give(until=JULY_1)
        assert grant.validity == period(JULY_1, JULY_1)
        assert (grant.granted_by, grant.reason) == (self.administrator, "QĐ 12")
        assert self.user.may("confirm_work", self.branch, on=JULY_1)
        assert not self.user.may("confirm_work", self.branch, on=JULY_2)

    def test_only_below_what_one_administers(self):
        for organization in (self.district, self.other_ward, self.other_branch):
            with pytest.raises(PermissionDenied):
                self.give(organization=organization)

    def test_a_moved_branch_is_given_by_its_new_administrator_that_day(self):
        self.branch.placements.update(validity=period(None, JUNE_30))
        make.place(self.branch, self.other_ward, since=JULY_1)
        with pytest.raises(PermissionDenied):
            self.give(organization=self.branch)
        assert self.give(organization=self.branch, on=JUNE_30).pk

    def test_never_to_oneself(self):
        with pytest.raises(PermissionDenied):
            self.give(self.administrator, role=Role.LEADER)

    def test_only_to_users_that_one_sees(self):
        with pytest.raises(PermissionDenied):
            self.give(self.stranger)

    def test_other_roles_give_nothing(self):
        for role in set(Role.values) - {Role.ADMINISTRATOR}:
            other = make.make_user(role)
            make.grant(other, role, self.district)
            with pytest.raises(PermissionDenied):
                self.give(by=other)

    def test_what_is_wrong_is_said_at_its_field(self):
        Organization.objects.filter(pk=self.branch.pk).update(validity=period(None, JULY_1))
        for field, values in (
            ("since", {"since": JUNE_30}),
            ("until", {"since": JULY_2, "until": JULY_1}),
            ("until", {"until": JUNE_30}),
            ("role", {"role": "king"}),
            ("organization", {"organization": self.branch, "since": JULY_2}),
        ):
            with pytest.raises(ValidationError) as caught:
                self.give(**values)
            assert list(caught.value.message_dict) == [field], values

    def test_not_twice_on_a_day(self):
        self.give()
        with pytest.raises(ValidationError):
            self.give(since=JULY_2)


class WithdrawTests(ServiceTests):
    def test_closes_at_once_says_who_and_why_and_signs_out(self):
        client = self.sign_in(self.user)
        grant = self.withdraw(self.grant)
        assert (grant.withdrawn_by, grant.withdrawal_reason) == (self.administrator, "Thôi việc")
        assert self.user.scope(on=JUNE_30).exists()
        assert not self.user.scope(on=JULY_1).exists()
        assert not self.is_signed_in(client)

    def test_undone_by_giving_it_again_the_same_day(self):
        grant = self.give()
        self.withdraw(grant)
        again = self.give()
        assert list(self.user.grants.valid_on(JULY_1).filter(role=Role.OFFICE)) == [again]
        assert Grant.objects.filter(pk=grant.pk).exists()

    def test_one_to_come_never_begins(self):
        grant = self.give(since=JULY_2)
        self.withdraw(grant)
        assert not self.user.grants.valid_on(JULY_2).filter(pk=grant.pk).exists()

    def test_twice_or_too_late_changes_nothing(self):
        self.withdraw(self.grant)
        colleague = make.make_user()
        make.grant(colleague, Role.ADMINISTRATOR, self.district)
        assert self.withdraw(self.grant, by=colleague, on=JULY_2).withdrawn_by == self.administrator
        ended = make.grant(self.user, Role.OFFICE, self.ward, until=JUNE_30)
        assert self.withdraw(ended).withdrawn_on is None

    def test_not_of_others_nor_ones_own(self):
        for grant in (self.foreign, self.own_grant, make.grant(self.user, "board", self.district)):
            with pytest.raises(PermissionDenied):
                self.withdraw(grant)

    def test_an_administrator_is_left_whoever_withdraws(self):
        colleague = make.make_user()
        theirs = make.grant(colleague, Role.ADMINISTRATOR, self.ward)
        self.withdraw(theirs)
        with pytest.raises(PermissionDenied):
            self.withdraw(self.own_grant, by=colleague)

    def test_a_reason_is_needed(self):
        with pytest.raises(ValidationError):
            services.withdraw_grant(self.grant, reason="", by=self.administrator, on=JULY_1)


class RaceTests(TransactionTestCase):
    """Two administrators who withdraw each other's role in the same moment."""

    def test_one_of_them_comes_too_late(self):
        ward, _branches = make.make_ward("W")
        users = [make.make_user(), make.make_user()]
        grants = [make.grant(user, Role.ADMINISTRATOR, ward) for user in users]
        barrier, answers = Barrier(2), []

        def withdraw(by, grant):
            barrier.wait()
            try:
                services.withdraw_grant(grant, reason="x", by=by, on=JULY_1)
                answers.append("withdrawn")
            except PermissionDenied:
                answers.append("refused")
            finally:
                connections["default"].close()

        threads = [
            Thread(target=withdraw, args=pair) for pair in zip(users, grants[::-1], strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == ["refused", "withdrawn"]
        assert Grant.objects.valid_on(JULY_1).count() == 1


class TrailTests(ServiceTests):
    def last_entry(self):
        return JournalEntry.objects.filter(table_name=Grant._meta.db_table).order_by("pk").last()

    def test_what_is_done_is_put_down_to_who_did_it_and_why(self):
        grant = self.give()
        assert (self.last_entry().user, self.last_entry().reason) == (self.administrator, "QĐ 12")
        self.withdraw(grant)
        assert self.last_entry().reason == "Thôi việc"
        [change] = self.last_entry().changes.all()
        assert change.before["withdrawn_on"] is None
        assert change.after["withdrawn_by_id"] == self.administrator.pk

    def test_and_nothing_after_it(self):
        self.give()
        make.grant(self.user, Role.AUDITOR, self.ward)
        assert self.last_entry().user is None
