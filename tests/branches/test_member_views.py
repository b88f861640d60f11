from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from branches.periods import period
from tests import builders as make
from tests.pages import HTMX, count_queries, text_of

MARCH_1 = date(2025, 3, 1)


class MemberListTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch, cls.second) = make.make_ward("W", branches=2)
        _other_ward, (cls.elsewhere,) = make.make_ward("X")
        cls.an = make.make_member(cls.branch, code="M-AN", full_name="Nguyễn Thị Ánh")
        cls.binh = make.make_member(cls.second, full_name="Đỗ Văn Bình", person_class="leader")
        cls.stranger = make.make_member(cls.elsewhere, full_name="Trần Xa Lạ")
        cls.user = make.make_user()
        make.grant(cls.user, Role.LEADER, cls.ward)
        cls.url = reverse("branches:members")

    def get(self, user=None, headers=None, **query):
        self.client.force_login(user or self.user)
        return self.client.get(self.url, query, headers=headers)

    def names(self, **query):
        return [row.full_name for row in self.get(**query).context["table"].page.object_list.data]

    def test_lists_the_members_of_the_scope_by_given_name(self):
        assert self.names() == ["Nguyễn Thị Ánh", "Đỗ Văn Bình"]

    def test_search_needs_no_diacritics(self):
        assert self.names(q="nguyen anh") == ["Nguyễn Thị Ánh"]
        assert self.names(q="do van") == ["Đỗ Văn Bình"]

    def test_search_by_party_card_is_for_who_may_see_it(self):
        assert self.names(q="M-A") == []
        make.grant(self.user, Role.BOARD, self.ward)
        assert self.names(q="M-A") == ["Nguyễn Thị Ánh"]

    def test_filters(self):
        make.make_status(self.an, "exempt")
        assert self.names(branch=self.second.pk) == ["Đỗ Văn Bình"]
        assert self.names(person_class="leader") == ["Đỗ Văn Bình"]
        assert self.names(status="exempt") == ["Nguyễn Thị Ánh"]
        assert self.names(status="active") == ["Đỗ Văn Bình"]

    def test_the_day_chooses_who_belonged(self):
        self.binh.memberships.update(validity=period(MARCH_1))
        assert self.names(on="2025-02-28") == ["Nguyễn Thị Ánh"]
        assert len(self.names(on="2025-03-01")) == 2

    def test_htmx_gets_the_list_alone(self):
        response = self.get(headers=HTMX)
        assert "<html" not in text_of(response)
        assert "Nguyễn Thị Ánh" in text_of(response)
        assert "HX-Request" in response["Vary"]

    def test_links_keep_organization_and_day(self):
        response = self.get(org=self.branch.pk, on="2025-03-01")
        address = reverse("branches:member", args=[self.an.pk])
        assert f"{address}?org={self.branch.pk}&amp;on=2025-03-01" in text_of(response)

    def test_bad_input_is_no_error(self):
        for query in (
            {"page": "x"},
            {"page": "-1"},
            {"page": "99"},
            {"sort": "password"},
            {"branch": "999999"},
            {"branch": "x"},
            {"status": "x"},
            {"q": "%_\\' \u202e" * 50},
        ):
            with self.subTest(query=query):
                assert self.get(**query).status_code == 200

    def test_anonymous_is_sent_to_sign_in(self):
        response = self.client.get(self.url)
        self.assertRedirects(response, f"{reverse('accounts:login')}?next={self.url}")

    def test_administrator_may_not_see_members(self):
        administrator = make.make_user()
        make.grant(administrator, Role.ADMINISTRATOR, self.ward)
        assert self.get(administrator).status_code == 403

    def test_organization_of_others_is_not_found(self):
        assert self.get(org=self.elsewhere.pk).status_code == 404
        assert self.get(org="9" * 30).status_code == 404
        assert self.get(org="x").status_code == 404

    def test_only_reads(self):
        self.client.force_login(self.user)
        assert self.client.post(self.url).status_code == 405

    def test_as_many_queries_for_many_as_for_few(self):
        self.client.force_login(self.user)
        url = f"{self.url}?org={self.ward.pk}"
        few = count_queries(self.client, url)
        for _number in range(60):
            make.make_member(self.branch)
        assert count_queries(self.client, url) <= few <= 13


class MemberPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.member = make.make_member(cls.branch, full_name="Nguyễn Thị Ánh")
        cls.stranger = make.make_member(make.make_ward("X")[1][0])
        cls.leader, cls.own = make.make_user(), make.make_user(member=cls.member)
        make.grant(cls.leader, Role.LEADER, cls.ward)
        for month in (1, 2):
            make.attend(make.make_meeting(cls.branch, date(2025, month, 3)), cls.member)
        make.make_status(cls.member, "away", since=date(2024, 1, 1), until=date(2024, 2, 1))
        make.make_task(cls.member, cls.branch, 2025, title="Vận động hội viên")
        make.make_assignment(cls.member, cls.branch)

    def get(self, user, member=None, **query):
        self.client.force_login(user)
        return self.client.get(reverse("branches:member", args=[(member or self.member).pk]), query)

    def test_shows_what_is_known(self):
        page = text_of(self.get(self.leader))
        for words in (
            "Nguyễn Thị Ánh",
            "03/01/2025",
            "01/01/2024 đến 01/02/2024",
            "Vận động hội viên",
            "Chỉ đạo toàn diện",
        ):
            assert words in page

    def test_an_administrator_looks_after_accounts_not_people(self):
        administrator = make.make_user()
        make.grant(administrator, Role.ADMINISTRATOR, self.ward)
        assert self.get(administrator).status_code == 403
        search = self.client.get(reverse("branches:search"), {"q": "anh"})
        assert "Nguyễn Thị Ánh" not in text_of(search)

    def test_attendance_of_another_year(self):
        make.attend(make.make_meeting(self.branch, date(2024, 5, 3)), self.member, "unexcused")
        response = self.get(self.leader, year=2024)
        assert response.context["page"].unexcused == 1
        assert response.context["page"].present == 0

    def test_ones_own_record_needs_no_grant(self):
        response = self.get(self.own)
        assert response.status_code == 200
        assert "Vận động hội viên" in text_of(response)

    def test_others_are_not_found(self):
        assert self.get(self.leader, self.stranger).status_code == 404
        assert self.get(self.own, self.stranger).status_code == 404

    def test_cost_does_not_grow(self):
        self.client.force_login(self.leader)
        url = reverse("branches:member", args=[self.member.pk]) + f"?org={self.ward.pk}"
        few = count_queries(self.client, url)
        for day in range(4, 28):
            make.attend(make.make_meeting(self.branch, date(2025, 2, day)), self.member)
            make.make_task(self.member, self.branch, 2025)
        assert count_queries(self.client, url) <= few <= 27
