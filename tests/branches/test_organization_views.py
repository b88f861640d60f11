from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from branches.choices import SuccessionKind
from branches.models import Succession
from tests import builders as make
from tests.pages import count_queries, text_of

JULY_1 = date(2025, 7, 1)


class OrganizationViewTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D", name="Huyện ủy D")
        cls.ward, (cls.branch,) = make.make_ward("W", parent=cls.district)
        cls.other, _branches = make.make_ward("X")
        cls.member = make.make_member(cls.branch)
        cls.user = make.make_user()
        make.grant(cls.user, Role.AUDITOR, cls.district)

    def get(self, name, *args, **query):
        self.client.force_login(self.user)
        return self.client.get(reverse(f"branches:{name}", args=args), query)

    def test_tree_shows_one_level_and_offers_the_next(self):
        page = text_of(self.get("organizations"))
        assert ">W</a>" in page
        assert reverse("branches:organization_children", args=[self.ward.pk]) in page
        assert ">W-1</a>" not in page

    def test_without_javascript_the_way_is_unfolded_by_a_link(self):
        assert ">W-1</a>" in text_of(self.get("organizations", open=self.ward.pk))

    def test_children_alone(self):
        page = text_of(self.get("organization_children", self.ward.pk))
        assert ">W-1</a>" in page
        assert "<html" not in page

    def test_page_counts_members_and_children(self):
        page = self.get("organization", self.district.pk).context["page"]
        assert (page.branches, page.members, [each.members for each in page.children]) == (
            1,
            1,
            [1],
        )

    def test_an_organization_that_ended_says_what_became_of_it(self):
        old = make.make_organization(parent=self.ward, name="Chi bộ cũ", until=date(2025, 6, 30))
        Succession.objects.create(
            organization=old, successor=self.branch, on=JULY_1, kind=SuccessionKind.MERGE
        )
        page = text_of(self.get("organization", old.pk, on="2025-07-02"))
        assert "không hoạt động vào ngày 02/07/2025" in page
        assert "Sáp nhập" in page

    def test_breadcrumb_links_only_where_one_may_go(self):
        ward_user = make.make_user()
        make.grant(ward_user, Role.OFFICE, self.ward)
        self.client.force_login(ward_user)
        page = text_of(self.client.get(reverse("branches:organization", args=[self.branch.pk])))
        assert "<span>Huyện ủy D</span>" in page
        assert reverse("branches:organization", args=[self.district.pk]) not in page

    def test_holders_of_positions_out_of_scope_are_named_but_not_linked(self):
        guest = make.make_member(make.make_ward("Y")[1][0], full_name="Trần Khách")
        for holder in (guest, self.member):
            make.make_position(holder, self.ward, title="Đảng ủy viên")
        page = text_of(self.get("organization", self.ward.pk))
        assert "Trần Khách" in page
        assert reverse("branches:member", args=[guest.pk]) not in page
        assert reverse("branches:member", args=[self.member.pk]) in page

    def test_the_administrator_sees_no_people_there(self):
        administrator = make.make_user()
        make.grant(administrator, Role.ADMINISTRATOR, self.district)
        make.make_position(self.member, self.ward, title="Đảng ủy viên")
        self.client.force_login(administrator)
        page = text_of(self.client.get(reverse("branches:organization", args=[self.ward.pk])))
        assert self.member.full_name not in page

    def test_others_are_not_found(self):
        for name in ("organization", "organization_children"):
            assert self.get(name, self.other.pk).status_code == 404
        assert self.get("organizations", open=self.other.pk).status_code == 404

    def test_a_member_without_grants_may_not_see_the_tree(self):
        self.client.force_login(make.make_user(member=self.member))
        assert self.client.get(reverse("branches:organizations")).status_code == 403

    def test_cost_does_not_grow(self):
        self.client.force_login(self.user)
        urls = [
            reverse("branches:organization", args=[self.ward.pk]) + f"?org={self.district.pk}",
            reverse("branches:organizations") + f"?org={self.ward.pk}",
        ]
        few = [count_queries(self.client, url) for url in urls]
        for _number in range(30):
            make.make_member(make.make_organization(parent=self.ward))
        assert [count_queries(self.client, url) for url in urls] <= few
        assert few[0] <= 25
        assert few[1] <= 12
