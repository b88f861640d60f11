"""The tree of organizations as of any day."""

from datetime import date
from itertools import pairwise

from django.test import TestCase

from branches.models import Organization, OrganizationPath
from branches.periods import period
from tests.builders import make_organization, place

JUNE_30, JULY_1 = date(2025, 6, 30), date(2025, 7, 1)


def codes(organizations):
    return [organization.code for organization in organizations]


class MovedTreeTests(TestCase):
    """District D1 hands ward W, with an ended branch, to D2 on 1 July 2025."""

    @classmethod
    def setUpTestData(cls):
        cls.province = make_organization("province", code="P")
        cls.old = make_organization("district", code="D1", parent=cls.province)
        cls.new = make_organization("district", code="D2", parent=cls.province)
        cls.ward = make_organization("grassroots_committee", code="W")
        cls.branch = make_organization(code="B", parent=cls.ward)
        cls.ended = make_organization(code="E", parent=cls.ward, until=date(2025, 3, 31))
        place(cls.ward, cls.old, until=JUNE_30)
        place(cls.ward, cls.new, since=JULY_1)

    def below(self, organization, on):
        return codes(Organization.objects.below(organization, on=on).order_by("code"))

    def test_access_and_reports_follow_the_move_that_day(self):
        assert self.below(self.old, JUNE_30) == ["B", "D1", "E", "W"]
        assert self.below(self.old, JULY_1) == ["D1"]
        assert self.below(self.new, JULY_1) == ["B", "D2", "E", "W"]

    def test_an_ended_branch_stands_where_it_stood_last(self):
        below = Organization.objects.below(self.new, on=JULY_1)
        assert self.ended in below
        assert self.ended not in below.valid_on(JULY_1)

    def test_above_is_from_the_root_down(self):
        assert codes(Organization.objects.above(self.branch, on=JUNE_30)) == ["P", "D1", "W", "B"]
        assert codes(Organization.objects.above(self.branch, on=JULY_1)) == ["P", "D2", "W", "B"]

    def test_children_and_roots_of_a_day(self):
        children = Organization.objects.children_of(self.ward, on=JULY_1)
        assert codes(children) == ["B"]
        assert codes(Organization.objects.roots(on=JULY_1)) == ["P"]

    def test_paths_cover_every_day_once(self):
        for organization in Organization.objects.all():
            with self.subTest(organization=organization.code):
                rows = sorted(
                    organization.paths.all(), key=lambda row: row.validity.lower or date.min
                )
                assert rows[0].validity.lower is None
                assert rows[-1].validity.upper is None
                for before, after in pairwise(rows):
                    assert before.validity.upper == after.validity.lower

    def test_a_move_of_one_above_is_one_query_for_all_below(self):
        other = make_organization("province", code="Q")
        with self.assertNumQueries(1):
            self.new.placements.update(parent=other)
        assert self.below(other, JULY_1) == ["B", "D2", "E", "Q", "W"]

    def test_deleting_a_placement_leaves_the_organization_alone(self):
        self.ward.placements.filter(validity__contains=JULY_1).delete()
        assert codes(Organization.objects.above(self.branch, on=JULY_1)) == ["W", "B"]


class ValidityTests(TestCase):
    def test_paths_follow_a_change_of_validity(self):
        ward = make_organization("grassroots_committee", code="W")
        other = make_organization("grassroots_committee", code="X")
        branch = make_organization(code="B")
        place(branch, ward, until=JUNE_30)
        place(branch, other, since=JULY_1)
        Organization.objects.filter(pk=branch.pk).update(validity=period(None, date(2025, 5, 31)))
        path = OrganizationPath.objects.get(organization=branch)
        assert path.ancestors == [ward.pk, branch.pk]

    def test_facts_of_the_day(self):
        branch = make_organization(name="Chi bộ mới")
        branch.earlier.create(
            validity=period(None, JUNE_30), name="Chi bộ cũ", kind="branch", grassroots=True
        )
        old, new = (Organization.objects.on(day).get(pk=branch.pk) for day in (JUNE_30, JULY_1))
        assert (old.name_on, old.grassroots_on) == ("Chi bộ cũ", True)
        assert (new.name_on, new.grassroots_on) == ("Chi bộ mới", False)
