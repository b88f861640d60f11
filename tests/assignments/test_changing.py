"""Who may change an assignment: the level that issued it, and those above."""

from datetime import date

from django.test import TestCase

from accounts.choices import Role
from assignments.models import Assignment
from branches.periods import period
from tests import builders as make

DAY = date(2026, 3, 1)


class ChangeableTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.province = make.make_organization("province", code="P")
        cls.district = make.make_organization("district", code="D", parent=cls.province)
        cls.ward, (cls.branch,) = make.make_ward("W", parent=cls.district)
        cls.cadre = make.make_member(cls.branch)
        cls.boards = {
            place.code: make.make_user()
            for place in (cls.province, cls.district, cls.ward, cls.branch)
        }
        for code, user in cls.boards.items():
            organizations = {each.code: each for each in cls.above()}
            make.grant(user, Role.BOARD, organizations[code])

    @classmethod
    def above(cls):
        return (cls.province, cls.district, cls.ward, cls.branch)

    def assign(self, target, **fields):
        return make.make_assignment(self.cadre, target, **fields)

    def changers(self, assignment):
        """The codes of the organizations whose boards may change it."""
        found = Assignment.objects.filter(pk=assignment.pk)
        for user in self.boards.values():
            seen = found.visible_to(user, on=DAY)
            changeable = list(found.changeable_by(user, on=DAY))
            assert [each for each in seen.with_may_change(user, on=DAY) if each.may_change] == (
                changeable
            )
        return {code for code, user in self.boards.items() if found.changeable_by(user, on=DAY)}

    def test_what_the_district_issued_the_ward_does_not_change(self):
        directive = make.make_directive(self.district)
        assert self.changers(self.assign(self.branch, directive=directive)) == {"P", "D"}

    def test_what_the_ward_issued_it_changes_and_who_is_above(self):
        directive = make.make_directive(self.ward)
        assert self.changers(self.assign(self.branch, directive=directive)) == {"P", "D", "W"}

    def test_a_team_stands_under_its_directive(self):
        make.make_position(self.cadre, self.district)
        team = make.make_team(make.make_directive(self.district), self.ward, self.cadre)
        assert self.changers(self.assign(self.branch, team=team)) == {"P", "D"}

    def test_without_a_directive_the_level_above_the_target_issued_it(self):
        assert self.changers(self.assign(self.branch)) == {"P", "D", "W"}
        assert self.changers(self.assign(self.ward)) == {"P", "D"}
        assert self.changers(self.assign(self.province)) == {"P"}

    def test_what_an_issuer_that_ended_has_left_goes_to_who_stands_above_the_target(self):
        former = make.make_organization("district", code="F", until=date(2025, 6, 30))
        directive = make.make_directive(former)
        assert self.changers(self.assign(self.branch, directive=directive)) == {"P", "D", "W"}

    def test_where_the_target_stands_on_the_day_decides(self):
        placement = self.branch.placements.get()
        placement.validity = period(None, date(2026, 2, 28))
        placement.save()
        other, _branches = make.make_ward("X", parent=self.district)
        make.place(self.branch, other, since=DAY)
        assert self.changers(self.assign(self.branch)) == {"P", "D"}

    def test_other_roles_see_and_do_not_change(self):
        assignment = self.assign(self.branch)
        for role in set(Role) - {Role.BOARD, Role.ADMINISTRATOR}:
            user = make.make_user()
            make.grant(user, role, self.province)
            assert assignment in Assignment.objects.visible_to(user, on=DAY)
            assert assignment not in Assignment.objects.changeable_by(user, on=DAY)

    def test_the_cadre_sees_and_does_not_change(self):
        assignment = self.assign(self.branch)
        user = make.make_user(member=self.cadre)
        assert not Assignment.objects.filter(pk=assignment.pk).changeable_by(user, on=DAY)

    def test_it_is_one_query_that_locks_the_assignment_alone(self):
        self.assign(self.branch)
        changeable = Assignment.objects.changeable_by(self.boards["W"], on=DAY)
        with self.assertNumQueries(1):
            assert len(changeable.select_for_update(of=("self",))) == 1
