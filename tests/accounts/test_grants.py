"""Grants on record: what the database refuses, and what they open on which day."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import TestCase

from accounts.choices import Role
from accounts.models import Grant, User
from branches.models import Member, Organization, Succession
from branches.periods import period
from evaluations.models import Rating
from tests import builders as make

JUNE_30, JULY_1, JULY_2 = date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 2)


class ConstraintTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, _branches = make.make_ward("W")
        cls.user, cls.giver = make.make_user("lan"), make.make_user("minh")
        cls.grant = make.grant(cls.user, Role.BOARD, cls.ward)

    def test_what_was_given_does_not_change_and_is_not_deleted(self):
        self.refused("grant_says_what_was_given", role="leader")
        self.refused("grant_says_what_was_given", user=self.giver)
        self.refused("grant_says_what_was_given", organization=make.make_organization())
        self.refused("grant_says_what_was_given", reason="another")
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            Grant.objects.filter(pk=self.grant.pk).delete()
        assert Grant.objects.filter(pk=self.grant.pk).exists()

    def test_a_withdrawal_is_final(self):
        self.withdraw(self.grant, on=JULY_1)
        self.refused("grant_withdrawal_is_final", withdrawn_on=None, withdrawal_reason="")
        self.refused("grant_withdrawal_is_final", withdrawn_on=JULY_2)
        self.refused("grant_withdrawal_is_final", validity=period(JULY_2))

    def refused(self, name, **values):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            Grant.objects.filter(pk=self.grant.pk).update(**values)
        assert caught.value.__cause__.diag.constraint_name == name

    def test_nobody_gives_or_withdraws_a_role_of_their_own(self):
        with pytest.raises(IntegrityError, match="grant_not_to_oneself"), transaction.atomic():
            Grant.objects.create(
                user=self.user, role=Role.LEADER, organization=self.ward, granted_by=self.user
            )
        self.refused(
            "grant_not_withdrawn_by_oneself",
            withdrawn_by=self.user,
            withdrawn_on=JULY_1,
            withdrawal_reason="x",
        )

    def test_a_withdrawal_has_a_day_and_a_reason(self):
        self.refused("grant_withdrawn_with_reason", withdrawn_on=JULY_1)
        self.refused("grant_withdrawn_with_reason", withdrawal_reason="x")
        self.refused("grant_withdrawn_with_reason", withdrawn_by=self.giver)

    def test_once_a_day_unless_the_first_is_withdrawn(self):
        with pytest.raises(IntegrityError, match="grant_once_a_day"), transaction.atomic():
            make.grant(self.user, Role.BOARD, self.ward, since=JULY_1)
        self.withdraw(self.grant, on=JULY_1)
        again = make.grant(self.user, Role.BOARD, self.ward, since=JULY_1)
        assert list(self.user.grants.valid_on(JULY_1)) == [again]

    def test_a_user_with_a_grant_is_never_deleted(self):
        with pytest.raises(ProtectedError):
            self.user.delete()

    def test_one_account_a_name_and_an_address_in_whatever_case(self):
        User.objects.filter(pk=self.user.pk).update(email="lan@example.org")
        for name, values in (
            ("user_name_once", {"username": "LAN"}),
            ("user_email_once", {"email": "Lan@Example.org"}),
            ("user_not_invited_by_oneself", {"invited_by": self.giver}),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                User.objects.filter(pk=self.giver.pk).update(**values)
        User.objects.filter(pk=self.user.pk).update(email="")
        assert self.giver.email == "", "users without an address are no duplicates"

    def test_names_are_written_as_in_vietnam(self):
        user = User(username="an", last_name="Nguyễn Thị", first_name="Ánh")
        assert user.get_full_name() == user.called() == "Nguyễn Thị Ánh"
        assert User(username="an").called() == "an"
        assert make.make_user(member=make.make_member(full_name="Đỗ Bình")).called() == "Đỗ Bình"

    @staticmethod
    def withdraw(grant, *, on):
        Grant.objects.filter(pk=grant.pk).update(withdrawn_on=on, withdrawal_reason="x")


class ValidityTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.other_ward, (cls.other_branch,) = make.make_ward("X")
        cls.member = make.make_member(cls.branch)
        cls.user = make.make_user()

    def sees(self, on):
        seen = Member.objects.visible_to(self.user, on=on)
        assert self.user.may("see_members", self.branch, on=on) == (self.member in seen)
        assert bool(self.user.roles(on=on)) == self.user.scope(on=on).exists()
        return self.member in seen

    def test_opens_nothing_before_its_first_and_after_its_last_day(self):
        make.grant(self.user, Role.OFFICE, self.ward, since=JULY_1, until=JULY_1)
        assert [self.sees(day) for day in (JUNE_30, JULY_1, JULY_2)] == [False, True, False]

    def test_a_withdrawal_closes_on_its_day_and_keeps_what_was(self):
        grant = make.grant(self.user, Role.OFFICE, self.ward)
        ConstraintTests.withdraw(grant, on=JULY_1)
        assert [self.sees(day) for day in (JUNE_30, JULY_1, JULY_2)] == [True, False, False]

    def test_withdrawn_on_its_first_day_it_never_opened_anything(self):
        grant = make.grant(self.user, Role.OFFICE, self.ward, since=JULY_1)
        ConstraintTests.withdraw(grant, on=JULY_1)
        assert not any(self.sees(day) for day in (JUNE_30, JULY_1, JULY_2))
        assert Grant.objects.get().validity == period(JULY_1)

    def test_open_on_holds_the_valid_ones_and_those_to_come(self):
        ended = make.grant(self.user, Role.BOARD, self.ward, until=JUNE_30)
        valid = make.grant(self.user, Role.OFFICE, self.ward, until=JULY_1)
        coming = make.grant(self.user, Role.LEADER, self.ward, since=JULY_2)
        assert set(Grant.objects.open_on(JULY_1)) == {valid, coming}
        ConstraintTests.withdraw(coming, on=JULY_1)
        assert set(Grant.objects.open_on(JULY_1)) == {valid}
        assert set(Grant.objects.open_on(JUNE_30)) == {ended, valid, coming}


class TreeTests(TestCase):
    """A branch takes the access to it along on the day on which it moves."""

    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.other_ward, _branches = make.make_ward("X")
        cls.member = make.make_member(cls.branch)
        cls.old, cls.new, cls.own = (make.make_user() for _ in range(3))
        make.grant(cls.old, Role.LEADER, cls.ward)
        make.grant(cls.new, Role.LEADER, cls.other_ward)
        make.grant(cls.own, Role.SECRETARY, cls.branch)

    def seers(self, on, model=Member):
        row = self.member if model is Member else self.branch
        return [
            user
            for user in (self.old, self.new, self.own)
            if model.objects.visible_to(user, on=on).filter(pk=row.pk).exists()
        ]

    def test_access_moves_that_day_and_back_again(self):
        self.branch.placements.update(validity=period(None, JUNE_30))
        make.place(self.branch, self.other_ward, since=JULY_1, until=JULY_1)
        make.place(self.branch, self.ward, since=JULY_2)
        for model in (Member, Organization):
            assert self.seers(JUNE_30, model) == [self.old, self.own]
            assert self.seers(JULY_1, model) == [self.new, self.own]
            assert self.seers(JULY_2, model) == [self.old, self.own]

    def test_access_moves_when_the_ward_above_moves(self):
        district, other = (make.make_organization("district", code=code) for code in "DE")
        above = make.make_user()
        make.grant(above, Role.BOARD, other)
        make.place(self.ward, district, until=JUNE_30)
        make.place(self.ward, other, since=JULY_1)
        seen = [
            Member.objects.visible_to(above, on=day).exists() for day in (JUNE_30, JULY_1, JULY_2)
        ]
        assert seen == [False, True, True]

    def test_a_member_takes_the_access_along(self):
        there = make.make_organization(code="X-9", parent=self.other_ward)
        make.move(self.member, there, on=JULY_1)
        assert self.seers(JUNE_30) == [self.old, self.own]
        assert self.seers(JULY_1) == [self.new]

    def test_a_grant_on_a_dissolved_organization_opens_nothing_of_its_successor(self):
        successor = make.make_organization(code="W-2", parent=self.ward, since=JULY_1)
        Organization.objects.filter(pk=self.branch.pk).update(validity=period(None, JUNE_30))
        Succession.objects.create(
            organization=self.branch, successor=successor, on=JULY_1, kind="merge"
        )
        make.move(self.member, successor, on=JULY_1)
        assert self.seers(JUNE_30) == [self.old, self.own]
        assert self.seers(JULY_1) == [self.old], "the ward's grant holds for what is below it"
        assert not self.own.may("see_organization", successor, on=JULY_2)
        assert not Rating.objects.visible_to(self.own, on=JULY_2).exists()
