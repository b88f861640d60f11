"""What comes from above: each level reads it and does not change it."""

from datetime import date

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from branches.periods import period
from tests import builders as make
from tests.pages import count_queries, text_of

BEFORE, DAY = date(2026, 2, 28), date(2026, 3, 1)


class FromAboveTests(TestCase):
    """City → districts → wards → branches, each assigning to the one below."""

    @classmethod
    def setUpTestData(cls):
        cls.city = make.make_organization("province", code="C", name="Thành ủy Cần Thơ")
        cls.district = make.make_organization("district", code="D", parent=cls.city)
        cls.ward, (cls.branch,) = make.make_ward("W", parent=cls.district)
        cls.other, (cls.other_branch,) = make.make_ward("X", parent=cls.district)
        cls.assignments = {
            "city": cls.assign(cls.city, cls.district),
            "district": cls.assign(cls.district, cls.ward),
            "direct": cls.assign(cls.district, cls.branch),
            "ward": cls.assign(cls.ward, cls.branch),
            "beside": cls.assign(cls.district, cls.other_branch),
        }
        cls.url = reverse("assignments:from_above")

    @classmethod
    def assign(cls, issuer, target):
        cadre = make.make_member(cls.other_branch, full_name=f"Cán bộ {issuer.code}-{target.code}")
        return make.make_assignment(cadre, target, directive=make.make_directive(issuer))

    def sign_in(self, organization, role=Role.BOARD):
        user = make.make_user()
        make.grant(user, role, organization)
        self.client.force_login(user)

    def listed(self, organization, **query):
        query = {"org": organization.pk, "on": DAY.isoformat()} | query
        rows = self.client.get(self.url, query).context["table"].page.object_list.data
        names = {assignment: name for name, assignment in self.assignments.items()}
        return {names[row] for row in rows}

    def test_each_level_sees_what_comes_from_above_it(self):
        for organization, names in (
            (self.branch, {"city", "district", "direct", "ward"}),
            (self.ward, {"city", "district", "direct"}),
            (self.district, {"city"}),
            (self.city, set()),
        ):
            with self.subTest(organization=organization):
                self.sign_in(organization)
                assert self.listed(organization) == names

    def test_its_parts(self):
        self.sign_in(self.ward)
        assert self.listed(self.ward, part="here") == {"city", "district"}
        assert self.listed(self.ward, part="below") == {"direct"}
        assert self.listed(self.ward, q="C-D") == {"city"}

    def test_it_says_who_issued_it_and_opens_only_what_one_sees(self):
        self.sign_in(self.ward)
        page = text_of(self.client.get(self.url, {"on": DAY.isoformat()}))
        assert "Thành ủy Cần Thơ" in page
        assert "Cán bộ C-D" in page
        addresses = {
            name: reverse("assignments:assignment", args=[each.pk])
            for name, each in self.assignments.items()
        }
        assert addresses["direct"] in page
        assert addresses["city"] not in page
        assert self.client.get(addresses["city"]).status_code == 404

    def test_it_is_read_only(self):
        self.sign_in(self.ward)
        for name, status in (("direct", 403), ("ward", 200), ("city", 404), ("beside", 404)):
            for page in ("hand_over", "assignment_end"):
                url = reverse(f"assignments:{page}", args=[self.assignments[name].pk])
                assert self.client.get(url).status_code == status, name

    def test_what_stood_above_before_is_not_told(self):
        """Whoever asks about last year reads no more than stands above today."""
        former = make.make_organization("district", code="F", parent=self.city)
        placement = self.ward.placements.get()
        placement.validity = period(DAY)
        placement.save()
        make.place(self.ward, former, until=BEFORE)
        self.assignments["former"] = self.assign(self.city, former)
        self.sign_in(self.ward)
        assert "former" not in self.listed(self.ward, on=BEFORE.isoformat())
        assert "former" not in self.listed(self.ward)

    def test_cost_does_not_grow(self):
        self.sign_in(self.ward)
        url = f"{self.url}?org={self.ward.pk}"
        few = count_queries(self.client, url)
        for _number in range(20):
            self.assign(self.district, self.branch)
        assert count_queries(self.client, url) == few <= 12
