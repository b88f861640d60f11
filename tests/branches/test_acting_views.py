from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from tests import builders as make
from tests.pages import text_of


class ActingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", name="Huyện ủy D")
        cls.ward, (cls.branch,) = make.make_ward("W", parent=cls.district)
        cls.second, _branches = make.make_ward("V")
        cls.hidden, _branches = make.make_ward("H")
        cls.user = make.make_user()
        make.grant(cls.user, Role.LEADER, cls.ward)
        make.grant(cls.user, Role.LEADER, cls.second)
        cls.members = reverse("branches:members")

    def setUp(self):
        self.client.force_login(self.user)

    def test_a_day_typed_as_people_do_is_put_right_in_the_address(self):
        response = self.client.get(self.members, {"on": "5/3/2025", "q": "an"})
        self.assertRedirects(
            response, f"{self.members}?q=an&on=2025-03-05", fetch_redirect_response=False
        )

    def test_what_is_no_day_is_said_and_left_out(self):
        for typed in ("31/02/2025", "soon", "01/01/0900"):
            with self.subTest(typed=typed):
                response = self.client.get(self.members, {"on": typed}, follow=True)
                assert response.redirect_chain == [(self.members, 302)]
                assert "không phải là một ngày" in text_of(response)

    def test_a_past_day_stands_at_the_top(self):
        page = text_of(self.client.get(self.members, {"on": "2025-03-05"}))
        assert "xem tại ngày 05/03/2025" in page

    def test_a_past_day_opens_nothing_that_is_closed_today(self):
        guest = make.make_user()
        make.grant(guest, Role.LEADER, self.ward, until=date(2025, 1, 1))
        self.client.force_login(guest)
        query = {"org": self.ward.pk, "on": "2024-12-01"}
        assert self.client.get(self.members, query).status_code == 403
        make.grant(guest, Role.LEADER, self.second)
        assert self.client.get(self.members, query).status_code == 404

    def test_offers_the_tree_and_where_one_holds_a_role(self):
        url = reverse("branches:acting")
        page = text_of(self.client.get(url, {"org": self.ward.pk, "page": "/members/"}))
        assert f'href="/members/?org={self.branch.pk}"' in page
        assert f'href="/members/?org={self.second.pk}"' in page
        assert "Huyện ủy D" not in page
        assert f"?org={self.hidden.pk}" not in page

    def test_finds_an_organization(self):
        query = {"org": self.ward.pk, "page": "/members/", "q": "v"}
        page = text_of(self.client.get(reverse("branches:acting"), query))
        assert f"?org={self.second.pk}" in page
        assert f"?org={self.hidden.pk}" not in page

    def test_never_leads_to_another_site(self):
        for evil in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
            page = text_of(self.client.get(reverse("branches:acting"), {"page": evil}))
            assert f'action="{evil}"' not in page
            assert 'action="/"' in page


class SearchTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ward, (cls.branch,) = make.make_ward("W")
        cls.other, (cls.elsewhere,) = make.make_ward("X")
        make.make_member(cls.branch, full_name="Nguyễn Thị Ánh")
        make.make_member(cls.elsewhere, full_name="Lê Thị Ánh")
        cls.user = make.make_user()
        make.grant(cls.user, Role.OFFICE, cls.ward)
        cls.url = reverse("branches:search")

    def search(self, text, **headers):
        self.client.force_login(self.user)
        return text_of(self.client.get(self.url, {"q": text}, headers=headers))

    def test_people_and_organizations_of_the_scope(self):
        page = self.search("anh")
        assert "Nguyễn Thị Ánh" in page
        assert "Lê Thị Ánh" not in page
        assert ">W-1<" in self.search("W-1")
        assert "Không tìm thấy" in self.search("X-1")

    def test_answers_alone_while_one_types(self):
        assert "<html" not in self.search("anh", **{"HX-Request": "true"})

    def test_what_one_typed_is_text(self):
        assert "<script>alert" not in self.search("<script>alert(1)</script>")
