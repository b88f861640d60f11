"""Who carries how much."""

from datetime import date
from decimal import Decimal

from django.test import TestCase
from django.urls import reverse

from accounts.choices import Role
from assignments.board.load import read_cadres, with_load
from branches.acting import Acting
from tests import builders as make
from tests.pages import count_queries, text_of

DAY = date(2026, 3, 1)


class LoadTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.district = make.make_organization("district", code="D")
        cls.ward, cls.branches = make.make_ward("W", parent=cls.district, branches=3)
        cls.office, (cls.desk,) = make.make_ward("O", parent=cls.district)
        cls.busy = make.make_member(cls.desk, full_name="Trần Bận", code="B1")
        cls.free = make.make_member(cls.branches[2], full_name="Lê Rảnh", code="F1")
        make.make_position(cls.free, cls.ward, title="Ủy viên")
        for branch, visits, each in zip(
            cls.branches, (2, 3, 6), ("month", "quarter", "year"), strict=True
        ):
            make.make_assignment(cls.busy, branch, visits_due=visits, visits_period=each)
        make.make_position(
            make.make_member(cls.desk, full_name="Bí thư chi bộ"),
            cls.desk,
            rank="branch_secretary",
        )
        for branch, day in ((cls.branches[0], 2), (cls.branches[1], 3), (cls.desk, 4)):
            meeting = make.make_meeting(branch, date(2026, 2, day))
            make.attend(meeting, cls.busy, capacity="assigned")
        make.attend(make.make_meeting(cls.branches[0], DAY.replace(day=2)), cls.busy)
        cls.user = make.make_user()
        make.grant(cls.user, Role.LEADER, cls.district)
        cls.url = reverse("assignments:load")

    def setUp(self):
        self.client.force_login(self.user)

    def listed(self, **query):
        response = self.client.get(self.url, {"on": DAY.isoformat()} | query)
        return [row.code for row in response.context["table"].page.object_list.data]

    def test_the_numbers_of_each(self):
        acting = Acting(self.user, self.ward, DAY, DAY)
        rows = {row.code: row for row in with_load(acting)}
        assert set(rows) == {"B1", "F1"}
        busy = rows["B1"]
        assert (busy.number, busy.due_month, busy.visits) == (3, Decimal("3.5"), 2)
        assert (rows["F1"].number, rows["F1"].due_month, rows["F1"].visits) == (0, 0, 0)

    def test_steps_are_counted_from_branch_and_posts(self):
        acting = Acting(self.user, self.district, DAY, DAY)
        cadres = read_cadres(list(with_load(acting)), acting)
        assert [steps for _assignment, steps in cadres[self.busy.pk].targets] == [4, 4, 4]
        assert cadres[self.busy.pk].farthest == 4
        assert cadres[self.free.pk].farthest is None
        make.make_position(self.busy, self.ward)
        cadres = read_cadres(list(with_load(acting)), acting)
        assert cadres[self.busy.pk].farthest == 1

    def test_filters_and_order(self):
        assert self.listed() == ["B1", "F1"]
        assert self.listed(sort="number") == ["F1", "B1"]
        for load, codes in (("two", ["B1"]), ("one", []), ("none", ["F1"]), ("x", ["B1", "F1"])):
            assert self.listed(load=load) == codes
        assert self.listed(q="ranh") == ["F1"]

    def test_the_page_names_branch_posts_and_targets(self):
        page = text_of(self.client.get(self.url, {"on": DAY.isoformat()}))
        for words in ("Trần Bận", "Ủy viên", "W-2", "3,5"):
            assert words in page

    def test_as_of_a_day_without_assignments(self):
        assert self.listed(on="1999-12-31") == []

    def test_cost_does_not_grow(self):
        few = count_queries(self.client, f"{self.url}?org={self.district.pk}")
        for _number in range(30):
            member = make.make_member(self.desk)
            make.make_position(member, self.district)
            make.make_assignment(member, self.branches[0])
        assert count_queries(self.client, f"{self.url}?org={self.district.pk}") == few <= 12
