"""Cadres against branches."""

from datetime import date
from unittest.mock import patch

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from tests import builders as make
from tests.pages import count_queries, text_of

DAY = date(2026, 3, 1)


class MatrixTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, cls.branches = make.make_ward("W", parent=cls.district, branches=3)
        cls.other, cls.others = make.make_ward("X", parent=cls.district, branches=2)
        cls.an = make.make_member(cls.others[0], full_name="Lê Văn An")
        cls.binh = make.make_member(cls.others[1], full_name="Lê Văn Bình")
        make.make_assignment(cls.an, cls.branches[0])
        make.make_assignment(cls.an, cls.branches[1], role="attend")
        cls.last = make.make_assignment(cls.binh, cls.branches[1])
        make.make_assignment(cls.binh, cls.ward, until=date(2026, 2, 28))
        cls.user = make.make_user()
        make.grant(cls.user, Role.BOARD, cls.district)
        cls.url = reverse("assignments:matrix")

    def setUp(self):
        self.client.force_login(self.user)

    def matrix(self, organization, on=DAY, **query):
        query = {"org": organization.pk, "on": on.isoformat()} | query
        return self.client.get(self.url, query).context["matrix"]

    def shown(self, matrix):
        """{cadre: {code of the column: roles}}"""
        return {
            row.member: {each.code: [cell.role for cell in cells] for each, cells in row.cells}
            for row in matrix.rows
        }

    def test_each_branch_is_a_column(self):
        matrix = self.matrix(self.ward)
        assert self.shown(matrix) == {
            self.an: {"W-1": ["direct"], "W-2": ["attend"], "W-3": []},
            self.binh: {"W-1": [], "W-2": ["direct"], "W-3": []},
        }
        assert [count for _each, count in matrix.columns] == [1, 2, 0]
        assert [row.total for row in matrix.rows] == [2, 1]

    def test_what_else_is_assigned_to_is_a_column_too(self):
        matrix = self.matrix(self.ward, on=date(2026, 2, 28))
        assert [each.code for each, _count in matrix.columns] == ["W", "W-1", "W-2", "W-3"]

    def test_a_large_organization_shows_its_parts(self):
        make.make_assignment(self.binh, self.others[0])
        with patch("assignments.board.matrix.MOST_COLUMNS", 4):
            matrix = self.matrix(self.district)
            assert not matrix.is_whole
            assert [(each.code, count) for each, count in matrix.columns] == [("W", 3), ("X", 1)]
            assert len(self.shown(matrix)[self.an]["W"]) == 2
            page = text_of(self.client.get(self.url, {"org": self.district.pk}))
        assert f"{self.url}?org={self.ward.pk}" in page

    def test_a_large_ward_shows_its_branches_in_parts(self):
        with patch("assignments.board.matrix.MOST_COLUMNS", 2):
            assert [each.code for each, _count in self.matrix(self.ward).columns] == ["W-1", "W-2"]
            assert [each.code for each, _count in self.matrix(self.ward, columns=2).columns] == [
                "W-3"
            ]

    def test_nobody_and_other_roles(self):
        response = self.client.get(self.url, {"org": self.other.pk})
        assert response.context["matrix"].rows == []
        self.client.force_login(make.make_user(member=self.an))
        assert self.client.get(self.url).status_code == 403

    def test_cost_does_not_grow(self):
        address = f"{self.url}?org={self.district.pk}&on=2026-03-01"
        few = count_queries(self.client, address)
        for _number in range(20):
            branch = make.make_organization(parent=self.ward)
            make.make_assignment(make.make_member(self.others[0]), branch)
        assert count_queries(self.client, address) == few <= 12
