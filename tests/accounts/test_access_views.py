"""Pages that answer: who can see this?"""

from datetime import UTC, date, datetime

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from accounts.models import User
from branches.periods import period
from evaluations.services.roll_ups import roll_up_inline
from tests import builders as make
from tests.pages import count_queries, text_of

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
JUNE_30, JULY_1 = date(2025, 6, 30), date(2025, 7, 1)


class ReadersPages(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        _other, (cls.elsewhere,) = make.make_ward("X")
        cls.member = make.make_member(cls.branch, full_name="Nguyễn Thị Ánh", code="M-SECRET")
        cls.stranger = make.make_member(cls.elsewhere)
        cls.rating = roll_up_inline(cls.ward, year=2025, at=NOON).ratings.get(member=cls.member)
        cls.users = {role: make.make_user(role) for role in Role.values}
        for role, user in cls.users.items():
            make.grant(user, role, cls.ward)
        cls.own = make.make_user("own", member=cls.member)
        cls.other_auditor = make.make_user("other")
        make.grant(cls.other_auditor, Role.AUDITOR, cls.elsewhere)

    def get(self, by, pk=None, **query):
        self.client.force_login(by)
        return self.client.get(reverse(self.page, args=[pk or self.row().pk]), query)

    def listed(self, response):
        return [reader.user.username for reader in response.context["readers"]]


class MemberReadersTests(ReadersPages):
    page = "accounts:member_readers"

    def row(self):
        return self.member

    def test_lists_everybody_who_sees_the_member(self):
        response = self.get(self.users["auditor"])
        assert self.listed(response) == ["own", "board", "office", "secretary", "leader", "auditor"]
        assert "Nguyễn Thị Ánh" in text_of(response)
        assert "M-SECRET" not in text_of(response)

    def test_for_those_who_look_after_access_and_for_oneself(self):
        for role, user in self.users.items():
            expected = 200 if role in ("auditor", "administrator") else 403
            assert self.get(user).status_code == expected, role
        assert self.get(self.own).status_code == 200

    def test_of_elsewhere_is_not_found(self):
        assert self.get(self.other_auditor).status_code == 404
        for by in (self.users["administrator"], self.users["auditor"], self.own):
            assert self.get(by, self.stranger.pk).status_code == 404
        assert self.get(self.own, 9**18).status_code == 404

    def test_as_of_another_day(self):
        self.users["leader"].grants.update(validity=period(JULY_1))
        assert "leader" not in self.listed(self.get(self.own, on="2025-06-30"))
        assert "leader" in self.listed(self.get(self.own, on="2025-07-01"))

    def test_the_day_of_the_page_opens_nothing(self):
        """Who may ask depends on today, whatever day is asked about."""
        make.move(self.member, self.elsewhere, on=JULY_1)
        assert self.get(self.users["auditor"], on="2025-06-30").status_code == 404
        response = self.get(self.other_auditor, on="2025-06-30")
        assert "auditor" in self.listed(response)

    def test_links_to_the_users_that_one_may_look_at(self):
        page = text_of(self.get(self.users["administrator"]))
        assert reverse("accounts:user", args=[self.users["board"].pk]) in page
        assert reverse("accounts:user", args=[self.users["board"].pk]) not in text_of(
            self.get(self.own)
        )

    def test_says_who_is_switched_off(self):
        User.objects.filter(pk=self.users["board"].pk).update(is_active=False)
        assert '"chip chip-warning"' in text_of(self.get(self.own))

    def test_nobody_but_oneself_when_in_no_branch(self):
        make.move(self.member, self.elsewhere, on=JULY_1)
        self.other_auditor.grants.update(validity=period(None, JUNE_30))
        assert self.listed(self.get(self.own)) == ["own"]

    def test_the_page_of_the_member_leads_there_for_who_may_ask(self):
        address = reverse("branches:member", args=[self.member.pk])
        for by, leads in ((self.own, True), ("auditor", True), ("secretary", False)):
            self.client.force_login(self.users.get(by, by))
            page = text_of(self.client.get(address))
            assert (reverse(self.page, args=[self.member.pk]) in page) == leads, by

    def test_cost_does_not_grow(self):
        self.client.force_login(self.users["auditor"])
        url = reverse(self.page, args=[self.member.pk]) + f"?org={self.ward.pk}"
        few = count_queries(self.client, url)
        for _number in range(30):
            make.grant(make.make_user(), Role.BOARD, self.branch)
        assert count_queries(self.client, url) <= few <= 18


class RatingReadersTests(ReadersPages):
    page = "evaluations:rating_readers"

    def row(self):
        return self.rating

    def test_lists_everybody_who_sees_the_rating(self):
        response = self.get(self.users["auditor"])
        assert self.listed(response) == ["own", "board", "office", "secretary", "leader", "auditor"]

    def test_for_those_who_look_after_access_and_for_oneself(self):
        for role, user in self.users.items():
            expected = 200 if role in ("auditor", "administrator") else 403
            assert self.get(user).status_code == expected, role
        assert self.get(self.own).status_code == 200
        assert self.get(self.other_auditor).status_code == 404

    def test_stays_with_the_branch_in_which_it_was_given(self):
        make.move(self.member, self.elsewhere, on=JULY_1)
        assert self.get(self.users["auditor"]).status_code == 200
        assert self.get(self.other_auditor).status_code == 404

    def test_the_page_of_the_rating_leads_there_for_who_may_ask(self):
        address = reverse("evaluations:rating", args=[self.rating.pk])
        for by, leads in ((self.own, True), ("auditor", True), ("secretary", False)):
            self.client.force_login(self.users.get(by, by))
            page = text_of(self.client.get(address))
            assert (reverse(self.page, args=[self.rating.pk]) in page) == leads, by
